"""Facts into text by Jinja2 templates that an operator may replace file by file.

A mail `name` is three files, `name.subject.j2`, `name.txt.j2` and `name.html.j2`. Each is looked for as
DESK/LANGUAGE/file, then LANGUAGE/file; in the operator's directories in their order, then among the built-in ones.
What a stranger wrote is a value, never a template; templates run in Jinja2's sandbox, and a name that they mistype
fails.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from jinja2 import StrictUndefined, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from responders import samples
from responders.clean import clean_header
from responders.facts import Facts
from responders.moments import moment
from responders.plain import plain
from responders.template_files import Compiled, ReadOnce
from responders.thread_facts import ThreadFacts
from responders.writing import paragraphs, quoted, size

LANGUAGES = ("es", "pt", "en")
_PARTS = ("subject", "txt", "html")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's texts. `html` is "" where there is none; `failed` names the template file that could not be used and
    why, "" where all went well; the texts are then the plain built-in ones."""

    language: str
    subject: str
    text: str
    html: str
    failed: str = ""


def builtin_directory() -> Path:
    """Where the project's own templates lie: beside the packages in a source tree, else where a wheel puts shared
    data."""
    beside = Path(__file__).resolve().parent.parent / "templates"
    # site-packages may hold another project's folder of that name.
    return beside if (beside / "layout.html.j2").is_file() else Path(sys.prefix) / "share" / "acuse" / "templates"


class Templates:
    """The templates of one start or reload: files changed later are seen by the next one."""

    def __init__(self, directories: Sequence[Path] = ()) -> None:
        self._environment = ImmutableSandboxedEnvironment(
            loader=ReadOnce([*directories, builtin_directory()]),
            bytecode_cache=Compiled(),
            undefined=StrictUndefined,
            autoescape=lambda name: name is None or not name.endswith((".subject.j2", ".txt.j2")),
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"moment": moment, "paragraphs": paragraphs, "quoted": quoted, "size": size}

    def render(self, name: str, desk_id: str, language: str, facts: Facts | ThreadFacts) -> Rendered:
        """The mail `name` of a desk in `language` ("es", "pt" or "en"; any other gives English). Never raises: where a
        template fails, the plain text leaves and `failed` says why."""
        language = language if language in LANGUAGES else "en"
        values = {f.name: getattr(facts, f.name) for f in fields(facts)} | {"language": language}
        texts: list[str] = []
        for part in _PARTS:
            file = f"{language}/{name}.{part}.j2"
            try:
                template = self._environment.select_template([f"{desk_id}/{file}", file] if desk_id else [file])
                file = template.filename or file
                texts.append(template.render(values))
            except Exception as error:  # noqa: BLE001 - a template is a program of the operator's and may raise anything
                return _instead(language, facts, f"{_where(error) or file}: {_what(error)}")
        subject, text, html = clean_header(texts[0]), texts[1], texts[2]
        if wrong := _incomplete(subject, text, facts):
            return _instead(language, facts, f"{desk_id or language}/{name}: {wrong}")
        return Rendered(language, subject, text, html)

    def check(self) -> list[tuple[str, str]]:
        """Renders every mail of every language, for each desk that has templates of its own, with sample facts; gives
        (template file, error) for each that fails, once."""
        problems: dict[tuple[str, str], None] = {}
        for desk_id in ("", *self._desks()):
            for language in LANGUAGES:
                for name, facts in samples.mails():
                    failed = self.render(name, desk_id, language, facts).failed
                    if failed:
                        file, _, error = failed.partition(": ")
                        problems[file, error] = None
        return list(problems)

    def _desks(self) -> Iterator[str]:
        paths = (path.split("/") for path in self._environment.list_templates(extensions=["j2"]))
        yield from sorted({path[0] for path in paths if len(path) == 3 and path[1] in LANGUAGES})


def _incomplete(subject: str, text: str, facts: Facts | ThreadFacts) -> str:
    """What a mail lacks that it cannot leave without, "" for nothing: the customer must get to see the number."""
    if not subject:
        return "the subject is empty"
    if unseen := [number for number in facts.numbers if number not in text]:
        return f"the text does not show the number {unseen[0]}"
    if len(facts.numbers) == 1 and facts.numbers[0] not in subject:
        return f"the subject does not show the number {facts.numbers[0]}"
    return ""


def _instead(language: str, facts: Facts | ThreadFacts, failed: str) -> Rendered:
    subject, text = plain(language, facts)
    return Rendered(language, clean_header(subject), text, "", failed)


def _where(error: Exception) -> str:
    """The template file and line in which `error` arose, as FILE:LINE; "" where no template was running."""
    if isinstance(error, TemplateSyntaxError):
        return f"{error.filename or error.name}:{error.lineno}"
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.endswith(".j2")]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""


def _what(error: Exception) -> str:
    if isinstance(error, TemplateNotFound):
        return "there is no such template"
    return f"{type(error).__name__}: {clean_header(str(error))}"
