"""The commands that agents write at the top of their mails: the vocabulary as data, and lines understood by it.

`docs/commands.md` is generated from this vocabulary, and `templates/*/commands.j2` says every outcome in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rules.policy import Desk, Words
from rules.words import fold

MOST = 20
"""So many commands one mail may hold."""


class Argument(StrEnum):
    """What stands behind a command: nothing, text (which may stand below it as well), a priority or an agent."""

    NOTHING = "nothing"
    TEXT = "text"
    LEVEL = "level"
    AGENT = "agent"


class What(StrEnum):
    """What became of a command, as a word that templates put into a sentence; the value of each in brackets."""

    NOTED = "noted"
    ASKED = "asked"
    RESOLVED = "resolved"
    PRIORITIZED = "prioritized"  # the level
    ASSIGNED = "assigned"  # the agent's address
    UNASSIGNED = "unassigned"
    UNCHANGED = "unchanged"
    SHOWN = "shown"
    COMPLETE = "complete"
    MISSING = "missing"  # the questions
    PEOPLE = "people"  # their addresses
    STATE_RESTORED = "state_restored"
    PRIORITY_RESTORED = "priority_restored"  # the level
    PRIORITY_REMOVED = "priority_removed"
    ASSIGNMENT_RESTORED = "assignment_restored"  # the agent's address
    MAIL_STAYS = "mail_stays"
    # Refusals
    UNKNOWN = "unknown"  # the commands that there are
    TOO_MANY = "too_many"  # how many there may be
    CONTRADICTION = "contradiction"
    NO_TEXT = "no_text"
    NO_LEVEL = "no_level"  # the desk's levels
    NO_AGENT = "no_agent"  # the desk's agents
    AMBIGUOUS_AGENT = "ambiguous_agent"  # those whom it may mean
    TAKES_NOTHING = "takes_nothing"
    NOTHING_TO_UNDO = "nothing_to_undo"
    CHANGED_SINCE = "changed_since"
    NO_CUSTOMER = "no_customer"
    NOTHING_TO_SEND = "nothing_to_send"
    NOT_AT_TOP = "not_at_top"
    NOT_DONE = "not_done"


def event_word(name: str) -> str:
    """The word under which templates know the sentence for an event of a ticket's history; its value is the time."""
    return f"event_{name}"


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name in events and reasons, the words that mean it in each language (the first is shown), what
    stands behind it, and what it does, in each language. A `quiet` one sends nothing of a mail's text."""

    name: str
    words: Words
    argument: Argument
    does: Mapping[str, str]
    quiet: bool = False


COMMANDS: tuple[Command, ...] = (
    Command(
        "note",
        {"es": ("nota", "interno"), "pt": ("nota", "interna"), "en": ("note", "internal")},
        Argument.TEXT,
        {
            "es": "El texto queda en el caso y no le llega al cliente.",
            "pt": "O texto fica no chamado e não chega ao cliente.",
            "en": "The text stays in the ticket and does not reach the customer.",
        },
    ),
    Command(
        "ask",
        {
            "es": ("preguntar", "pregunta", "pregunto"),
            "pt": ("perguntar", "pergunta", "pergunto"),
            "en": ("ask", "question"),
        },
        Argument.TEXT,
        {
            "es": "Envía el texto al cliente como pregunta; el caso queda a la espera de su respuesta.",
            "pt": "Envia o texto ao cliente como pergunta; o caso fica à espera da resposta.",
            "en": "Sends the text to the customer as a question; the ticket waits for their answer.",
        },
    ),
    Command(
        "resolve",
        {
            "es": ("resolver", "resuelto", "resuelta", "resuelve"),
            "pt": ("resolver", "resolvido", "resolvida"),
            "en": ("resolve", "resolved", "solved"),
        },
        Argument.TEXT,
        {
            "es": "El caso queda resuelto y el cliente lo sabe por correo, con el texto si lo hay.",
            "pt": "O caso fica resolvido e o cliente é avisado por e-mail, com o texto se houver.",
            "en": "The ticket is resolved and the customer is told by mail, with the text if there is one.",
        },
    ),
    Command(
        "priority",
        {"es": ("prioridad",), "pt": ("prioridade",), "en": ("priority", "prio")},
        Argument.LEVEL,
        {
            "es": "Cambia la prioridad.",
            "pt": "Muda a prioridade.",
            "en": "Changes the priority.",
        },
    ),
    Command(
        "assign",
        {"es": ("asignar", "asigna", "asignado"), "pt": ("atribuir", "atribui", "designar"), "en": ("assign",)},
        Argument.AGENT,
        {
            "es": "Asigna el caso a un agente (basta el comienzo de su dirección), a usted («yo») o a «nadie».",
            "pt": "Atribui o caso a um agente (basta o início do endereço), a quem escreve («eu») ou a «ninguém».",
            "en": "Assigns the ticket to an agent (the beginning of the address will do), to “me” or to “nobody”.",
        },
    ),
    Command(
        "status",
        {"es": ("estado",), "pt": ("status", "situação"), "en": ("status",)},
        Argument.NOTHING,
        {
            "es": "Responde con el estado del caso. El texto del correo no se envía.",
            "pt": "Responde com a situação do caso. O texto do e-mail não é enviado.",
            "en": "Answers with where the ticket stands. The text of the mail is not sent.",
        },
        quiet=True,
    ),
    Command(
        "undo",
        {"es": ("deshacer", "deshaz"), "pt": ("desfazer", "desfaz"), "en": ("undo",)},
        Argument.NOTHING,
        {
            "es": "Deshace los cambios de estado, prioridad y asignación del último correo con comandos. "
            "Un correo enviado no se puede deshacer. El texto del correo no se envía.",
            "pt": "Desfaz as mudanças de estado, prioridade e atribuição do último e-mail com comandos. "
            "Um e-mail enviado não pode ser desfeito. O texto do e-mail não é enviado.",
            "en": "Takes back the changes of state, priority and assignment of the last mail with commands. "
            "A mail that was sent cannot be undone. The text of the mail is not sent.",
        },
        quiet=True,
    ),
)

