"""What the sections of config.toml are made of: their base, and values with bounds."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Section(BaseModel):
    """A table of config.toml: no unknown keys, no invisible characters, unchangeable."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _visible(cls, value: Any) -> Any:  # noqa: ANN401
        texts = value if isinstance(value, list | tuple) else [value]
        if any(isinstance(text, str) and not text.isprintable() for text in texts):
            raise ValueError("holds a control or invisible character; write it without")
        return value


# The upper bounds keep a slip of the finger from becoming an overflow, or a million processes.
Count = Annotated[int, Field(gt=0, le=1_000_000, strict=True)]
Few = Annotated[int, Field(gt=0, le=64, strict=True)]
Bytes = Annotated[int, Field(gt=0, le=1 << 40, strict=True)]
Room = Annotated[int, Field(ge=0, le=1 << 30, strict=True)]
Seconds = Annotated[int, Field(gt=0, le=7 * 86_400, strict=True)]
Hours = Annotated[int, Field(gt=0, le=8_760, strict=True)]
Port = Annotated[int, Field(gt=0, lt=65536, strict=True)]
Switch = Annotated[bool, Field(strict=True)]
FilePath = Annotated[str, Field(min_length=1)]
