"""Writes what is made from the program itself: its manual pages and its completion scripts. Run it after a change of
commands, options or keys of the configuration: make generated.
"""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from acuse import __version__
from acuse.cli import app
from acuse.config import Config
from acuse.config_file import toml

ROOT = Path(__file__).resolve().parent.parent
DATE = "2026-11-22"
"""Of the last change of the words that stand here."""
SHELLS = ("bash", "zsh", "fish")
_PLACEHOLDERS = {str: "TEXT", int: "N", Path: "FILE"}

_EXITS = (
    (0, "done"),
    (64, "the command line is wrong"),
    (65, "the data are: a mail that is too big, a thing that is not there"),
    (66, "no input"),
    (67, "no desk has the recipient's address"),
    (70, "a mistake in acuse itself; with ACUSE_DEBUG=1 it shows where"),
    (74, "a file could not be read or written"),
    (75, "trouble that passes; with ingest everything unexpected, so that the mail server tries again"),
    (77, "a mailbox's consent was refused"),
    (78, "the configuration is wrong; every mistake is named with its file, key and cure"),
)
_SIGNALS = (
    (
        "SIGTERM, SIGINT",
        "End in order: new sessions hear 421, mails under way are finished, exit 0. A second one ends the daemon at "
        "once, which loses nothing that was accepted.",
    ),
    (
        "SIGHUP",
        "Read configuration, desks, templates and certificates again. Where they have mistakes, the log names them and "
        "the old stay in force. Keys that need a restart are named in the log.",
    ),
)
_ENVIRONMENT = (
    ("ACUSE_DEBUG", "With 1, a mistake of the program's own shows its traceback."),
    ("NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID", "What a service manager is told, see sd_notify(3)."),
    (
        "CREDENTIALS_DIRECTORY",
        "May stand in paths of the configuration, as any variable may: ${CREDENTIALS_DIRECTORY}.",
    ),
)


def man_acuse() -> str:
    """acuse(1): every command with its options."""
    root: Any = typer.main.get_command(app)
    lines = [
        *_head("ACUSE", 1, "acuse", "an email-driven ticket intake daemon"),
        ".SH SYNOPSIS",
        r"\fBacuse\fR [\fIOPTIONS\fR] \fICOMMAND\fR [\fIARGUMENTS\fR]",
        ".SH DESCRIPTION",
        _text(root.help),
        _text("The daemon is acuse run. All other commands may be used beside it."),
        ".SH OPTIONS",
        *_options(root),
        ".SH COMMANDS",
    ]
    for words, command in _commands(root, ()):
        lines += [f".SS {_text(' '.join(('acuse', *words, *_arguments(command))))}", _text(command.help)]
        lines += _options(command)
    lines += [".SH SIGNALS", "Of the daemon:", *_entries(_SIGNALS)]
    lines += [".SH EXIT STATUS", *_entries((str(code), f"{what[0].upper()}{what[1:]}.") for code, what in _EXITS)]
    lines += [".SH ENVIRONMENT", *_entries(_ENVIRONMENT)]
    lines += [".SH FILES", *_entries([("config.toml", "In the folder where a command is run, or named by --config.")])]
    lines += [".SH SEE ALSO", ".BR acuse-config (5)"]
    return "\n".join(lines) + "\n"


def man_config() -> str:
    """acuse-config(5): every key of config.toml."""
    lines = [
        *_head("ACUSE-CONFIG", 5, "acuse-config", "the configuration of acuse"),
        ".SH DESCRIPTION",
        _text(
            "config.toml is a TOML file. Every key has a default, which is shown here, but for those "
            "that are required; unknown keys are mistakes."
        ),
        _text("Paths are relative to the folder of the file; ~ and environment variables in them are filled in."),
        _text("acuse check names every mistake; acuse config show prints what is in force."),
        ".SH KEYS",
    ]
    for name, field in Config.model_fields.items():
        model, several = _model(field)
        title = f"[[{name}]]" if several else f"[{name}]"
        lines += [f".SS {_text(title)}", _text(model.__doc__ or "")]
        for key, inner in model.model_fields.items():
            lines += [".TP", rf"\fB{_text(key)}\fR = {_text(_default(inner))}", _text(inner.description or "")]
    lines += [".SH SEE ALSO", ".BR acuse (1)"]
    return "\n".join(lines) + "\n"


