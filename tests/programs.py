"""Mail programs, as far as a conversation feels them: how each writes a reply, and what each takes for one thread.

A thread is a set of messages that a program shows together. The rules are models: strict where a program's own words
are vague, so that what holds here holds there.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256

from tests.conftest import StillClock

Threads = list[list[EmailMessage]]


@dataclass(frozen=True)
class Program:
    """`prefix` is what it puts before a subject once, `chain` makes References of the parent's, `quote` the body."""

    name: str
    prefix: str
    chain: Callable[[list[str], str], list[str]]
    quote: Callable[[str, EmailMessage], tuple[str, str]]
    threads: Callable[[Sequence[EmailMessage]], Threads]


def ids(message: EmailMessage, *fields: str) -> list[str]:
    return [one for field in fields for one in re.findall(r"<[^<>\s]+>", str(message.get(field, "")))]


def plain_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    return str(body.get_content()) if body else ""


def html_of(message: EmailMessage) -> str:
    body = message.get_body(("html",))
    return str(body.get_content()) if body else f"<p>{html.escape(plain_of(message))}</p>"


def reply(
    program: Program,
    to: EmailMessage,
    text: str,
    *,
    sender: str,
    clock: StillClock,
    files: Iterable[tuple[str, str, bytes]] = (),
    address: str = "",
) -> bytes:
    """What `program` sends when its user answers `to` with `text` above the quotation; `address` where it goes."""
    mail = EmailMessage(policy=policy.default)
    mail["From"] = sender
    mail["To"] = address or str(to["Reply-To"] or to["From"])
    subject = str(to["Subject"])
    # Each knows its own prefix only, so that those of two languages pile up.
    known = subject.lower().startswith(program.prefix.strip().lower())
    mail["Subject"] = subject if known else f"{program.prefix}{subject}"
    mail["Date"] = format_datetime(clock.now())
    name = sha256(f"{to['Message-ID']}{text}{sender}".encode()).hexdigest()[:20]
    mail["Message-ID"] = f"<{name}@{sender.rpartition('@')[2].strip('>')}>"
    parent = str(to["Message-ID"])
    if chain := program.chain(ids(to, "References"), parent):
        mail["In-Reply-To"] = parent
        mail["References"] = " ".join(chain)
    plain, marked_up = program.quote(text, to)
    mail.set_content(plain)
    if marked_up:
        mail.add_alternative(marked_up, subtype="html")
    for filename, content_type, data in files:
        main, _, sub = content_type.partition("/")
        mail.add_attachment(data, maintype=main, subtype=sub, filename=filename)
    return mail.as_bytes(policy=policy.SMTP)


# --- how a reply's References are made


def whole_chain(references: list[str], parent: str) -> list[str]:
    """RFC 5322 s3.6.4, as Thunderbird, Gmail and Outlook do."""
    return [*references, parent]


def parent_only(references: list[str], parent: str) -> list[str]:
    """Some versions of Apple Mail and Lotus Notes name nothing but what they answer."""
    return [parent]


def no_chain(references: list[str], parent: str) -> list[str]:
    """Old web mailers: neither References nor In-Reply-To (Mozilla's wiki on threading names Yahoo's of 2008)."""
    return []


# --- how a reply quotes


def angled(text: str, to: EmailMessage) -> tuple[str, str]:
    quoted = "\n".join(f"> {line}".rstrip() for line in plain_of(to).splitlines())
    return f"{text}\n\nEl 3/11/26 a las 10:20, {to['From']} escribió:\n{quoted}\n", ""


def gmail_quote(text: str, to: EmailMessage) -> tuple[str, str]:
    plain, _ = angled(text, to)
    lines = "".join(f"<div>{html.escape(line) or '<br>'}</div>" for line in text.split("\n"))
    return plain, (
        f'<div dir="ltr">{lines}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" '
        f'class="gmail_attr">El mar, 3 nov 2026 a la(s) 10:20 a.m., {html.escape(str(to["From"]))} escribió:<br></div>'
        f'<blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">'
        f"{html_of(to)}</blockquote></div>"
    )


