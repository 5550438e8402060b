"""What counts as an answer: blanks, tick boxes and the marks around the words of an answer."""

from __future__ import annotations

import re

from rules.words import fold

_BLANKS = re.compile(r"[^\S\n]+")
_NOTHING = re.compile(r"^[xX]{3,}$|^[\s._\-–—…*:;/|()\[\]{}?¿<>~=]*$")
_PENDING = frozenset(
    {
        *(
            "pendiente",
            "pendientes",
            "por definir",
            "por confirmar",
            "a confirmar",
            "pending",
            "to be confirmed",
            "tbd",
            "tbc",
        ),
        *(
            "pendente",
            "a definir",
            "ver adjunto",
            "ver adjuntos",
            "ver archivo adjunto",
            "se adjunta",
            "adjunto",
            "ver anexo",
        ),
        *(
            "em anexo",
            "anexo",
            "ver em anexo",
            "conforme anexo",
            "see attached",
            "see attachment",
            "attached",
            "as attached",
        ),
        *("si no", "sim nao", "yes no", "s n", "y n", "si o no", "yes or no", "sim ou nao"),
    }
)
_BOX = re.compile(r"[\[(]\s{0,3}([xX✓✔√■●*•]?)\s{0,3}[\])]|([☐☑☒□■✅✓✔])")
_TICKED = frozenset("☑☒■✅✓✔")
_REPLY_MARK = re.compile(
    r"^(?:(?:R(?:ta|esp|pta)?|A(?:ns)?|Respuesta|Resposta|Answer)\s{0,2}(?:[.:][:\-–]?|/(?=\s)|[-=]{1,2}>)\s{0,2}"
    r"|(?:[-=]{1,3}>|→|⇒|➔|►|>>)\s{0,2})",
    re.IGNORECASE,
)
# What is left of the line that a printed form leaves for the answer.
_RULED = re.compile(r"^_{2,}(?=[^\W_])|(?<=[^\W_])_{3,}$|(?<=[^\s_])\s_{2,}$")
# Struck out with tildes, as in chat programs, or with combining strokes, as phones do.
_STRUCK = re.compile(r"~~[^~\n]{1,200}~~|(?:[^\n][\u0335\u0336])+")
_LEFT_OVER = re.compile(r"^(?:\s{0,3}[/|])+\s+|\s+(?:[/|]\s{0,3})+$|(?<=^\w\w)/$|(?<=^\w\w\w)/$")
_TWICE = re.compile(r"(?<![^\s<>,;:()])([^\s<>@]{1,100}@[^\s<>@]{3,100})\s{0,2}<(?:mailto:)?\1>")
_LINKED = re.compile(r"<(?:mailto|tel):[^<>\s]{1,200}>")


def fold_space(text: str) -> str:
    """White space folded to single spaces, line breaks kept, no blank lines at either end."""
    return "\n".join(_BLANKS.sub(" ", line).strip() for line in text.split("\n")).strip("\n")


def cleaned(text: str) -> str:
    """An answer without emphasis marks, "R:" and the addresses that mail programs repeat in their plain text."""
    text = _STRUCK.sub("", _LINKED.sub("", _TWICE.sub(r"\1", text)))
    return _LEFT_OVER.sub("", fold_space("\n".join(_unmarked(line) for line in text.split("\n"))))


def _unmarked(line: str) -> str:
    line = _REPLY_MARK.sub("", line.strip(), count=1)
    for mark in ("**", "*", "__", "_"):
        if len(line) > 2 * len(mark) and line.startswith(mark) and line.endswith(mark) and line.strip(mark):
            line = line[len(mark) : -len(mark)].strip()
    line = _RULED.sub("", line)
    return line.lstrip("*").rstrip("*").strip() if line.count("*") == 1 else line


def is_blank(text: str) -> bool:
    """Whether nothing was answered: dashes, dots, lines, a choice left open, boxes without a tick, or a promise to
    answer later."""
    if _NOTHING.match(text):
        return True
    options = ticked(text)
    return options == () or (options is None and fold(text) in _PENDING)


def ticked(text: str) -> tuple[str, ...] | None:
    """The options whose boxes are ticked ("[x] Sí [ ] No" gives ("Sí",)); None where the text has no boxes.

    A box belongs to the words after it, or before it where the text begins with words.
    """
    boxes = list(_BOX.finditer(text))
    if not boxes or (len(boxes) == 1 and not _whole_box(text, boxes[0])):
        return None
    before = bool(text[: boxes[0].start()].strip(" ,;/"))
    edges = [0, *(box.end() for box in boxes)] if before else [*(box.end() for box in boxes)]
    options: list[str] = []
    for n, box in enumerate(boxes):
        option = (
            text[edges[n] : box.start()]
            if before
            else text[box.end() : boxes[n + 1].start() if n + 1 < len(boxes) else None]
        )
        if box.group(1) or box.group(2) in _TICKED:
            options.append(option.strip(" ,;/\n"))
    return tuple(options)


def _whole_box(text: str, box: re.Match[str]) -> bool:
    """A single bracket is a box only where the answer begins or ends with it."""
    return not text[: box.start()].strip() or not text[box.end() :].strip()
