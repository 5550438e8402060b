"""Template files, all read at one moment, so that nothing leaves by a text that has not been checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import CodeType

from jinja2 import BaseLoader, BytecodeCache, Environment, FileSystemLoader, TemplateNotFound
from jinja2.bccache import Bucket

_MOST_COMPILED = 2_000

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


class Compiled(BytecodeCache):
    """Compiled templates by their path and text, so that a reload compiles only what was changed."""

    _kept: dict[tuple[str, str], CodeType] = {}  # noqa: RUF012 - one for the whole process

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give `bucket` what was compiled before from the same text, if anything."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled; an operator who edits all day does not fill the memory."""
        if len(self._kept) >= _MOST_COMPILED:
            self._kept.clear()
        if bucket.code is not None:
            self._kept[bucket.key, bucket.checksum] = bucket.code