def completion(shell: str) -> str:
    """The script that makes a shell complete our command lines."""
    done = subprocess.run(
        [sys.executable, "-m", "acuse"],
        env={**os.environ, "_ACUSE_COMPLETE": f"source_{shell}", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip() + "\n"


def files() -> dict[Path, str]:
    """Every generated file with what must stand in it."""
    pages = {ROOT / "docs/man/acuse.1": man_acuse(), ROOT / "docs/man/acuse-config.5": man_config()}
    return pages | {ROOT / f"deploy/completion/acuse.{shell}": completion(shell) for shell in SHELLS}


def _head(title: str, section: int, name: str, what: str) -> list[str]:
    return [
        r".\" Made by deploy/generate.py from the program itself.",
        f'.TH {title} {section} {DATE} "acuse {__version__}"',
        ".SH NAME",
        rf"{_text(name)} \- {_text(what)}",
    ]


def _commands(group: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401
    """Every command with the words that call it, in the order of help."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, (*words, name))
        elif not command.hidden:
            yield (*words, name), command


def _arguments(command: Any) -> list[str]:  # noqa: ANN401
    """The words that follow a command."""
    shown = []
    for one in command.params:
        if one.param_type_name == "argument":
            word = (one.metavar or one.name).upper() + ("..." if one.nargs == -1 else "")
            shown.append(word if one.required else f"[{word}]")
    return shown


def _options(command: Any) -> list[str]:  # noqa: ANN401
    lines = []
    for one in command.params:
        named = ", ".join(one.opts) if one.param_type_name == "option" else _arguments_name(one)
        value = "" if one.param_type_name == "argument" or one.is_flag else rf" \fI{_placeholder(one)}\fR"
        help_ = one.help or ""
        default = one.default
        if isinstance(default, str | int) and not isinstance(default, bool) and default != "":
            help_ += f" Default: {default}."
        if help_:
            lines += [".TP", rf"\fB{_text(named)}\fR{value}", _text(help_)]
    return lines


def _placeholder(option: Any) -> str:  # noqa: ANN401
    """What stands for an option's value."""
    kind = option.type_descriptor.annotation
    return option.metavar or _PLACEHOLDERS[get_args(kind)[0] if get_args(kind) else kind]


def _arguments_name(argument: Any) -> str:  # noqa: ANN401
    return str(argument.metavar or argument.name).upper()


def _entries(entries: Any) -> list[str]:  # noqa: ANN401
    lines = []
    for name, what in entries:
        lines += [".TP", rf"\fB{_text(name)}\fR", _text(what)]
    return lines


def _model(field: FieldInfo) -> tuple[type[BaseModel], bool]:
    """The model of a section's tables, and whether there may be several."""
    kind: Any = field.annotation
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind, False
    return kind.__args__[0], True


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return f"{field.examples[0]} (required)" if field.examples else "(required)"
    return toml(field.get_default(call_default_factory=True))


def _text(text: str) -> str:
    """Text as roff takes it literally: no character of it is a command, and every hyphen can be copied."""
    plain = " ".join(text.split()).replace("\\", r"\e").replace("-", r"\-").replace("'", r"\(aq").replace("`", r"\(ga")
    lines = textwrap.wrap(plain, 78, break_long_words=False, break_on_hyphens=False)
    return "\n".join(rf"\&{line}" if line.startswith(".") else line for line in lines)


def main(arguments: Sequence[str]) -> int:
    """Write the files; with --check say which are not up to date, and exit 1 where one is not."""
    stale = 0
    for path, text in files().items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        print(f"{path.relative_to(ROOT)}: {'not up to date' if '--check' in arguments else 'written'}")
        if "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
