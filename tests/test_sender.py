"""Who a mail is from: nothing that only looks like the boss may be the boss."""

import pytest

from intake.mime.headers import scan_header
from intake.mime.mailboxes import mailboxes
from intake.mime.sender import sender_of
from rules.model import Mailbox

BOSS = "boss@corp.example"
LEGITIMATE = b"From: boss@corp.example\r\n"
EVIL = b"From: evil@evil.example\r\n"

SPOOFS = {
    "two From fields, boss first": LEGITIMATE + EVIL,
    "two From fields, boss last": EVIL + LEGITIMATE,
    "address in a quoted name": b'From: "boss@corp.example" <evil@evil.example>\r\n',
    "address in an unquoted name": b"From: boss@corp.example <evil@evil.example>\r\n",
    "boss, evil": b"From: boss@corp.example, evil@evil.example\r\n",
    "evil, boss": b"From: evil@evil.example, boss@corp.example\r\n",
    "group": b"From: boss@corp.example: evil@evil.example;\r\n",
    "group of the boss": b"From: team: boss@corp.example;\r\n",
    "comment before": b"From: (evil@evil.example) boss@corp.example\r\n",
    "comment after": b"From: boss@corp.example (evil@evil.example)\r\n",
    "comment inside": b"From: boss(x)@corp.example\r\n",
    "evil with a comment": b"From: evil@evil.example (boss@corp.example)\r\n",
    "nested comment": b"From: evil@evil.example (a (boss@corp.example))\r\n",
    "source route": b"From: <@evil.example:boss@corp.example>\r\n",
    "NUL after": b"From: boss@corp.example\x00\r\n",
    "NUL inside": b"From: boss@corp\x00.example\r\n",
    "NUL before evil": b"From: boss@corp.example\x00 <evil@evil.example>\r\n",
    "encoded-word address": b"From: =?utf-8?q?boss=40corp.example?=\r\n",
    "encoded-word local part": b"From: <=?utf-8?q?boss?=@corp.example>\r\n",
    "whole From encoded": b"From: =?utf-8?b?Ym9zc0Bjb3JwLmV4YW1wbGUgPGJvc3NAY29ycC5leGFtcGxlPg==?=\r\n",
    "encoded CRLF": b"From: =?utf-8?q?x=0D=0AFrom=3A_boss=40corp.example?= <evil@evil.example>\r\n",
    "Cyrillic o": "From: boss@cоrp.example\r\n".encode(),
    "punycode": b"From: boss@xn--crp-sed.example\r\n",
    "full width @": "From: boss＠corp.example\r\n".encode(),
    "full width letter": "From: boss@ｃorp.example\r\n".encode(),
    "soft hyphen": "From: boss@co\u00adrp.example\r\n".encode(),
    "zero width joiner": "From: boss@co\u200drp.example\r\n".encode(),
    "ideographic full stop": "From: boss@corp。example\r\n".encode(),
    "no-break space in the domain": "From: boss@corp.example\u00a0\r\n".encode(),
    "quoted local part": b'From: "boss@corp.example"@evil.example\r\n',
    "quoted boss": b'From: "boss"@corp.example\r\n',
    "two angles": b"From: <boss@corp.example><evil@evil.example>\r\n",
    "nested angles": b"From: <<boss@corp.example>evil@evil.example>\r\n",
    "folded inside": b"From: boss@corp\r\n .example\r\n",
    "folded before": b"From:\r\n boss@corp.example\r\n",
    "folded to evil": b"From: boss@corp.example\r\n <evil@evil.example>\r\n",
    "space before the colon": b"From : boss@corp.example\r\n",
    "space before the colon, and a From": b"From : boss@corp.example\r\n" + EVIL,
    "leading space": b" From: boss@corp.example\r\n" + EVIL,
    "bare CR": b"Subject: x\rFrom: boss@corp.example\r\n" + EVIL,
    "bare CR alone in the value": b"From: evil@evil.example\rFrom: boss@corp.example\r\n",
    "bare LF": b"Subject: x\nFrom: boss@corp.example\r\n" + EVIL,
    "vertical tab": b"Subject: x\x0bFrom: boss@corp.example\r\n" + EVIL,
    "U+2028": b"Subject: x\xe2\x80\xa8From: boss@corp.example\r\n" + EVIL,
    "NUL in the name": b"Fr\x00om: boss@corp.example\r\n" + EVIL,
    "byte order mark": b"\xef\xbb\xbfFrom: boss@corp.example\r\n" + EVIL,
    "after a line that is no field": b"no field\r\nFrom: boss@corp.example\r\n" + EVIL,
    "only Sender": b"Sender: boss@corp.example\r\n",
    "only Resent-From": b"Resent-From: boss@corp.example\r\n",
    "only Reply-To": b"Reply-To: boss@corp.example\r\n",
    "semicolon": b"From: boss@corp.example;evil@evil.example\r\n",
    "trailing semicolon": b"From: boss@corp.example;\r\n",
    "percent": b"From: boss%corp.example@evil.example\r\n",
    "right-to-left name": "From: \u202eelpmaxe.proc@ssob\u202c <evil@evil.example>\r\n".encode(),
    "spaces in the angle": b"From: < boss@corp.example >\r\n",
    "trailing dot": b"From: boss@corp.example.\r\n",
    "domain literal": b"From: boss@[192.0.2.1]\r\n",
    "Latin-1 in the domain": b"From: boss@c\xf3rp.example\r\n",
    "empty": b"From:\r\n",
    "null": b"From: <>\r\n",
    "text after": b"From: <boss@corp.example> evil@evil.example\r\n",
    "backslash": b"From: boss\\@corp.example\r\n",
}

