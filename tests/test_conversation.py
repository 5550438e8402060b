"""A conversation from the form to the case solved twice: whatever programs its people use, each sees one thread, and
the customer sees nothing of what happens inside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from responders.fields import thread
from rules.tokens import verify
from storage.schema import outbox_bytes
from tests.conftest import StillClock
from tests.office import ANA, RED, Office, mail, office, text
from tests.programs import (
    APPLE,
    FORGETFUL,
    GMAIL,
    OUTLOOK,
    OUTLOOK_PT,
    PROGRAMS,
    ROUNDCUBE,
    THUNDERBIRD,
    Program,
    bare,
    by_server,
    ids,
    received,
    reply,
)

EVA, RAUL = "eva@agentes.example", "raul@agentes.example"
DESK = replace(RED, agents=(EVA, RAUL))
PLUS = replace(DESK, plus_addresses=True)
ANA_RUIZ, EVA_GIL = f"Ana Ruiz <{ANA}>", f"Eva Gil <{EVA}>"


class Talk:
    """One case between Ana and the desk's agents, mail by mail."""

    def __init__(self, desk: Office, clock: StillClock, customer: Program, agent: Program) -> None:
        self.desk, self.clock = desk, clock
        self.customer, self.agent = customer, agent

    def begin(self, subject: str = "Enlace caido", **fields: str) -> None:
        self.desk.take(mail(subject, **fields))
        self.clock.forward(minutes=5)

    def box(self, address: str) -> list[EmailMessage]:
        """The mailbox of somebody: what we sent them."""
        return [message for _, to, message in self.desk.queued() if to == address]

    def customer_says(self, words: str, *, program: Program | None = None, to: EmailMessage | None = None) -> None:
        self._put(program or self.customer, to or self.box(ANA)[-1], words, ANA_RUIZ)

    def agent_says(self, words: str, *, program: Program | None = None, agent: str = EVA_GIL) -> None:
        box = self.box(agent.partition("<")[2].rstrip(">"))
        self._put(program or self.agent, box[-1], words, agent)

    def _put(self, program: Program, to: EmailMessage, words: str, sender: str) -> None:
        raw = reply(program, to, words, sender=sender, clock=self.clock)
        goes_to = str(received(raw)["To"].addresses[0].addr_spec)
        self.desk.take(raw, goes_to, sender=sender.partition("<")[2].rstrip(">"))
        self.clock.forward(minutes=5)

    def whole(self) -> None:
        """Form, answer, reply, question, answer, solved, not solved, solved."""
        self.begin()
        self.customer_says("Se me olvidó: el local abre a las 8.")
        self.agent_says("Ya lo estamos mirando.")
        self.customer_says("Gracias, quedo a la espera.")
        self.agent_says("#preguntar\n¿El equipo tiene luz?")
        self.customer_says("Sí, todas las luces están encendidas.")
        self.agent_says("#resolver\nCambiamos el puerto y el enlace subió.")
        self.customer_says("Sigue igual, lo siento.")
        self.agent_says("Perdón, ahora sí.", agent=EVA_GIL)
        self.agent_says("#resolver")


@contextmanager
def talking(folder: Path, clock: StillClock, customer: Program, agent: Program, desk=DESK) -> Iterator[Talk]:
    with office(folder, f"sqlite:///{folder}/acuse.db", clock, desks=(desk,)) as opened:
        yield Talk(opened, clock, customer, agent)


@pytest.fixture
def talk(tmp_path: Path, clock: StillClock) -> Iterator[Talk]:
    with talking(tmp_path, clock, THUNDERBIRD, OUTLOOK) as opened:
        yield opened


@pytest.mark.parametrize("customer", PROGRAMS, ids=lambda one: one.name)
def test_a_conversation_is_one_thread_for_everybody(tmp_path, clock, customer):
    agent = PROGRAMS[(PROGRAMS.index(customer) + 1) % len(PROGRAMS)]
    with talking(tmp_path, clock, customer, agent) as talk:
        talk.whole()
        assert len(talk.desk.tickets()) == 1
        assert talk.desk.tickets()[0]["state"] == "resolved"
        told = talk.box(ANA)
        assert len(told) == 6
        for program in PROGRAMS:
            assert [len(one) for one in program.threads(told)] == [6], program.name
            for who in (EVA, RAUL):
                assert len(program.threads(talk.box(who))) == 1, (program.name, who)


