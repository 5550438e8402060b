"""Attachments go both ways: a customer's to the agents, an agent's to the customer, whole or named."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acuse.enclosures import Enclosures, fitting
from acuse.readers import Readers, Setup
from acuse.runtime import Runtime
from intake.parse import cut_files, parse
from responders.compose import AutoSubmitted, compose
from responders.files import File, file_name, safe_type
from responders.templates import Rendered
from rules.decision import Response
from rules.model import Attachment, Mailbox
from tests.conftest import StillClock
from tests.daemon import ROOT, running
from tests.office import ANA, FORM, RED, Office, mail, office, text
from tests.programs import GMAIL, OUTLOOK, received, reply
from tests.test_compose import PAYLOADS, assert_sound
from tests.test_readers import MIB, reader_process

EVA, RAUL = "eva@agentes.example", "raul@agentes.example"
DESK = replace(RED, agents=(EVA, RAUL))
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40
LINES = b"one\r\ntwo\nthree\rfour \n.\nFrom five\n"


def form_with(*files: tuple[str, str, bytes], subject: str = "Enlace caido") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"Ana Ruiz <{ANA}>", "red@desk.example", subject
    message["Date"] = "Tue, 03 Nov 2026 10:20:00 -0500"
    message["Message-ID"] = f"<{sha256(subject.encode()).hexdigest()[:12]}@cliente.example>"
    message.set_content(FORM)
    for name, content_type, data in files:
        main, _, sub = content_type.partition("/")
        message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def files_of(message: EmailMessage) -> dict[str, bytes]:
    return {str(part.get_filename()): part.get_payload(decode=True) for part in message.iter_attachments()}


@contextmanager
def working(folder: Path, clock: StillClock, **more: object) -> Iterator[Office]:
    with office(folder, f"sqlite:///{folder}/acuse.db", clock, desks=(DESK,), **more) as opened:
        yield opened


@pytest.fixture
def desk(tmp_path: Path, clock: StillClock) -> Iterator[Office]:
    with working(tmp_path, clock) as opened:
        yield opened


def answer(desk: Office, words: str, *files: tuple[str, str, bytes], program=OUTLOOK) -> None:
    """Eva answers her last notice."""
    notice = next(message for _, to, message in reversed(desk.queued()) if to == EVA)
    raw = reply(program, notice, words, sender=f"Eva Gil <{EVA}>", clock=desk.clock, files=files)
    desk.take(raw, sender=EVA)


def test_a_customer_s_files_reach_every_agent(tmp_path, database_url, clock):
    given = [("contrato ñandú.pdf", "application/pdf", PDF), ("log.bin", "application/octet-stream", LINES)]
    with office(tmp_path, database_url, clock, desks=(DESK,)) as desk:
        desk.take(form_with(*given))
        notices = {to: message for _, to, message in desk.queued("notice")}
        assert set(notices) == {EVA, RAUL}
        for message in notices.values():
            assert files_of(message) == {name: data for name, _, data in given}
            assert [part.get_content_type() for part in message.iter_attachments()] == [one for _, one, _ in given]
            assert "contrato ñandú.pdf (11 KB)" in text(message).splitlines()
        assert files_of(desk.queued("acknowledgement")[0][2]) == {}


def test_files_of_a_later_mail_reach_the_agents_and_the_agent_s_the_customer(desk):
    desk.take(mail())
    acknowledgement = desk.queued("acknowledgement")[0][2]
    photo = ("foto.png", "image/png", b"\x89PNG\r\n\x1a\n" + PDF)
    more = reply(GMAIL, acknowledgement, "Va la foto.", sender=f"Ana <{ANA}>", clock=desk.clock, files=[photo])
    desk.take(more)
    assert [files_of(message) for _, _, message in desk.queued("notice")][2:] == [{"foto.png": photo[2]}] * 2
    answer(desk, "Gracias, va el informe.", ("informe.pdf", "application/pdf", PDF))
    (_, to, message) = desk.queued("reply")[0]
    assert (to, files_of(message)) == (ANA, {"informe.pdf": PDF})
    assert "informe.pdf" not in text(message)
    assert message.get_content_type() == "multipart/mixed"
    assert [part.get_content_type() for part in message.iter_parts()] == ["multipart/alternative", "application/pdf"]


def test_what_is_too_much_for_one_mail_is_named_with_its_size(tmp_path, clock):
    big = ("grande.zip", "application/zip", bytes(70_000))
    small = [("uno.txt", "text/plain", b"x" * 30_000), ("dos.txt", "text/plain", b"y" * 30_000)]
    with working(tmp_path, clock, outgoing={"maildir": "out", "max_attachment_bytes": 60_000}) as desk:
        desk.take(form_with(small[0], big, small[1]))
        _, _, notice = desk.queued("notice")[0]
        assert files_of(notice) == {name: data for name, _, data in small}
        lines = text(notice).splitlines()
        assert "grande.zip (69 KB, queda guardado en el caso)" in lines
        assert "uno.txt (30 KB)" in lines
        answer(desk, "Va todo.", big, small[0])
        _, _, told = desk.queued("reply")[0]
        assert files_of(told) == {"uno.txt": small[0][2]}
        assert "Estos archivos no van en este correo y quedan guardados en el caso:\r\ngrande.zip (69 KB)" in text(told)


def test_no_file_goes_along_where_the_operator_wants_none(tmp_path, clock):
    with working(tmp_path, clock, outgoing={"maildir": "out", "max_attachment_bytes": 0}) as desk:
        desk.take(form_with(("a.pdf", "application/pdf", PDF)))
        _, _, notice = desk.queued("notice")[0]
        assert files_of(notice) == {}
        assert "a.pdf (11 KB, queda guardado en el caso)" in text(notice)


def test_the_pictures_of_a_signature_stay_behind(desk):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = ANA, "red@desk.example", "Enlace caido"
    message.set_content(FORM)
    message.add_alternative(f'<pre>{FORM}</pre><img src="cid:logo@x">', subtype="html")
    message.get_payload()[1].add_related(PDF, "image", "png", cid="<logo@x>", filename="image001.png")
    desk.take(message.as_bytes())
    _, _, notice = desk.queued("notice")[0]
    assert files_of(notice) == {}
    assert "image001" not in text(notice)


@dataclass
class Stopping:
    """Readers of which the one process stops just before it is to cut files."""

    readers: Readers

    def read(self, job):
        return self.readers.read(job)

    def cut(self, wanted):
        os.kill(reader_process().pid, signal.SIGSTOP)
        return self.readers.cut(wanted)


@contextmanager
def with_readers(folder: Path, clock: StillClock, wrap=lambda readers: readers, **setup: int) -> Iterator[Office]:
    url, made = f"sqlite:///{folder}/acuse.db", []

    def make(runtime: Runtime):
        limits = {"time_limit_seconds": 2, "memory_limit_bytes": 1024 * MIB} | setup
        made.append(Readers(Setup(url, runtime.policy.known, **limits), 1))
        made[0].wait_ready()
        return wrap(made[0])

    with working(folder, clock, make_readers=make) as desk:
        try:
            yield desk
        finally:
            made[0].close()


@pytest.mark.slow
def test_a_reader_process_cuts_the_files(tmp_path, clock):
    data = os.urandom(3 * MIB)
    with with_readers(tmp_path, clock) as desk:
        desk.take(form_with(("tres.bin", "application/octet-stream", data)))
        assert [files_of(message) for _, _, message in desk.queued("notice")] == [{"tres.bin": data}] * 2


@pytest.mark.slow
def test_files_that_cannot_be_cut_are_named_and_the_ticket_opens(tmp_path, clock):  # I7
    with with_readers(tmp_path, clock, Stopping) as desk:
        assert desk.take(form_with(("a.pdf", "application/pdf", PDF)))["disposition"] == "ticket"
        assert len(desk.queued("acknowledgement")) == 1
        for _, _, notice in desk.queued("notice"):
            assert files_of(notice) == {}
            assert "a.pdf (11 KB, queda guardado en el caso)" in text(notice)
        assert [entry["why"] for entry in desk.log if entry["event"] == "files.not_cut"] == ["took longer than 2 s"]


def saved(notice: EmailMessage, how: str) -> tuple[str, str, bytes]:
    raw = notice.as_bytes()
    return {
        "eml": ("aviso.eml", "application/octet-stream", raw),
        "message": ("aviso.eml", "message/rfc822", raw),
        "utf-16": ("aviso.msg", "application/vnd.ms-outlook", raw.decode("ascii").encode("utf-16-le")),
    }[how]


@pytest.mark.parametrize("how", ["eml", "message", "utf-16"])
def test_a_notice_that_an_agent_saved_does_not_reach_the_customer(desk, how):
    desk.take(mail())
    name, content_type, raw = saved(next(m for _, to, m in desk.queued("notice") if to == EVA), how)
    if how == "message":
        notice = next(m for _, to, m in desk.queued("notice") if to == EVA)
        made = received(reply(OUTLOOK, notice, "Ver adjunto.", sender=f"Eva <{EVA}>", clock=desk.clock))
        made.make_mixed()
        made.add_attachment(received(raw), filename=name)
        desk.take(made.as_bytes(), sender=EVA)
    else:
        answer(desk, "Ver adjunto.", (name, content_type, raw), ("ok.pdf", "application/pdf", PDF))
    _, to, told = desk.queued("reply")[0]
    assert to == ANA
    assert name not in files_of(told)
    assert name in text(told)
    assert "agent." not in told.as_string()


def test_what_an_agent_pastes_of_a_notice_s_header_lets_nobody_act(desk):
    desk.take(mail())
    notice = next(m for _, to, m in desk.queued("notice") if to == EVA)
    token = str(notice["Message-ID"]).strip("<>")
    desk_plus = token.partition("@")[0]
    answer(desk, f"El aviso <{token}> llegó a red+{desk_plus.upper()}@desk.example.")
    _, _, told = desk.queued("reply")[0]
    assert desk_plus not in told.as_string().lower()
    assert "El aviso <…@desk.example> llegó a red@desk.example." in text(told)


NAMES = [
    ("factura.pdf", "factura.pdf"),
    ("..\\..\\windows\\system32\\cmd.exe", "cmd.exe"),
    ("/etc/passwd", "passwd"),
    ("foto\u202egpj.exe", "fotogpj.exe"),
    ('a"b<c>:d|e?f*g;h%i.txt', "a_b_c__d_e_f_g_h_i.txt"),
    ("a\r\nContent-Type: text/html\r\n\r\n<script>.pdf", "html _script_.pdf"),
    ("...", "file-3.pdf"),
    ("", "file-3.pdf"),
    ("ñ" * 300 + ".docx", "ñ" * 95 + ".docx"),
    ("x" * 300, "x" * 100),
    ("日本語の資料.pdf", "日本語の資料.pdf"),
    ("=?utf-8?q?=2E=2E/x?=", "x_="),
]


@pytest.mark.parametrize(("written", "clean"), NAMES)
def test_names_are_cleaned(written, clean):  # pain 52
    assert file_name(written, "application/pdf", 3) == clean


def composed(*files: File) -> bytes:
    return compose(
        Rendered("es", "[INC-1] x", "Hola\n", "<p>Hola</p>"),
        sender=Mailbox("mesa@desk.example", "Mesa"),
        to=Mailbox("ana@norte.example"),
        message_id="ack.1.1.k1.abcdefghijklmnop@desk.example",
        date=datetime(2026, 3, 9, tzinfo=UTC),
        auto_submitted=AutoSubmitted.NO,
        x_loop="mesa@desk.example",
        files=files,
    )


def assert_carries(name: str, data: bytes) -> None:
    raw = composed(File(name, "application/pdf", data), File("b.bin", "x/y", data))
    raw.decode("ascii")
    assert max(map(len, raw.split(b"\r\n"))) <= 400
    message = received(raw)
    assert [part.get_content_type() for part in message.iter_parts()][1:] == [safe_type("application/pdf", name), "x/y"]
    assert [part.get_content_disposition() for part in message.iter_attachments()] == ["attachment"] * 2
    assert [part.get_payload(decode=True) for part in message.iter_attachments()] == [data, data]
    assert [part.get_filename() for part in message.iter_attachments()] == [name, "b.bin"]
    # And by our own eyes, which decode more than that.
    assert [(one.filename, one.size) for one in parse(raw).attachments] == [(name, len(data)), ("b.bin", len(data))]
    assert cut_files(raw, ("2", "3", "9")) == {"2": data, "3": data}
    assert raw == composed(File(name, "application/pdf", data), File("b.bin", "x/y", data))


@pytest.mark.parametrize("name", [clean for _, clean in NAMES] + ["a'b c,(d).pdf", "100_ ñ.pdf", "😀" * 50 + ".pdf"])
def test_a_file_arrives_with_its_name_and_bytes(name):
    assert_carries(name, PDF)


@given(st.text(max_size=200), st.binary(max_size=300))
@settings(max_examples=80, deadline=None)
def test_any_name_and_any_bytes_arrive(name, data):
    assert_carries(file_name(name, "application/pdf", 1), data)


@pytest.mark.parametrize("name", PAYLOADS)
def test_no_name_begins_a_field_of_its_own(name):
    raw = composed(File(file_name(name, "text/html\r\nBcc: x@y.example", 1), "text/html\r\nBcc: x@y.example", b"x"))
    assert_sound(raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    part = received(raw).get_payload()[1]
    assert sorted(part.keys()) == ["Content-Disposition", "Content-Transfer-Encoding", "Content-Type"]
    assert b"Bcc" not in raw or b"\r\nBcc" not in raw
    assert part.get_content_type() == "application/octet-stream"


@pytest.mark.parametrize(
    ("given", "name", "declared"),
    [
        ("application/pdf", "a.pdf", "application/pdf"),
        ("IMAGE/PNG", "a.png", "image/png"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "a.docx", None),
        ("text/csv", "a.csv", "text/csv"),
        ("text/html", "a.html", "application/octet-stream"),
        ("image/svg+xml", "a.svg", "application/octet-stream"),
        ("application/x-msdownload", "a", "application/octet-stream"),
        ("image/png", "a.exe", "application/octet-stream"),
        ("application/pdf", "a.pdf.JS", "application/octet-stream"),
        ("message/rfc822", "a.eml", "application/octet-stream"),
        ("multipart/mixed", "a", "application/octet-stream"),
        ("text/plain; charset=x", "a.txt", "application/octet-stream"),
        ("", "a", "application/octet-stream"),
        ("a/b/c", "a", "application/octet-stream"),
    ],
)
def test_no_type_runs_or_shows_by_itself(given, name, declared):
    assert safe_type(given, name) == (declared or given)


def test_a_forwarded_mail_goes_along_as_a_file(desk):
    inner = mail("La original", "Texto de otra persona.\n", sender="otro@cliente.example")
    outer = received(form_with())
    outer.make_mixed()
    outer.add_attachment(received(inner))
    raw = outer.as_bytes()
    desk.take(raw)
    (attached,) = received(raw).iter_attachments()
    assert attached.get_content_type() == "message/rfc822"
    _, _, notice = desk.queued("notice")[0]
    ((name, data),) = files_of(notice).items()
    assert name == "file-1.eml"
    assert b"Texto de otra persona." in data
    assert received(data)["Subject"] == "La original"


def test_many_files_neither_stall_nor_grow(desk):  # pain 12
    desk.take(form_with(*((f"{n}.txt", "text/plain", b"x" * 1000) for n in range(70))))
    _, _, notice = desk.queued("notice")[0]
    assert len(files_of(notice)) == 70


def test_only_what_was_decided_about_goes_along(desk):
    raw = form_with(("a.pdf", "application/pdf", PDF))
    desk.put(raw)
    (attached,) = parse(raw).attachments
    enclosures = Enclosures(desk.pipeline._readers, sha256(raw).hexdigest(), MIB)
    response = Response("notice", Mailbox(EVA), "es", attachments=(attached,))
    assert enclosures.of([response]) == {attached.part: PDF}
    for other in (replace(attached, sha256="0" * 64), replace(attached, part="9")):
        assert enclosures.of([replace(response, attachments=(other,))]) == {}
    assert enclosures.of([]) == {}


def test_files_are_chosen_in_their_order_as_far_as_they_fit():
    sizes = [40, 70, 30, 0, 31, 30]
    chosen = fitting([Attachment(str(n), "a/b", size, str(n), "") for n, size in enumerate(sizes)], 100)
    assert [one.size for one in chosen] == [40, 30, 0, 30]


@pytest.mark.slow
def test_a_daemon_passes_files_on_by_real_doors(tmp_path):
    """Customer by SMTP, agent by SMTP, relay a Maildir: the bytes come out as they went in."""
    (tmp_path / "desks").mkdir()
    policy = (ROOT / "rules" / "desks" / "bt-latam.toml").read_text(encoding="utf-8")
    without = "\n".join(line for line in policy.split("\n") if not line.startswith("agents ="))
    (tmp_path / "desks" / "bt-latam.toml").write_text(f'agents = ["{EVA}"]\n{without}', encoding="utf-8")
    config = '[desks]\nenabled = ["bt-latam"]\ndirectories = ["desks"]\n[reading]\nprocesses = 1\n'
    data = os.urandom(300_000)
    with running(tmp_path, config) as daemon:
        form = form_with(("plano ñ.dwg", "image/vnd.dwg", data)).replace(b"red@desk.example", b"mo.bud@bt.com")
        daemon.send(form, ANA)
        daemon.wait_for("acknowledgement and notice", lambda: len(daemon.outgoing()) == 2)
        notice = next(one for one in map(received, daemon.outgoing()) if EVA in one["To"])
        assert files_of(notice) == {"plano ñ.dwg": data}
        clock = StillClock()
        daemon.send(
            reply(GMAIL, notice, "Va de vuelta.", sender=EVA, clock=clock, files=[("v2.dwg", "image/vnd.dwg", data)]),
            EVA,
        )
        daemon.wait_for("the answer", lambda: len(daemon.outgoing()) == 3)
        answers = [one for one in map(received, daemon.outgoing()) if one["Auto-Submitted"] is None]
        assert [(str(one["To"]), files_of(one)) for one in answers] == [(f"Ana Ruiz <{ANA}>", {"v2.dwg": data})]
