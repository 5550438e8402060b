"""Mails damaged as relays, filters, programs and enemies damage them, always the same ones for the same seed; and
what a reading must be like whatever it is made from."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from intake.parse import parse
from intake.reading import read
from rules.decide import decide
from rules.decision import Situation
from rules.model import Envelope, Reading
from rules.numbering import find_references
from rules.policy import Desk, QuestionType

NOW = datetime(2026, 11, 9, 12, 0, tzinfo=UTC)
CHARSETS = (
    b"utf-8",
    b"iso-8859-1",
    b"windows-1252",
    b"utf-7",
    b"utf-16",
    b"us-ascii",
    b"x-nobody",
    b"zlib",
    b"",
    b"\0",
)
BYTES = (
    b"\0",
    b"\r",
    b"\n",
    b"\x80",
    b"\xff",
    b"\xc3",
    b"\x1b",
    b"\x0c",
    b"\xe2\x80\xa8",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
)
FIELDS = (b"Content-Type", b"From", b"Subject", b"Date", b"In-Reply-To", b"Content-Transfer-Encoding", b"Message-ID")
NESTS = (b"<div>", b"<table><tr><td>", b"<blockquote>", b"> ", b"(", b"=?utf-8?q?x", b"--", b"&#", b"[", b'"')

_SURROGATE = re.compile("[\ud800-\udfff]")

Mutation = Callable[[bytes, bytes, Random], bytes]
"""From a mail and another one."""


def flipped(raw: bytes, _other: bytes, random: Random) -> bytes:
    """Some bits turned over."""
    data = bytearray(raw)
    for _ in range(random.choice((1, 3, 20, 200))):
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return bytes(data)


def cut(raw: bytes, _other: bytes, random: Random) -> bytes:
    """The end, the beginning or a piece lost."""
    first, last = sorted(random.randrange(len(raw)) for _ in range(2))
    return random.choice((raw[:last], raw[first:], raw[:first] + raw[last:]))


def inserted(raw: bytes, _other: bytes, random: Random) -> bytes:
    """Bytes in it that do not belong in mail."""
    for _ in range(random.choice((1, 5, 50))):
        place = random.randrange(len(raw) + 1)
        raw = raw[:place] + random.choice(BYTES) * random.choice((1, 1, 30)) + raw[place:]
    return raw


def relined(raw: bytes, _other: bytes, random: Random) -> bytes:
    """Lines doubled, lost, in another order, or all with other ends."""
    lines = raw.splitlines(keepends=True)
    how = random.randrange(5)
    if how == 0:
        return random.choice((b"\n", b"\r", b"\r\n", b"\r\r\n", b"\n\n", b"")).join(raw.splitlines())
    for _ in range(random.choice((1, 4, 30))):
        one, two = random.randrange(len(lines)), random.randrange(len(lines))
        if how == 1:
            lines.insert(one, lines[two])
        elif how == 2 and len(lines) > 1:
            del lines[one]
        elif how == 3:
            lines[one], lines[two] = lines[two], lines[one]
        else:
            lines[one] = lines[one].rstrip(b"\r\n")
    return b"".join(lines)


def misheaded(raw: bytes, _other: bytes, random: Random) -> bytes:
    """A field lost, doubled, emptied, unfolded, garbled, renamed, or the blank line behind them gone."""
    header, blank, body = _halves(raw)
    fields = re.split(rb"(?<=\n)(?![ \t])", header)
    at = random.randrange(len(fields))
    name, _, value = fields[at].partition(b":")
    garbled = bytes(random.randrange(256) for _ in range(random.choice((4, 60, 2000))))
    fields[at : at + 1] = random.choice(
        (
            [],
            [fields[at]] * random.choice((2, 100)),
            [name + b":\r\n"],
            [name + value],
            [name + b":" + garbled.replace(b"\n", b"") + b"\r\n"],
            [random.choice(FIELDS) + b":" + value],
            [b" " + fields[at]],
            [fields[at].replace(b" ", b"\r\n ")],
        )
    )
    return b"".join(fields) + random.choice((blank, blank, blank, b"")) + body


def recharset(raw: bytes, _other: bytes, random: Random) -> bytes:
    """Text that is not in the charset, or transfer encoding, that it names."""
    if random.random() < 0.3:
        encodings = (b"base64", b"quoted-printable", b"8bit", b"binary", b"x-uuencode", b"")
        return re.sub(rb"(?i)(?<=transfer-encoding: )[\w-]+", lambda _: random.choice(encodings), raw)
    return re.sub(rb"(?i)charset=\"?[\w-]+\"?", lambda _: b"charset=" + random.choice(CHARSETS), raw)


def misbounded(raw: bytes, _other: bytes, random: Random) -> bytes:
    """Boundaries that do not match, never come, come again, or stand within each other; or a multipart made of none."""
    found = re.findall(rb"(?i)boundary=\"?([^\"\s;]+)", raw)
    if not found:
        kind = random.choice((b"mixed", b"alternative", b"related", b"report", b"signed", b"digest", b"x"))
        header, blank, body = _halves(raw)
        header = re.sub(rb"(?im)^content-type:.*\r?\n(?:[ \t].*\r?\n)*", b"", header)
        part = random.choice((b"--B\r\n\r\n", b"--B\r\nContent-Type: message/rfc822\r\n\r\n", b""))
        return header + b"Content-Type: multipart/" + kind + b"; boundary=B\r\n" + blank + part + body
    one = random.choice(found)
    places = [match.start() for match in re.finditer(re.escape(one), raw)]
    at = random.choice(places)
    return random.choice(
        (
            raw[:at] + raw[at + len(one) :],
            raw[:at] + one + b"--" + raw[at + len(one) :],
            raw.replace(one, random.choice(found)),
            raw.replace(b"--" + one + b"--", b""),
            raw.replace(b"--" + one + b"\r\n", (b"--" + one + b"\r\n") * 40),
            raw.replace(one, one[:-1], 1),
        )
    )


def nested(raw: bytes, _other: bytes, random: Random) -> bytes:
    """Something that opens and never closes, many times; or the mail within itself."""
    if random.random() < 0.25:
        for _ in range(random.choice((1, 5, 60))):
            raw = b"From: a@b.example\r\nContent-Type: message/rfc822\r\n\r\n" + raw
        return raw
    place = random.randrange(len(raw) + 1)
    return raw[:place] + random.choice(NESTS) * random.choice((10, 500, 20_000)) + raw[place:]


def swollen(raw: bytes, _other: bytes, random: Random) -> bytes:
    """One field, line or word of enormous length."""
    filling = random.choice(
        (b"a", b" ", b",", b";", b"<", b"@a", b"x: ", b"1.", b"\t", b"=\n", b"-\n", b"a b ", b"\xa0", b"%41")
    )
    filling *= random.choice((1_000, 20_000, 100_000)) // len(filling)
    header, blank, body = _halves(raw)
    if random.random() < 0.5:
        return header + random.choice(FIELDS) + b": " + filling + b"\r\n" + blank + body
    place = random.randrange(len(body) + 1)
    return header + blank + body[:place] + filling + body[place:]


def unencoded(raw: bytes, _other: bytes, random: Random) -> bytes:
    """Base64 and quoted-printable with holes and junk; a body encoded once more than it says."""
    runs = list(re.finditer(rb"(?:[A-Za-z0-9+/=]{60,78}\r?\n){2,}|=[0-9A-F]{2}", raw))
    if not runs or random.random() < 0.2:
        header, blank, body = _halves(raw)
        return header + b"Content-Transfer-Encoding: base64\r\n" + blank + b64encode(body)
    for match in random.sample(runs, min(len(runs), 5)):
        place = random.randrange(match.start(), match.end())
        raw = raw[:place] + random.choice((b"=", b"==", b"!", b"\xff", b"=Z", b"")) + raw[place + 1 :]
    return raw


def spliced(raw: bytes, other: bytes, random: Random) -> bytes:
    """The beginning of one mail, the end of another; or the header of one, the body of another."""
    if random.random() < 0.3:
        header, blank, _ = _halves(raw)
        return header + blank + _halves(other)[2]
    return raw[: random.randrange(len(raw))] + other[random.randrange(len(other)) :]


MUTATIONS: tuple[Mutation, ...] = (
    *(flipped, cut, inserted, relined, misheaded, recharset, misbounded, nested, swollen, unencoded, spliced),
)


def damaged(mails: Sequence[bytes], number: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """So many damaged mails, each with the names of what was done to it, one thing to four."""
    for index in range(number):
        random = Random(f"{seed}.{index}")
        raw, done = random.choice(mails), []
        for _ in range(random.choice((1, 1, 2, 4))):
            mutation = random.choice(MUTATIONS)
            raw = mutation(raw, random.choice(mails), random) or b"\n"
            done.append(mutation.__name__)
        yield f"{seed}.{index} {'+'.join(done)}", raw


def read_whole(raw: bytes, desk: Desk) -> list[str]:
    """What is wrong with the reading of a mail and the decision on it, in words. Whatever is raised is not caught."""
    message = parse(raw)
    envelope = Envelope(message.sender.address if message.sender else "", desk.addresses)
    reading = read(message, desk, envelope, NOW)
    decide(reading, Situation(envelope, frozenset(desk.addresses), tickets_known=False), desk, NOW)
    return faults(reading, desk)


def faults(reading: Reading, desk: Desk) -> list[str]:
    """What no reading for a desk may be like, in words."""
    found = [] if reading.language in ("es", "pt", "en") else [f"language {reading.language!r}"]
    questions = {question.key: question for question in desk.questions}
    for key, answer in (*reading.answers.items(), *reading.quoted_answers.items()):
        if key not in questions:
            found.append(f"{key} is no question of {desk.id}")
            continue
        if not answer.text.strip() or not answer.where.strip():
            found.append(f"{key} without text or place: {answer!r}")
        if not _is_of_type(questions[key].type, answer.value, questions[key].choices):
            found.append(f"{key}: {questions[key].type} has the value {answer.value!r}")
    patterns = {policy.pattern for policy in desk.kinds}
    reference = reading.thread_reference
    if reference is not None and not any(find_references(pattern, reference) == (reference,) for pattern in patterns):
        found.append(f"thread {reference!r}")
    if reading.priority is not None and reading.priority not in (desk.priorities or {}):
        found.append(f"priority {reading.priority!r}")
    if reading.kind is not None and not any(policy.kind is reading.kind for policy in desk.kinds):
        found.append(f"kind {reading.kind}")
    if reading.date and abs(reading.date - NOW) < timedelta(0):
        found.append("a date without a zone")
    return found + _unwritable(reading)


def _is_of_type(kind: QuestionType, value: object, choices: object) -> bool:
    if value is None:
        return True
    if kind is QuestionType.YES_NO:
        return isinstance(value, bool)
    if kind is QuestionType.CHOICE:
        return isinstance(choices, dict) and value in choices
    return isinstance(value, str | list) and bool(value)


def _unwritable(reading: Reading) -> list[str]:
    """Texts that are no Unicode: what is printed or rendered of them would raise."""
    texts = [
        reading.subject,
        reading.text,
        reading.reply_text,
        reading.message,
        reading.message_id,
        reading.sender_defect,
    ]
    texts += [reading.sender.name, reading.sender.address] if reading.sender else []
    texts += [answer.text for answer in reading.answers.values()]
    texts += [text for one in reading.attachments for text in (one.filename, one.content_type)]
    texts += [text for one in reading.reports for text in (one.recipient, one.original, one.diagnostic)]
    bad = [text for text in texts if _SURROGATE.search(text)]
    return [f"a text that cannot be written: {text[:60]!r}" for text in bad]


def _halves(raw: bytes) -> tuple[bytes, bytes, bytes]:
    match = re.search(rb"\r?\n\r?\n", raw)
    if match is None:
        return raw, b"", b""
    middle = match.start() + len(match[0]) // 2
    return raw[:middle], raw[middle : match.end()], raw[match.end() :]
