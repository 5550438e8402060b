"""The SMTP relay against a real server that misbehaves as told."""

import socket
import threading
from contextlib import contextmanager, suppress

import pytest

from responders.relay import Outcome, OutgoingMail
from responders.smtp_relay import SmtpRelay
from responders.smtp_replies import REPLY_BYTES, REPLY_LINES
from tests import certificates
from tests.smtp_script import DROP, STALL, WAIT, Script, serving

RAW = b"Subject: acuse\r\n\r\n.\r\n..dos\r\nhola\r\n"
ANA, LUZ, EVA = "ana@customer.example", "luz@customer.example", "eva@customer.example"
SENT, TRANSIENT, PERMANENT = Outcome.SENT, Outcome.TRANSIENT, Outcome.PERMANENT


def mail(*rcpt_tos, raw=RAW, mail_from="mesa@desk.example"):
    return OutgoingMail("<1@desk.example>", mail_from, rcpt_tos or (ANA,), raw)


def relay(script, **options):
    return SmtpRelay(options.pop("host", "127.0.0.1"), script.port, helo="desk.example", **options)


def outcomes(results):
    return [(result.address, result.outcome, result.code) for result in results]


def test_sent_with_the_same_bytes():
    with serving(Script()) as script:
        (result,) = relay(script).send(mail())
    assert (result.outcome, result.code, result.enhanced, result.reply) == (SENT, 250, "2.6.0", "queued as 1")
    assert script.mails == [("mesa@desk.example", [ANA], RAW)]


@pytest.mark.parametrize(
    ("raw", "arrives"),
    [
        (b"", b""),
        (b".", b".\r\n"),
        (b"a\r\n.\r\nb", b"a\r\n.\r\nb\r\n"),
        (b"a\n.\nQUIT\r.\r\n", b"a\r\n.\r\nQUIT\r\n.\r\n"),
    ],
    ids=["empty", "a dot", "no line end at the end", "bare line ends"],
)
def test_no_content_ends_the_mail_early(raw, arrives):
    with serving(Script()) as script:
        assert relay(script).send(mail(raw=raw))[0].outcome is SENT
    assert [content for _, _, content in script.mails] == [arrives]


def test_the_null_path():
    with serving(Script()) as script:
        assert relay(script).send(mail(mail_from=""))[0].outcome is SENT
    assert script.mails[0][0] == "<>"


def test_each_recipient_has_its_own_fate():
    replies = {LUZ: "550 5.1.1 no such user", EVA: "452 4.2.2 mailbox full"}
    with serving(Script(replies)) as script:
        results = relay(script).send(mail(LUZ, ANA, EVA))
    assert outcomes(results) == [(LUZ, PERMANENT, 550), (ANA, SENT, 250), (EVA, TRANSIENT, 452)]
    assert [(result.enhanced, result.reply) for result in results] == [
        ("5.1.1", "no such user"),
        ("2.6.0", "queued as 1"),
        ("4.2.2", "mailbox full"),
    ]
    assert [recipients for _, recipients, _ in script.mails] == [[ANA]]


def test_all_recipients_refused():
    with serving(Script({ANA: "550 5.1.1 no", LUZ: "550 5.1.1 no"})) as script:
        the_relay = relay(script)
        assert outcomes(the_relay.send(mail(ANA, LUZ))) == [(ANA, PERMANENT, 550), (LUZ, PERMANENT, 550)]
        assert the_relay.send(mail(EVA))[0].outcome is SENT
    assert script.sessions == 1


@pytest.mark.parametrize("stage", ["MAIL", "DATA", "END"])
@pytest.mark.parametrize(
    ("reply", "outcome", "code"),
    [
        ("451 4.3.0 later", TRANSIENT, 451),
        ("554 5.7.1 spam", PERMANENT, 554),
        ("421 4.3.2 going down", TRANSIENT, 421),
        ("530 5.7.0 log in first", TRANSIENT, 530),
        ("503 5.5.1 what?", TRANSIENT, 503),
        ("hello?", TRANSIENT, 0),
    ],
)
def test_a_reply_to_the_whole_mail_holds_for_all(stage, reply, outcome, code):
    with serving(Script({stage: reply})) as script:
        the_relay = relay(script)
        assert outcomes(the_relay.send(mail(ANA, LUZ))) == [(ANA, outcome, code), (LUZ, outcome, code)]
        script.replies.clear()
        assert the_relay.send(mail(EVA))[0].outcome is SENT
    # A connection that said goodbye or nonsense is not asked again.
    assert script.sessions == (2 if code in {0, 421} else 1)


# pain 48
@pytest.mark.parametrize("stage", ["MAIL", LUZ, "DATA", "END"])
@pytest.mark.parametrize("trouble", [DROP, STALL])
def test_a_relay_that_hangs_up_or_says_nothing(stage, trouble):
    with serving(Script({stage: trouble})) as script:
        the_relay = relay(script, io_seconds=0.3, final_seconds=0.3)
        assert outcomes(the_relay.send(mail(ANA, LUZ, EVA))) == [(who, TRANSIENT, 0) for who in (ANA, LUZ, EVA)]
        script.replies.clear()
        assert the_relay.send(mail(EVA))[0].outcome is SENT