def outlook_block(text: str, to: EmailMessage) -> tuple[str, str]:
    head = [("De:", to["From"]), ("Enviado el:", to["Date"]), ("Para:", to["To"]), ("Asunto:", to["Subject"])]
    plain = f"{text}\n\n" + "\n".join(f"{name} {value}" for name, value in head) + f"\n\n{plain_of(to)}"
    lines = "".join(f'<p class="MsoNormal">{html.escape(line) or "&nbsp;"}</p>' for line in text.split("\n"))
    block = "<br>".join(f"<b>{name}</b> {html.escape(str(value))}" for name, value in head)
    return plain, (
        f'<html><body><div class="WordSection1">{lines}<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;'
        f'padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">{block}</p></div></div>{html_of(to)}</div></body></html>'
    )


# --- what is one thread


def has_prefix(subject: str) -> bool:
    return bool(re.match(r"(?:re|rv|res|aw|sv|enc|fw|fwd|rta?)\s*:", subject, re.IGNORECASE))


def bare(subject: str) -> str:
    """Without prefixes of replies and forwards, in the languages that programs know."""
    while has_prefix(subject):
        subject = subject.partition(":")[2].lstrip()
    return subject


def topic(subject: str) -> str:
    """Exchange's normalized subject: without a prefix of one to three letters and a colon (MS-OXCMAIL 2.2.3.2.6.1),
    taken away at each reply; compared without case."""
    while found := re.match(r"[^\W\d]{1,3}: ", subject):
        subject = subject[found.end() :]
    return subject.lower()


def base_subject(subject: str) -> str:
    """RFC 5256 s2.1: without prefixes and without what stands in brackets before or between them."""
    before = ""
    while before != subject:
        before = subject
        subject = re.sub(
            r"^(?:\[[^\[\]]*\]\s*)*(?:re|fwd?)\s*(?:\[[^\[\]]*\])?\s*:\s*", "", subject, flags=re.IGNORECASE
        )
        subject = re.sub(r"^\[[^\[\]]*\]\s*(?=\S)", "", subject)
    return subject.casefold()


def linked(messages: Sequence[EmailMessage], key: Callable[[EmailMessage], str] = lambda _: "") -> Threads:
    """Messages that name one another or a common ancestor, even one that is not there (JWZ, RFC 5256 s3), and that have
    the same `key`."""
    groups: list[tuple[set[tuple[str, str]], list[EmailMessage]]] = []
    for message in messages:
        names = {(key(message), one) for one in ids(message, "Message-ID", "References", "In-Reply-To")}
        members = [message]
        others = []
        for known, group in groups:
            if known & names:
                names |= known
                members = group + members
            else:
                others.append((known, group))
        groups = [*others, (names, members)]
    return [group for _, group in groups]


def by_references(messages: Sequence[EmailMessage]) -> Threads:
    """Thunderbird with mail.strict_threading, its default since 3.0, and Apple Mail: References and In-Reply-To."""
    return linked(messages)


def by_references_and_subject(messages: Sequence[EmailMessage]) -> Threads:
    """Gmail: References as RFC 5322 says and the same subject (Gmail API, "Manage threads")."""
    return linked(messages, lambda message: bare(str(message["Subject"])))


def by_topic(messages: Sequence[EmailMessage]) -> Threads:
    """Outlook and Exchange: the conversation topic, from Thread-Topic or the normalized subject (MS-OXCMAIL
    2.2.3.2.7), and within it the references."""
    return linked(messages, lambda message: topic(str(message["Thread-Topic"] or message["Subject"])))


def by_server(messages: Sequence[EmailMessage]) -> Threads:
    """THREAD=REFERENCES of IMAP servers (RFC 5256), as web mailers show it: references, then equal base subjects."""
    merged: dict[str, list[EmailMessage]] = {}
    for thread in linked(messages):
        merged.setdefault(base_subject(str(thread[0]["Subject"])), []).extend(thread)
    return list(merged.values())


GMAIL = Program("Gmail", "Re: ", whole_chain, gmail_quote, by_references_and_subject)
OUTLOOK = Program("Outlook", "RE: ", whole_chain, outlook_block, by_topic)
OUTLOOK_PT = Program("Outlook in Portuguese", "RES: ", whole_chain, outlook_block, by_topic)
THUNDERBIRD = Program("Thunderbird", "Re: ", whole_chain, angled, by_references)
APPLE = Program("Apple Mail", "Re: ", parent_only, angled, by_references)
ROUNDCUBE = Program("Roundcube", "Re: ", whole_chain, angled, by_server)
FORGETFUL = Program("an old web mailer", "RV: ", no_chain, angled, by_references)

PROGRAMS = (GMAIL, OUTLOOK, OUTLOOK_PT, THUNDERBIRD, APPLE, ROUNDCUBE)


def received(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)
