"""What a mail may cost before a parser sees it.

Parsers of mail recurse with the nesting and slow down with the number of fields and parts. `intake.mime.structure`
counts these bounds in one pass that understands no more than field names, boundaries and nesting.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for one mail. `depth` counts multiparts and attached messages inside one another; siblings do not add up.

    The `part_` bounds are over the header blocks of all parts together; `part_long_field_bytes` over what their Content
    fields have beyond 1 KiB each, since the time to read a field grows with the square of its length.
    """

    header_block_bytes: int = 256 * 1024
    fields: int = 1000
    field_bytes: int = 8 * 1024
    parts: int = 1000
    depth: int = 50
    lines: int = 1_000_000
    part_header_bytes: int = 1024 * 1024
    part_fields: int = 20_000
    part_long_field_bytes: int = 64 * 1024