@pytest.mark.parametrize("desk", [DESK, PLUS], ids=["ids", "plus-addresses"])
def test_the_customer_learns_nothing_of_agents_and_their_tokens(tmp_path, clock, desk):
    for customer, agent in ((GMAIL, OUTLOOK), (OUTLOOK, GMAIL), (APPLE, THUNDERBIRD)):
        folder = tmp_path / customer.name
        folder.mkdir()
        with talking(folder, clock, customer, agent, desk) as talk:
            talk.whole()
            for message in talk.box(ANA):
                raw = message.as_string()
                shown = f"{raw}{text(message)}{message.get_body(('html',)).get_content()}"
                for secret in (EVA, RAUL, "agentes.example", "Eva Gil", "agent.", "Escriba su respuesta"):
                    assert secret not in shown
                for one in ids(message, "Message-ID", "References", "In-Reply-To"):
                    token = verify(talk.desk.runtime.keys, one)
                    assert token is None or token.purpose != "agent"


@pytest.mark.parametrize("agent", PROGRAMS, ids=lambda one: one.name)
def test_the_customer_gets_the_agent_s_words_and_almost_nothing_else(tmp_path, clock, agent):  # pain 56, 61
    with talking(tmp_path, clock, GMAIL, agent) as talk:
        talk.begin()
        talk.agent_says("Ya lo estamos mirando.\n\nAvisaremos antes de las 18.")
        message = talk.box(ANA)[-1]
        reference = talk.desk.tickets()[0]["reference"]
        assert text(message).splitlines() == [
            *("Ya lo estamos mirando.", "", "Avisaremos antes de las 18.", "", "-- ", DESK.name, reference)
        ]
        assert message["From"].addresses[0].addr_spec == DESK.addresses[0]
        assert message["From"].addresses[0].display_name == DESK.name
        assert message["To"].addresses[0].addr_spec == ANA
        assert (message["Auto-Submitted"], message["Reply-To"], message["Cc"]) == (None, None, None)
        assert str(message["Date"]).endswith("-0500")


def test_a_reply_goes_back_by_a_plus_address_where_the_desk_has_them(tmp_path, clock):
    with talking(tmp_path, clock, FORGETFUL, FORGETFUL, PLUS) as talk:
        talk.begin()
        talk.customer_says("Otro dato.")
        talk.agent_says("Recibido.")
        assert [row["disposition"] for row in talk.desk.works()] == ["ticket", "update", "update"]
        reply_to = talk.box(ANA)[-1]["Reply-To"].addresses[0].addr_spec
        assert verify(talk.desk.runtime.keys, reply_to).purpose == "t"


def test_prefixes_do_not_pile_up_in_our_subjects(tmp_path, clock):
    with talking(tmp_path, clock, OUTLOOK_PT, OUTLOOK_PT) as talk:
        talk.whole()
        for who in (ANA, EVA, RAUL):
            subjects = [str(message["Subject"]) for message in talk.box(who)]
            assert {bare(one) for one in subjects} == {subjects[0]}
            assert set(subjects[1:]) == {f"Re: {subjects[0]}"}


@pytest.mark.parametrize("prefix", ["RV: ", "RES: ", "AW: ", "SV: ", "Rta: ", "FW: ", "RE: RES: Re: "])
def test_a_reply_without_ids_is_known_by_the_number_in_its_subject(talk, prefix):
    talk.begin()
    talk.customer_says("Otro dato.", program=replace(FORGETFUL, prefix=prefix))
    assert [row["disposition"] for row in talk.desk.works()] == ["ticket", "update"]
    talk.agent_says("Gracias por el dato.")
    assert len(THUNDERBIRD.threads(talk.box(ANA))) == 1


def test_a_long_subject_stays_the_same_subject(tmp_path, clock):
    folder = tmp_path / "templates" / "es"
    folder.mkdir(parents=True)
    (folder / "acknowledgement.subject.j2").write_text("[{{ reference }}] " + "muy largo " * 40)
    url = f"sqlite:///{tmp_path}/acuse.db"
    with office(tmp_path, url, clock, desks=(DESK,), templates={"directories": ["templates"]}) as desk:
        talk = Talk(desk, clock, GMAIL, GMAIL)
        talk.begin()
        talk.agent_says("Hola.")
        first, second = (str(message["Subject"]) for message in talk.box(ANA))
        assert second == f"Re: {first}"
        assert len(GMAIL.threads(talk.box(ANA))) == 1