def test_the_reply_to_the_mail_has_more_time_than_the_others():
    with serving(Script({"END": WAIT})) as script:
        (result,) = relay(script, io_seconds=0.5).send(mail())
    assert (result.outcome, result.reply) == (SENT, "queued as 1")
    assert len(script.mails) == 1


@contextmanager
def answering(stage, reply):
    """A server that says 250 and 354 as it should, and `reply` at `stage`, its parts 20 ms apart, until we hang up."""
    listening = socket.create_server(("127.0.0.1", 0))
    gone = threading.Event()

    def say(connected, what):
        for part in what:
            connected.sendall(part)
            if gone.wait(0.02):
                return

    def converse():
        connected = listening.accept()[0]
        connected.settimeout(20)
        with connected, connected.makefile("rb") as lines, suppress(OSError):
            say(connected, reply if stage == "GREETING" else [b"220 relay.example\r\n"])
            for line in lines:
                verb = line[:4].strip().upper()
                say(connected, reply if verb == stage else [b"354 go on\r\n" if verb == b"DATA" else b"250 OK\r\n"])
                if verb == b"DATA":
                    while lines.readline() not in {b".\r\n", b""}:
                        pass
                    say(connected, reply if stage == b"END" else [b"250 OK\r\n"])

    thread = threading.Thread(target=converse)
    thread.start()
    script = Script()
    script.port = listening.getsockname()[1]
    try:
        yield script
    finally:
        gone.set()
        thread.join(20)
        listening.close()


def endless(part):
    while True:
        yield part


