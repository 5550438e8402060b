"""The vocabulary that every folder shares.

Words are those of RFC 5321 and 5322 (envelope, message), RFC 3834 and 3464 (automatic mail) and ITIL (ticket, kind,
priority). All values are frozen; all times are aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Disposition(StrEnum):
    """What became of a mail."""

    TICKET = "ticket"
    UPDATE = "update"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    HELD = "held"
    DUPLICATE = "duplicate"


class ReadingClass(StrEnum):
    """What a mail is, by what it says of itself."""

    NEW = "new"
    REPLY = "reply"
    AUTOMATIC = "automatic"
    DELIVERY_STATUS = "delivery_status"
    READ_RECEIPT = "read_receipt"


class Kind(StrEnum):
    """ITIL's kinds of ticket."""

    INCIDENT = "incident"
    SERVICE_REQUEST = "service_request"
    CHANGE_REQUEST = "change_request"
    EVENT_REQUEST = "event_request"
    COMPLAINT = "complaint"
    QUESTION = "question"


class Lane(StrEnum):
    """Which work goes first: today's mail before an imported backlog."""

    LIVE = "live"
    BACKLOG = "backlog"


@dataclass(frozen=True, slots=True)
class Envelope:
    """The SMTP envelope (RFC 5321 s2.3.1). `mail_from` is "" for the null reverse-path."""

    mail_from: str
    rcpt_tos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Peer:
    """Who handed the mail over, as far as the door knows. `login` is the authenticated name, else ""."""

    address: str = ""
    helo: str = ""
    tls: str = ""
    login: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One mail at one door, before anything has read it.

    `desks` are the ids of the desks it is addressed to, `mail_key` the content hash of `intake.identity`, `source_key`
    the place it was fetched from (account, folder, UIDVALIDITY, UID) or "" where the door has none. `message_id` is
    what the header says of itself at a glance; only how mails wait for each other depends on it. A `silent` mail opens
    its ticket and nobody is written to about it.
    """

    envelope: Envelope
    raw: bytes
    door: str
    peer: Peer
    arrived_at: datetime
    desks: tuple[str, ...]
    mail_key: str
    source_key: str = ""
    lane: Lane = Lane.LIVE
    silent: bool = False
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An RFC 5322 mailbox: display name ("" where absent) and addr-spec with the domain in lower-case ASCII."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        """What stands behind the @, in lower case."""
        return self.address.rpartition("@")[2].lower()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part described, not carried: `part` is its path in the MIME tree ("1.2"), `size` its decoded bytes."""

    filename: str
    content_type: str
    size: int
    part: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Document:
    """An attached file that may hold a filled form, or an attached message.

    `kind` is what its bytes are: docx, xlsx, odt, ods, pdf, rtf, html, csv, text or message; `number` counts the
    attachments from 1. `data` is empty where the file is larger than is read.
    """

    number: int
    part: str
    filename: str
    kind: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Body:
    """One displayed text part, decoded: `html` tells markup from plain text, `flowed` RFC 3676's format=flowed."""

    text: str
    html: bool
    part: str
    flowed: bool = False
    delsp: bool = False


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign that a machine wrote the mail or that it loops: its `name` (see `intake.machines.automatic`) and what
    shows it."""

    name: str
    evidence: str


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What a delivery report says of one recipient (RFC 3464 section 2.3).

    `recipient` is where delivery ended, `original` the address that was written to ("" where not told), both as
    written; `recipient` is "" where the report names nobody in a way that is understood. `action`: failed, delayed,
    delivered, relayed or expanded; `status` is the enhanced status code ("5.1.1") or "", `diagnostic` the other
    server's reply on one line, `code` the reply's three digits or 0.
    """

    recipient: str
    original: str = ""
    action: str = "failed"
    status: str = ""
    diagnostic: str = ""
    code: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """An RFC 5322 message as values, whatever state its bytes were in.

    `sender` is None where From is absent or not usable, and `sender_defect` then says why. `message_id`,
    `in_reply_to` and `references` hold ids without angle brackets. `bodies` are the parts to read (of a
    multipart/alternative all alternatives, in their order); `documents` the attachments that may hold a form,
    `forwarded` the raw bytes of attached message/rfc822 parts; `reported` the header block of the message that a
    delivery report returns, `reports` what it says of each recipient. `sealed` says how the mail is encrypted: "pgp",
    "smime", "rpmsg", "" where it is not; `notes` what an agent should know besides: encrypted, calendar_reply,
    calendar_cancel. `defects` are words for logs and for `explain`.
    """

    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    date: datetime | None = None
    subject: str = ""
    sender: Mailbox | None = None
    sender_defect: str = ""
    reply_to: Mailbox | None = None
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    bodies: tuple[Body, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    documents: tuple[Document, ...] = ()
    forwarded: tuple[bytes, ...] = ()
    reported: bytes = b""
    reports: tuple[DeliveryReport, ...] = ()
    content_language: str = ""
    klass: ReadingClass = ReadingClass.NEW
    signs: tuple[Sign, ...] = ()
    sealed: str = ""
    notes: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()
    unreadable: str = ""


AnswerValue = None | bool | str | list[str] | list[dict[str, str | None]]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question: verbatim `text`, normalised `value` (by the question's type) and the place in the
    mail.

    In its text: "part 1, line 12", "part 2, table 1, row 3". In an attachment, which are counted from 1: "attachment 2
    (pedido.xlsx), sheet RFC, row 3", "attachment 1 (form.docx), table 1, row 3" or "..., line 4", "attachment 1
    (form.pdf), page 1, line 4" or "..., field Sitio", "attachment 1 (fw.eml), part 1, line 12".

    `how` it was found: "label" under or beside the question's label; "number" by the number of our question; "asked",
    as the answer to the only question that was asked; "stated" in running text; "signature" in the writer's signature
    or address. "" where that is not known any more.
    """

    text: str
    value: AnswerValue
    where: str
    how: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a careful agent would write down about a mail, for one desk.

    `prefix` is what the subject begins with: "reply", "forward" or "". `quoted_answers` stand in what a reply repeats:
    old ones, or typed there between the questions. `thread_reference` is a ticket number that the mail names as its
    thread, `tokens` candidates for our keyed tokens (not yet checked). `text` is the whole body as plain text,
    `reply_text` what the writer newly wrote; of that, `commands` are the lines at its top that begin with "#", and
    `message` is the rest. `priority` is in the desk's own levels. `reports` is what a delivery report says, and
    `reported_id` the Message-ID of the message that it returns. `unreadable` says why reading was given up ("" where
    it was not); then everything but the header fields is empty.
    """

    klass: ReadingClass = ReadingClass.NEW
    language: str = ""
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    date: datetime | None = None
    subject: str = ""
    prefix: str = ""
    sender: Mailbox | None = None
    sender_defect: str = ""
    reply_to: Mailbox | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    quoted_answers: Mapping[str, Answer] = field(default_factory=dict)
    kind: Kind | None = None
    priority: str | None = None
    thread_reference: str | None = None
    tokens: tuple[str, ...] = ()
    text: str = ""
    reply_text: str = ""
    commands: tuple[str, ...] = ()
    message: str = ""
    attachments: tuple[Attachment, ...] = ()
    reports: tuple[DeliveryReport, ...] = ()
    reported_id: str = ""
    signs: tuple[Sign, ...] = ()
    notes: tuple[str, ...] = ()
    unreadable: str = ""

    def sign(self, *names: str) -> Sign | None:
        """The first sign that bears one of `names`."""
        return next((s for s in self.signs if s.name in names), None)
