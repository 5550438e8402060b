"""Delivery reports that follow no standard, recognised by flufl.bounce on a small, bounded copy of the mail.

flufl.bounce knows what the mail systems of thirty years write, but it reads whole bodies line by line with patterns
that are slow on long lines, and it looks into attached messages, where a customer forwards somebody else's report.
"""

from __future__ import annotations

import re
from email.message import Message as MimePart

from flufl.bounce import all_failures

from intake.machines.bounce_words import begins_as_a_report, reports_told
from intake.machines.reports import RECIPIENTS
from intake.mime.charsets import decode
from intake.mime.headers import Fields, clean_header
from intake.mime.mailboxes import mailboxes
from rules.model import DeliveryReport

_TEXT_BYTES = 64 * 1024
_LINE_CHARACTERS = 400
_LINES = 1000
_PARTS = 20
# What mail systems write at the head of a subject, in their own words and the three languages.
_SUBJECT = re.compile(
    r"undeliver(?:able|ed)|non.?deliver|mail (?:could )?not (?:be )?deliver|returned (?:mail|message)|user unknown"
    r"|delivery (?:status|fail|error|notification|problem)|failed (?:mail|delivery)"
    r"|(?:mail|message) (?:delivery|system)|failure notice|automatically rejected"
    r"|no se (?:puede|pudo|ha podido) entregar|mensaje (?:no entregado|devuelto)|correo devuelto"
    r"|n[aã]o (?:foi )?(?:poss[ií]vel entregar|entregue)|(?:e-?mail|mensagem) devolvid[ao]|falha na entrega",
    re.IGNORECASE,
)
# Others leave the subject as it was and put the verdict behind it.
_VERDICT = re.compile(
    r"\((?:delivery fail(?:ed|ure)|not delivered|undelivered|no entregado|n[aã]o entregue)\)\s*\Z", re.IGNORECASE
)
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60}):|[ \t]+\S")


def reports_in_words(fields: Fields, tree: MimePart, *, from_a_robot: bool, own: bool) -> tuple[DeliveryReport, ...]:
    """What the text of a non-standard delivery report says of the addresses that it names, failed before delayed; empty
    for other mail.

    Only for mail whose header makes a report likely; `from_a_robot`: its sender is a mail system; `own`: where no
    system's fixed sentences are found, any words of a failed delivery count. Never raises.
    """
    small = _bounded(tree, _Budget(commas=from_a_robot))
    if small is None:
        return ()
    # Some detectors fail where there is no From at all.
    small["From"] = fields.text("from", 500) or "<>"
    for name in ("Subject", "X-Failed-Recipients", "X-Mailer"):
        if value := fields.text(name.lower(), 500):
            small[name] = value
    try:
        delayed, failed = all_failures(small)
    except Exception:  # noqa: BLE001 - a detector that breaks on a mail has found no report in it
        delayed, failed = frozenset(), frozenset()
    if not delayed and not failed:
        not_meant = [box.address for name in ("from", "to", "reply-to") for box in mailboxes(fields.first(name))]
        return reports_told(_text(small), not_meant)[:RECIPIENTS] if own else ()
    found = [(one, "failed") for one in sorted(failed)] + [(one, "delayed") for one in sorted(delayed - failed)]
    # A text alone tells no code, nor which of its words are the other server's.
    return tuple(
        DeliveryReport(clean_header(one.decode("ascii", "replace")), action=action)
        for one, action in found[:RECIPIENTS]
    )


def _text(part: MimePart) -> str:
    """The first text of a bounded copy that is for people."""
    texts = (one.get_payload() for one in part.walk() if one.get_content_type() == "text/plain")
    return str(next((text for text in texts if text), ""))


def written_by_no_person(fields: Fields, text: str) -> bool:
    """Whether a mail from an address that could be a person's is a report all the same: it is so by its subject and by
    the first words of its `text`, From has an address only, and no program that people write with is named."""
    sender = fields.first("from").strip()
    nameless = b" " not in sender.strip(b"<>") or b'"@' in sender
    by_hand = any(
        "cdo" not in fields.text(name, 100).lower() for name in ("user-agent", "x-mailer") if fields.all(name)
    )
    return speaks_of_delivery(fields) and nameless and not by_hand and begins_as_a_report(text)


def speaks_of_delivery(fields: Fields) -> bool:
    """Whether the subject is one that mail systems give to their reports."""
    subject = fields.text("subject")
    return bool(_SUBJECT.match(subject) or _VERDICT.search(subject))


def returned_header(text: str) -> bytes:
    """The header block of the returned message that stands in the text of a delivery report, b"" where none does.

    That is the first run of field-like lines that hold a Message-ID, or both From and Subject.
    """
    block: list[str] = []
    names: set[str] = set()
    for line in [*text[:_TEXT_BYTES].splitlines(), ""]:
        match = _FIELD.match(line)
        if match and (match[1] or block):
            block.append(line)
            names.add((match[1] or "").lower())
            continue
        if "message-id" in names or names >= {"from", "subject"}:
            return "\r\n".join(block).encode("utf-8", "replace")
        block, names = [], set()
    return b""


class _Budget:
    """What is left of parts and bytes for the copy.

    Without `commas` an address between two commas, as in any signature, is not taken for a failed one.
    """

    def __init__(self, *, commas: bool) -> None:
        self.parts = _PARTS
        self.text_bytes = _TEXT_BYTES
        self.commas = commas


def _bounded(part: MimePart, budget: _Budget) -> MimePart | None:
    """A copy of the multiparts and short texts of `part`; attached messages are left empty, files left out."""
    budget.parts -= 1
    if budget.parts < 0:
        return None
    copy = MimePart()
    kind = part.get_content_type()
    payload = part.get_payload() if part.is_multipart() else None
    if isinstance(payload, list) and kind.startswith("multipart/"):
        copy["Content-Type"] = f"{kind}; boundary=x"
        children = [_bounded(child, budget) for child in payload if isinstance(child, MimePart)]
        copy.set_payload([child for child in children if child is not None])
        return copy
    if kind == "message/delivery-status" and isinstance(payload, list):
        copy["Content-Type"] = kind
        copy.set_payload([_status_block(block) for block in payload[:_PARTS] if isinstance(block, MimePart)])
        return copy
    copy["Content-Type"] = kind if kind.startswith("text/") else "application/octet-stream"
    if description := part.get("Content-Description"):
        copy["Content-Description"] = clean_header(str(description))
    if kind.startswith("text/"):
        copy.set_payload(_short_text(part, budget))
    return copy


def _status_block(block: MimePart) -> MimePart:
    copy = MimePart()
    for name in ("Action", "Original-Recipient", "Final-Recipient"):
        if value := block.get(name):
            copy[name] = clean_header(str(value), 500)
    return copy


def _short_text(part: MimePart, budget: _Budget) -> str:
    data = part.get_payload(decode=True)
    data = data[: budget.text_bytes] if isinstance(data, bytes) else b""
    budget.text_bytes -= len(data)
    text = decode(data, str(part.get_content_charset("")))[0]
    if not budget.commas:
        text = text.replace(",", ";")
    return "\n".join(line[:_LINE_CHARACTERS] for line in text.splitlines()[:_LINES])
