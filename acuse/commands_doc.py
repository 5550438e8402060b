"""docs/commands.md, made from the vocabulary: `python -m acuse.commands_doc`."""

from __future__ import annotations

from pathlib import Path

from rules.commands import COMMANDS, Argument, Command

FILE = "docs/commands.md"

_HEAD = """\
# What agents write

<!-- Made by `python -m acuse.commands_doc` from rules/commands.py: change it there. -->

An agent answers a notice from their own mail program, and the customer gets the answer in the desk's name.

- Write above the quoted notice, below it, or between its lines. What is quoted stays behind; an answer between the
  lines takes along the customer's lines that it answers. Signatures and disclaimers are cut.
- Answers typed in another colour into a quotation without marks, as Outlook's, cannot be told from the notice: write
  above it.
- Lines at the top that begin with `#` are commands, in any of the three languages; case and accents do not matter. A
  command further down stops the whole mail, since it may be a note that was not to leave; any other `#` there is
  text. What stands behind `#note`, `#ask` and `#resolve` in their line is the beginning of the text.
- Either a whole mail is done or nothing of it. After a command that is unknown or cannot be done nothing leaves and
  nothing changes; the transcript that comes back says why and repeats the text. A mail with nothing new in it sends
  nothing.
- The text below `#priority` and `#assign` is a reply as usual. With nothing but `#status` and `#undo` no text leaves.
- A plain reply moves a new ticket to in progress. A pending one stays pending, for the question is still open; a
  resolved or closed one stays what it is.
- `#note`, `#ask` and `#resolve` exclude each other, and `#undo` goes with none but `#status`. `#undo` leaves alone
  what somebody has changed since.
- Only a reply to a notice or a transcript acts: its Message-ID, or its address, is a key that customers never see.
  Mail from an agent's address without it is held. Mail with any sign of a machine (out of office, lists) is kept,
  does nothing and is not answered.
- A ticket that is assigned tells its agent alone; another one tells all. More than `limits.agent_per_10_minutes`
  mails to one agent are gathered in a digest every five minutes.
"""
_LANGUAGES = {
    "es": ("Español", "Comando", "También", "Qué hace"),
    "pt": ("Português", "Comando", "Também", "O que faz"),
    "en": ("English", "Command", "Also", "What it does"),
}
_ARGUMENTS = {
    Argument.NOTHING: {"es": "", "pt": "", "en": ""},
    Argument.TEXT: {"es": " texto", "pt": " texto", "en": " text"},
    Argument.LEVEL: {"es": " 2", "pt": " 2", "en": " 2"},
    Argument.AGENT: {"es": " ana", "pt": " ana", "en": " ana"},
}


def render() -> str:
    """The page."""
    parts = [_HEAD]
    for language, (name, *columns) in _LANGUAGES.items():
        parts += [f"\n## {name}\n\n| {' | '.join(columns)} |\n|---|---|---|\n"]
        parts += [_row(command, language) for command in COMMANDS]
    return "".join(parts)


def _row(command: Command, language: str) -> str:
    first, *others = command.words[language]
    also = ", ".join(f"`#{word}`" for word in others)
    return f"| `#{first}{_ARGUMENTS[command.argument][language]}` | {also} | {command.does[language]} |\n"


if __name__ == "__main__":
    Path(FILE).write_text(render(), encoding="utf-8")
