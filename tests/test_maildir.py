"""The Maildir relay, and when to try again."""

import mailbox
from datetime import UTC, datetime, timedelta

import pytest

from responders.backoff import next_try
from responders.maildir import MaildirRelay
from responders.relay import Outcome, OutgoingMail

RAW = b"From: mesa@desk.example\r\nSubject: =?utf-8?q?acuse?=\r\n\r\n.\r\nhola\r\n"


def mail(message_id="<1@desk.example>", raw=RAW, mail_from="", rcpt_tos=("ana@customer.example",)):
    return OutgoingMail(message_id, mail_from, rcpt_tos, raw)


def test_a_mail_program_opens_it_and_finds_our_bytes(tmp_path):
    relay = MaildirRelay(tmp_path / "deep" / "outgoing")
    results = relay.send(mail(mail_from="mesa@desk.example", rcpt_tos=("ana@customer.example", "luz@customer.example")))
    assert [(result.address, result.outcome) for result in results] == [
        ("ana@customer.example", Outcome.SENT),
        ("luz@customer.example", Outcome.SENT),
    ]
    opened = mailbox.Maildir(tmp_path / "deep" / "outgoing", create=False)
    (message,) = opened
    assert message["Return-Path"] == "<mesa@desk.example>"
    assert message.get_all("X-Envelope-To") == ["ana@customer.example", "luz@customer.example"]
    assert message["Subject"] == "=?utf-8?q?acuse?="
    (file,) = (tmp_path / "deep" / "outgoing" / "new").iterdir()
    assert file.read_bytes().endswith(b"luz@customer.example\r\n" + RAW)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_second_try_replaces_the_first(tmp_path):
    MaildirRelay(tmp_path).send(mail())
    relay = MaildirRelay(tmp_path)
    relay.send(mail())
    relay.send(mail(message_id="<2@desk.example>"))
    assert len(list((tmp_path / "new").iterdir())) == 2
    assert not list((tmp_path / "tmp").iterdir())


def test_the_null_path_is_shown_as_such(tmp_path):
    MaildirRelay(tmp_path).send(mail())
    (file,) = (tmp_path / "new").iterdir()
    assert file.read_bytes().startswith(b"Return-Path: <>\r\nX-Envelope-To: ana@customer.example\r\nFrom: ")


def test_no_address_writes_a_field(tmp_path):
    MaildirRelay(tmp_path).send(mail(rcpt_tos=("ana@customer.example\r\nBcc: eve@evil.example",)))
    (message,) = mailbox.Maildir(tmp_path, create=False)
    assert message["Bcc"] is None


@pytest.mark.parametrize("message_id", ["../../etc/passwd", "a/b:2,S", ".hidden", "\udcff"])
def test_no_message_id_leaves_the_folder(tmp_path, message_id):
    MaildirRelay(tmp_path / "box").send(mail(message_id=message_id))
    assert [path.name for path in tmp_path.iterdir()] == ["box"]
    (file,) = (tmp_path / "box" / "new").iterdir()
    assert file.name.isalnum()


# pain 11
def test_a_folder_that_is_gone_is_trouble_for_now(tmp_path):
    relay = MaildirRelay(tmp_path)
    (tmp_path / "new").rmdir()
    (result,) = relay.send(mail())
    assert result.outcome is Outcome.TRANSIENT
    assert result.reply == "Maildir: No such file or directory"
    assert not list((tmp_path / "tmp").iterdir())
    (tmp_path / "new").mkdir()
    assert relay.send(mail())[0].outcome is Outcome.SENT


NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_waits_double_from_half_a_minute_to_an_hour():
    least = [(next_try(attempt, NOW, 0.0) - NOW).total_seconds() for attempt in range(1, 10)]
    assert least == [30, 60, 120, 240, 480, 960, 1800, 1800, 1800]
    assert next_try(1, NOW, 0.5) == NOW + timedelta(seconds=45)
    assert next_try(10**9, NOW, 0.999) < NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("attempt", "now", "jitter"),
    [(0, NOW, 0.0), (1, NOW, 1.0), (1, NOW, -0.1), (1, NOW.replace(tzinfo=None), 0.0)],
    ids=["no try yet", "jitter of one", "negative jitter", "no zone"],
)
def test_what_cannot_be_is_refused(attempt, now, jitter):
    with pytest.raises(ValueError):
        next_try(attempt, now, jitter)
