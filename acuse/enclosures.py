"""Which files of a mail go along with the messages that it gives rise to, and their bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

import structlog

from acuse.letters import AGENT_PURPOSE, MANNERS, Audience
from acuse.readers import Cut, ReaderError, Readers
from responders.files import File, file_name
from rules.decision import Response
from rules.model import Attachment
from rules.tokens import without_tokens

log = structlog.get_logger()


class Enclosures:
    """The files of one mail, cut out of it by a reader once they are wanted."""

    def __init__(self, readers: Readers, raw_sha256: str, most_bytes: int) -> None:
        self._readers = readers
        self._raw_sha256 = raw_sha256
        self._most_bytes = most_bytes
        self._found: dict[tuple[Attachment, ...], dict[str, bytes]] = {}

    def of(self, responses: Iterable[Response]) -> Mapping[str, bytes]:
        """The bytes of the files that go along with `responses`, by part path.

        A file that cannot be had is left out: the message names it. Raises ReaderTroubleError where no reader works.
        """
        every = {one.part: one for response in responses for one in response.attachments}
        chosen = fitting(every.values(), self._most_bytes)
        if chosen and chosen not in self._found:
            self._found[chosen] = {
                one.part: data
                for one, data in self._cut(chosen)
                # What was decided about is what goes along, whatever a part's number means to another reader.
                if sha256(data).hexdigest() == one.sha256
            }
        return self._found[chosen] if chosen else {}

    def _cut(self, chosen: tuple[Attachment, ...]) -> Iterator[tuple[Attachment, bytes]]:
        try:
            found = self._readers.cut(Cut(self._raw_sha256, tuple(one.part for one in chosen)))
        except ReaderError as error:
            log.warning("files.not_cut", raw=self._raw_sha256, why=str(error))
            return
        yield from ((one, found[one.part]) for one in chosen if one.part in found)


def fitting(attachments: Iterable[Attachment], most_bytes: int) -> tuple[Attachment, ...]:
    """Those of `attachments` that go along, in their order: each that still fits into `most_bytes`."""
    chosen, room = [], most_bytes
    for one in attachments:
        if one.size <= room:
            chosen.append(one)
            room -= one.size
    return tuple(chosen)


def enclosed(response: Response, files: Mapping[str, bytes]) -> tuple[tuple[Attachment, File | None], ...]:
    """The attachments of a response under clean names, each with its file where that goes along."""
    to_customer = MANNERS[response.template].audience is Audience.CUSTOMER
    made: list[tuple[Attachment, File | None]] = []
    for number, one in enumerate(response.attachments, 1):
        name = file_name(one.filename, one.content_type, number)
        data = files.get(one.part)
        # A saved notice bears what lets its holder write as an agent.
        if data is not None and to_customer and _lets_act(data):
            data = None
        made.append((one, File(name, one.content_type, data) if data is not None else None))
    return tuple(made)


def _lets_act(data: bytes) -> bool:
    # Without NULs: Outlook saves mails in UTF-16.
    for text in (data, data.replace(b"\0", b"")):
        if AGENT_PURPOSE.encode() in text.lower():
            shown = text.decode("latin-1")
            if without_tokens(shown, AGENT_PURPOSE) != shown:
                return True
    return False
