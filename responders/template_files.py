"""Template files, all read at one moment, so that nothing leaves by a text that has not been checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from jinja2 import BaseLoader, Environment, FileSystemLoader, TemplateNotFound

_Source = tuple[str, str | None, Callable[[], bool] | None]


class ReadOnce(BaseLoader):
    """The files of some folders, of which the first has precedence; what is written there later is not seen."""

    def __init__(self, directories: Sequence[Path]) -> None:
        files, nobody = FileSystemLoader(directories), Environment(autoescape=True)
        self._found: dict[str, _Source | Exception] = {}
        for name in files.list_templates():
            try:
                self._found[name] = files.get_source(nobody, name)
            except (OSError, ValueError, TemplateNotFound) as error:
                self._found[name] = error

    def get_source(self, environment: Environment, template: str) -> _Source:  # noqa: ARG002 - Jinja2's signature
        """Text and path of a file. Raises what reading it raised; TemplateNotFound where there was none."""
        found = self._found.get(template)
        if found is None:
            raise TemplateNotFound(template)
        if isinstance(found, Exception):
            raise found.with_traceback(None)
        return found

    def list_templates(self) -> list[str]:
        """The names of all files."""
        return sorted(self._found)