@pytest.mark.parametrize("customer", PROGRAMS, ids=lambda one: one.name)
def test_what_is_still_missing_is_asked_for_in_the_thread(tmp_path, clock, customer):
    with talking(tmp_path, clock, customer, GMAIL) as talk:
        talk.begin()
        talk.customer_says("Horarios de apertura del lugar: de 8 a 18")
        assert [purpose for purpose, to, _ in talk.desk.queued() if to == ANA] == ["acknowledgement", "still_missing"]
        asked = talk.box(ANA)[-1]
        assert (asked["Auto-Submitted"], str(asked["Subject"])) == (
            "auto-replied",
            f"Re: {talk.box(ANA)[0]['Subject']}",
        )
        lines = text(asked).splitlines()
        assert "Horarios de apertura del lugar: de 8 a 18" in lines
        assert [line for line in lines if line.startswith("Horarios de apertura") and line.endswith(": ")] == []
        for program in PROGRAMS:
            assert len(program.threads(talk.box(ANA))) == 1, program.name
        notice = text(talk.box(EVA)[-1])
        assert "Horarios de apertura del lugar: de 8 a 18" in notice


def test_the_customer_s_own_mail_leads_to_the_thread_where_subjects_do_not_count(talk):
    # Gmail makes a thread of one subject only. Ours must show the number, so there the thread begins with the
    # acknowledgement; programs that go by References show the customer's own mail above it.
    talk.begin(References="<old.1@cliente.example>")
    own = received(mail(References="<old.1@cliente.example>"))
    acknowledgement = talk.box(ANA)[0]
    assert ids(acknowledgement, "In-Reply-To") == ids(own, "Message-ID")
    assert len(THUNDERBIRD.threads([own, acknowledgement])) == 1
    assert len(GMAIL.threads([own, acknowledgement])) == 2


def test_two_cases_stay_two_threads(tmp_path, clock):
    with talking(tmp_path, clock, THUNDERBIRD, THUNDERBIRD) as talk:
        for number in range(2):
            talk.begin(f"Enlace caido {number}")
            talk.agent_says("Hola.")
        for who in (ANA, EVA):
            for program in (one for one in PROGRAMS if one is not ROUNDCUBE):
                assert [len(one) for one in program.threads(talk.box(who))] == [2, 2] or who == EVA
                assert len(program.threads(talk.box(who))) == 2, program.name
        # RFC 5256 takes what stands in brackets out of subjects: web mailers that ask the server show both as one.
        assert len(by_server(talk.box(ANA))) == 1


def test_references_stay_within_what_relays_and_programs_take(talk):
    talk.begin()
    for number in range(13):
        talk.customer_says(f"Dato número {number}.")
        talk.agent_says(f"Recibido {number}.")
    for message in (*talk.box(ANA), *talk.box(EVA)):
        assert len(ids(message, "References")) <= 21
    assert len(THUNDERBIRD.threads(talk.box(ANA))) == 1
    with talk.desk.runtime.database.read.connect() as connection:
        for raw in connection.execute(select(outbox_bytes.c.data)).scalars():
            assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert len({str(message["Message-ID"]) for message in talk.box(ANA)}) == len(talk.box(ANA))


def test_the_chain_is_cut_in_its_middle_by_number_and_by_size():
    many = [f"{n}@x.example" for n in range(60)]
    assert thread("p@x.example", many) == (many[0], *many[-19:], "p@x.example")
    long = ["a" * 850 + f"{n}@x.example" for n in range(20)]
    kept = thread("p@x.example", long)
    assert sum(map(len, kept)) <= 8000
    assert (kept[0], kept[-1]) == (long[0], "p@x.example")
    assert thread("", []) == ()


def test_notices_have_one_ancestor_and_say_what_to_do(talk):
    talk.begin()
    talk.customer_says("Otro dato.")
    notices = talk.box(EVA)
    assert len({ids(message, "References")[0] for message in notices}) == 1
    assert {ids(message, "In-Reply-To")[0] for message in notices} == {ids(notices[0], "References")[0]}
    for message in notices:
        assert message["Auto-Submitted"] == "auto-generated"
        assert text(message).startswith("— Escriba su respuesta encima de esta línea —\r\nResponda a este correo: ")
    assert "Respondió el cliente: " in text(notices[1])
    assert "> Otro dato." in text(notices[1]).splitlines()
    # The day is the desk's, not UTC's.
    assert re.search(r"3 de noviembre de 2026, 10:25 \(UTC-5\)", text(notices[1]))