_BY_WORD = {fold(word): command for command in COMMANDS for words in command.words.values() for word in words}
_LINE = re.compile(r"#\s*([^\W\d_]+)(?:[\s:=.,;–—-]+(.*))?")
_ADDRESS = re.compile(r"[^\s<>,;:@\"()\[\]]+@[^\s<>,;:@\"()\[\]]+")
_ME = frozenset({"me", "myself", "yo", "mi", "a mi", "eu", "mim", "a mim"})
_NOBODY = frozenset({"nobody", "none", "no one", "noone", "nadie", "ninguno", "a nadie", "ninguem", "a ninguem"})
_LEVEL = re.compile(r"(?:p|n|nivel|level|prioridad|prioridade|priority) ?(\w+)")
_ARGUMENT_CHARACTERS = 320
_LEVELS = ("1", "2", "3", "4")
"""Of a desk that names none."""


def understood(line: str) -> tuple[Command | None, str]:
    """The command that a line "#..." means in any language, None for none, and what stands behind it."""
    found = _LINE.fullmatch(line)
    command = _BY_WORD.get(fold(found.group(1))) if found else None
    return (command, (found.group(2) or "").strip()) if found and command else (None, "")


def misplaced(text: str) -> tuple[str, ...]:
    """Lines of a text that are commands, though they do not stand at the top of the mail: perhaps a note that was not
    to leave."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return tuple(line for line in lines if line.startswith("#") and understood(line)[0])[:MOST]


def known(language: str) -> str:
    """All commands as an agent may write them, in a language."""
    return ", ".join(f"#{(command.words.get(language) or command.words['en'])[0]}" for command in COMMANDS)


def levels(desk: Desk) -> tuple[str, ...]:
    """The desk's priorities."""
    return tuple(desk.priorities) if desk.priorities else _LEVELS


def level_of(desk: Desk, argument: str) -> str | None:
    """The desk's level that an argument names: the level itself, or its words in any language."""
    said = fold(argument[:_ARGUMENT_CHARACTERS])
    numbered = _LEVEL.fullmatch(said)
    for wanted in filter(None, (said, numbered and numbered.group(1))):
        for level in levels(desk):
            if wanted == fold(level):
                return level
        for level, words in (desk.priorities or {}).items():
            if any(wanted == fold(word) for said_so in words.values() for word in said_so):
                return level
    return None


def agents_of(desk: Desk, argument: str, me: str) -> tuple[str, ...] | None:
    """The agents of the desk whom an argument may mean, in lower case: one by the whole address, by what stands before
    the @, or all of whom that begins so. () for nobody; None for the word that takes the ticket from everybody."""
    said = fold(argument[:_ARGUMENT_CHARACTERS])
    if said in _ME:
        return (me.lower(),)
    if said in _NOBODY:
        return None
    agents = tuple(dict.fromkeys(agent.lower() for agent in desk.agents))
    argument = argument[:_ARGUMENT_CHARACTERS]
    address = _ADDRESS.search(argument) if "@" in argument else None
    if address:
        return tuple(agent for agent in agents if agent == address.group().lower().strip("."))
    name = argument.lower().strip(" @.,;")
    if not name:
        return ()
    whole = tuple(agent for agent in agents if _local(agent) == name)
    return whole or tuple(agent for agent in agents if _local(agent).startswith(name))


def names(agents: Iterable[str]) -> str:
    """Agents as they may be written behind a command."""
    return ", ".join(_local(agent) for agent in agents)


def _local(address: str) -> str:
    return address.rpartition("@")[0]