PEOPLE = {
    b"From: ana.ruiz@cliente.example\r\n": Mailbox("ana.ruiz@cliente.example"),
    b"From: <ana@cliente.example>\r\n": Mailbox("ana@cliente.example"),
    b"From: Ana Ruiz <ana@cliente.example>\r\n": Mailbox("ana@cliente.example", "Ana Ruiz"),
    b'From: "Ruiz, Ana (Banco)" <ana@cliente.example>\r\n': Mailbox("ana@cliente.example", "Ruiz, Ana (Banco)"),
    b'From: "Ana \\"la jefa\\" Ruiz" <ana@cliente.example>\r\n': Mailbox("ana@cliente.example", 'Ana "la jefa" Ruiz'),
    b"From: =?utf-8?q?Luc=C3=ADa_Pe=C3=B1a?= <l@cliente.example>\r\n": Mailbox("l@cliente.example", "Lucía Peña"),
    b"From: =?iso-8859-1?Q?Pe=F1a,=20Ana?= <l@cliente.example>\r\n": Mailbox("l@cliente.example", "Peña, Ana"),
    b"From: =?utf-8?q?Luc=C3=ADa?=\r\n\t<l@cliente.example>\r\n": Mailbox("l@cliente.example", "Lucía"),
    b"From: Banco del\r\n Sur <l@cliente.example>\r\n": Mailbox("l@cliente.example", "Banco del Sur"),
    "From: Lucía <l@cliente.example>\r\n".encode(): Mailbox("l@cliente.example", "Lucía"),
    "From: Lucía <l@cliente.example>\r\n".encode("latin-1"): Mailbox("l@cliente.example", "Lucía"),
    b"From: ana@Cliente.EXAMPLE\r\n": Mailbox("ana@cliente.example"),
    "From: Ana <ana@peñaflor.example>\r\n".encode(): Mailbox("ana@xn--peaflor-5za.example", "Ana"),
    b"From: ana@cliente.example (Ana Ruiz)\r\n": Mailbox("ana@cliente.example", "Ana Ruiz"),
    b"From: Ana Ruiz (Banco) <ana@cliente.example>\r\n": Mailbox("ana@cliente.example", "Ana Ruiz (Banco)"),
    b"From: ana@cliente.example <ana@cliente.example>\r\n": Mailbox("ana@cliente.example"),
    b"From: Ing. A. Ruiz <ana+noc@cliente.example>\n": Mailbox("ana+noc@cliente.example", "Ing. A. Ruiz"),
    b"FROM: ana@cliente.example\r\n": Mailbox("ana@cliente.example"),
}