STAGES = ["GREETING", b"EHLO", b"MAIL", b"RCPT", b"DATA", b"END"]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("part", [b"250-x\r\n", b"2"], ids=["lines", "bytes"])
def test_a_reply_that_trickles_for_ever_ends(stage, part):
    with answering(stage, endless(part)) as script:
        (result,) = relay(script, io_seconds=0.3, final_seconds=0.3).send(mail())
    assert (result.outcome, result.code) == (TRANSIENT, 0)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(
    "part", [b"250-x\r\n" * 100, b"250-" + b"x" * 4000 + b"\r\n", b"2" * 9000], ids=["lines", "bytes", "a line"]
)
def test_a_reply_that_gushes_for_ever_ends(stage, part):
    with answering(stage, endless(part)) as script:
        (result,) = relay(script).send(mail())
    assert result.outcome is TRANSIENT


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (b"250-x\r\n" * (REPLY_LINES - 1) + b"250 x\r\n", SENT),
        (b"250-x\r\n" * REPLY_LINES + b"250 x\r\n", TRANSIENT),
        ((b"250-" + b"x" * 1018 + b"\r\n") * (REPLY_BYTES // 1024 - 1) + b"250 " + b"x" * 1018 + b"\r\n", SENT),
        ((b"250-" + b"x" * 1018 + b"\r\n") * (REPLY_BYTES // 1024) + b"250 x\r\n", TRANSIENT),
    ],
    ids=["most lines", "a line more", "most bytes", "some bytes more"],
)
def test_a_reply_has_a_size(reply, outcome):
    with answering(b"END", [reply]) as script:
        the_relay = relay(script)
        assert the_relay.send(mail())[0].outcome is outcome
        the_relay.close()


@pytest.mark.timeout(20)
def test_a_try_has_a_time_however_many_the_recipients():
    slow = [b"2", b"5", b"0", b" ", b"O", b"K", b"\r\n"]
    with answering(b"RCPT", slow) as script:
        many = [f"c{number}@customer.example" for number in range(500)]
        results = relay(script, approach_seconds=0.5).send(mail(*many))
    # Each reply comes soon enough; all of them would take more than a minute.
    assert {(result.outcome, result.code) for result in results[-400:]} == {(TRANSIENT, 0)}


def test_what_was_refused_before_the_end_stays_refused():
    with serving(Script({ANA: "550 5.1.1 no such user", EVA: DROP})) as script:
        results = relay(script).send(mail(ANA, LUZ, EVA))
    assert outcomes(results) == [(ANA, PERMANENT, 550), (LUZ, TRANSIENT, 0), (EVA, TRANSIENT, 0)]


@pytest.mark.parametrize("greeting", ["554 5.7.1 you are on a list", "421 4.3.2 busy", "hello?"])
def test_a_greeting_says_nothing_about_recipients(greeting):
    with serving(Script({"GREETING": greeting})) as script:
        assert relay(script).send(mail())[0].outcome is TRANSIENT


def test_nobody_there():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        script = Script()
        script.port = listening.getsockname()[1]
        (result,) = relay(script).send(mail())
        assert (result.outcome, result.code) == (TRANSIENT, 0)
        listening.listen()
        (result,) = relay(script, io_seconds=0.2).send(mail())
        assert (result.outcome, result.code) == (TRANSIENT, 0)
    assert SmtpRelay("no-such-host.invalid", 25, helo="desk.example").send(mail())[0].outcome is TRANSIENT


def test_the_connection_is_kept_and_replaced():
    now = [0.0]
    with serving(Script()) as script:
        the_relay = relay(script, monotonic=lambda: now[0])
        for seconds, sessions in ((0, 1), (10, 1), (29, 1), (60, 2)):
            now[0] = seconds
            assert the_relay.send(mail())[0].outcome is SENT
            assert script.sessions == sessions
        script.replies["RSET"] = DROP
        assert the_relay.send(mail())[0].outcome is SENT
        assert script.sessions == 3
        the_relay.close()
        assert the_relay.send(mail())[0].outcome is SENT
        assert script.sessions == 4


def test_a_kept_connection_is_not_used_for_ever():
    with serving(Script()) as script:
        the_relay = relay(script)
        for _ in range(101):
            assert the_relay.send(mail())[0].outcome is SENT
        assert script.sessions == 2


def test_threads_take_turns():
    with serving(Script()) as script:
        the_relay = relay(script)
        threads = [threading.Thread(target=the_relay.send, args=(mail(f"c{n}@customer.example"),)) for n in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert {tuple(recipients) for _, recipients, _ in script.mails} == {(f"c{n}@customer.example",) for n in range(10)}


@pytest.mark.parametrize(
    "address",
    ["ana@customer.example>\r\nRCPT TO:<eve@evil.example", "<ana@customer.example>", "ana", "a b@c", "a@b\udcff", ""],
)
def test_no_address_says_a_command(address):
    with serving(Script()) as script:
        assert outcomes(relay(script).send(mail(address, ANA))) == [(address, PERMANENT, 553), (ANA, SENT, 250)]
    assert [recipients for _, recipients, _ in script.mails] == [[ANA]]


@pytest.mark.parametrize(("utf8", "outcome"), [(False, PERMANENT), (True, SENT)])
def test_an_international_address(utf8, outcome):
    with serving(Script(), utf8=utf8) as script:
        results = relay(script).send(mail("josé@cliente.example", ANA))
    assert [result.outcome for result in results] == [outcome, SENT]


def test_replies_are_cleaned_and_clipped():
    with serving(Script({"END": "554 5.7.1 no\x1b[31m\x00 " + "x" * 400})) as script:
        (result,) = relay(script).send(mail())
    assert result.reply.startswith("no [31m xxx")
    assert len(result.reply) == 300


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return certificates.make(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def other_certificate(tmp_path_factory):
    return certificates.make(tmp_path_factory.mktemp("other"), "other.example")


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize("password", ["secreto", "contraseña"])
def test_tls_and_login(certificate, tls, password):
    with serving(Script(), **{tls: certificates.server_context(*certificate)}) as script:
        the_relay = relay(script, host="localhost", tls=tls, ca_file=certificate[0], username="mesa", password=password)
        assert the_relay.send(mail())[0].outcome is SENT
    assert script.logins == [(b"mesa", password.encode())]


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_certificate_that_nobody_vouches_for(certificate, tls):
    with serving(Script(), **{tls: certificates.server_context(*certificate)}) as script:
        (result,) = relay(script, host="localhost", tls=tls).send(mail())
    assert result.outcome is TRANSIENT
    assert "certificate" in result.reply
    assert not script.mails


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_certificate_of_another_host(other_certificate, tls):
    with serving(Script(), **{tls: certificates.server_context(*other_certificate)}) as script:
        (result,) = relay(script, host="localhost", tls=tls, ca_file=other_certificate[0]).send(mail())
    assert result.outcome is TRANSIENT
    assert not script.mails


def test_starttls_is_demanded(certificate):
    with serving(Script(), login_in_clear=True) as script:
        options = {"tls": "starttls", "ca_file": certificate[0], "username": "mesa", "password": "secreto"}
        (result,) = relay(script, host="localhost", **options).send(mail())
    assert (result.outcome, result.reply) == (TRANSIENT, "the relay does not offer STARTTLS")
    assert (script.logins, script.mails) == ([], [])


# pain 46: a login that fails is told, and costs no recipient
def test_a_refused_login_is_our_trouble(certificate):
    script = Script({"AUTH": "535 5.7.8 no"})
    with serving(script, implicit=certificates.server_context(*certificate)):
        options = {"tls": "implicit", "ca_file": certificate[0], "username": "mesa", "password": "secreto"}
        (result,) = relay(script, host="localhost", **options).send(mail())
    assert (result.outcome, result.code) == (TRANSIENT, 535)
    assert "secreto" not in result.reply


def test_no_login_in_clear():
    with pytest.raises(ValueError, match="tls"):
        SmtpRelay("relay.example", 25, helo="desk.example", username="mesa", password="secreto")
