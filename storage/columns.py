"""The types of our columns: what a database cannot hold, or would hold differently from another, is settled here."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, String, Text, TypeDecorator

KEY_CHARACTERS = 512
"""PostgreSQL's indexes take 2,704 bytes; a character has up to four."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Text with U+FFFD for what no database takes: PostgreSQL refuses U+0000, and both drivers lone surrogates."""
    return text if text.isascii() and "\0" not in text else _UNSTORABLE.sub("\ufffd", text)


def as_key(text: str) -> str:
    """Text as it stands in an index. One too long is cut and ends in the SHA-256 of the whole: equal values stay equal,
    and others do not become so."""
    clean = storable(text)
    if len(clean) <= KEY_CHARACTERS:
        return clean
    digest = hashlib.sha256(clean.encode()).hexdigest()
    return f"{clean[: KEY_CHARACTERS - len(digest) - 1]}#{digest}"


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, in UTC in the database and out of it. A naive one is refused: it would be a guess."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware to UTC; SQLite's type has no zone, so there it is dropped after the conversion."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Back to an aware time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class AnyText(TypeDecorator[str]):
    """Text that a mail or a peer may have written, of any length."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """See `storable`."""
        return None if value is None else storable(value)


class KeyText(TypeDecorator[str]):
    """Text that rows are found by, which a mail or a peer may have written.

    What is compared with it goes the same way, so nobody needs to know.
    """

    impl = String(KEY_CHARACTERS)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """See `as_key`."""
        return None if value is None else as_key(value)


class AnyJson(TypeDecorator[Any]):
    """Lists, dicts and plain values as JSON; their texts as in `AnyText`."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002
        """The same value with storable texts."""
        return _storable_json(value)


def _storable_json(value: Any) -> Any:  # noqa: ANN401
    match value:
        case str():
            return storable(value)
        case list() | tuple():
            return [_storable_json(one) for one in value]
        case dict():
            return {key: _storable_json(one) for key, one in value.items()}
        case _:
            return value