@pytest.mark.parametrize("header", SPOOFS.values(), ids=SPOOFS.keys())
def test_nothing_that_looks_like_the_boss_is_the_boss(header: bytes) -> None:
    sender, defect = sender_of(scan_header(header + b"\r\nFrom: boss@corp.example\r\n"))
    if sender is None:
        assert defect
        return
    assert sender.address.lower() != BOSS
    assert sender.domain in ("evil.example", "xn--crp-sed.example")


@pytest.mark.parametrize(
    ("header", "defect"),
    [
        (b"To: x@x.example\r\n", "there is no From field"),
        (LEGITIMATE + EVIL, "there is more than one From field"),
        (b"Subject: x\x0bFrom: boss@corp.example\r\n" + EVIL, "there is more than one From field"),
        (b"From : boss@corp.example\r\n", "the From field is malformed"),
        (b"From:\r\n", "the From field is empty"),
        (b"From: =?utf-8?q?x=0Dy?= <evil@evil.example>\r\n", "the name in From holds control characters"),
        (b"From: boss@corp.example\x00\r\n", "the From field holds control characters"),
        (b"From: " + b"x" * 9000 + b" <a@x.example>\r\n", "the From field is too long"),
        (b"From: <>\r\n", "the address in From is empty"),
        (b"From: boss@[192.0.2.1]\r\n", "the domain in From is not a plain domain"),
    ],
)
def test_the_defect_is_named(header: bytes, defect: str) -> None:
    assert sender_of(scan_header(header + b"\r\n")) == (None, defect)


def test_the_boss_is_the_boss() -> None:
    assert sender_of(scan_header(LEGITIMATE + b"\r\nFrom: evil@evil.example\r\n")) == (Mailbox(BOSS), "")


@pytest.mark.parametrize(("header", "expected"), PEOPLE.items())
def test_ordinary_forms_of_from(header: bytes, expected: Mailbox) -> None:
    assert sender_of(scan_header(header + b"Subject: x\r\n\r\n")) == (expected, "")


def test_a_signature_that_lists_from_in_a_fold_is_no_second_from() -> None:
    header = b"DKIM-Signature: v=1; h=Subject:\r\n From:To; b=x\r\n" + LEGITIMATE
    assert sender_of(scan_header(header + b"\r\n"))[0] == Mailbox(BOSS)


def test_lists_are_read_leniently() -> None:
    raw = 'Ana <ana@x.example>, "Ruiz, B." <b@x.example>,, equipo: c@X.EXAMPLE; <@bad>, d@x.example (Día)\r\n'.encode()
    assert mailboxes(raw) == (
        Mailbox("ana@x.example", "Ana"),
        Mailbox("b@x.example", "Ruiz, B."),
        Mailbox("c@x.example"),
        Mailbox("d@x.example"),
    )


# Quadratic readers take minutes here.
@pytest.mark.timeout(30)
@pytest.mark.parametrize("piece", [b'"\\', b"(", b"<", b"a@", b",", b"=?u?q?a?=", b'";', b"a@b.example,"])
def test_hostile_lists_take_no_time_and_stay_bounded(piece: bytes) -> None:
    assert len(mailboxes(piece * (200_000 // len(piece)))) <= 200
    sender_of(scan_header(b"From: " + piece * (8000 // len(piece)) + b"\r\n\r\n"))
