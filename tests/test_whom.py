"""To whom answers go, and whose mail joins a ticket."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.colleagues import ROOM, answer
from tests.conftest import StillClock
from tests.office import ANA, FORM, Office, mail, office, text

LUIS = "luis@cliente.example"
MESA = "mesa@cliente.example"


@pytest.fixture
def desk(tmp_path: Path, database_url: str, clock: StillClock) -> Iterator[Office]:
    with office(tmp_path, database_url, clock, desks=(ROOM,)) as opened:
        yield opened


def from_luis(subject: str, body: str, message_id: str = "l1@cliente.example", **more: str) -> bytes:
    return mail(subject, body, sender=LUIS, message_id=message_id, **more)


def to_agent(desk: Office) -> EmailMessage:
    return desk.queued("notice")[-1][2]


def act(desk: Office, body: str) -> None:
    """The agent who heard last answers."""
    ours = to_agent(desk)
    desk.take(answer(ours, body, sender=str(ours["To"])), sender=str(ours["To"]))


def sent_to(desk: Office, *purposes: str) -> list[str]:
    return [to for _, to, _ in desk.queued(*purposes)]


def test_who_asks_for_answers_elsewhere_in_their_house_gets_all_of_them_there(desk: Office) -> None:  # pain 59
    desk.take(mail(Reply_To=MESA))
    assert sent_to(desk, "acknowledgement") == [MESA]
    act(desk, "Ya lo revisamos.")
    assert MESA in sent_to(desk, "reply")
    assert ANA not in sent_to(desk, "reply")
    ours = desk.queued("reply")[-1][2]
    answered = mail(
        "Re: x", "Sigue igual.", sender=MESA, message_id="m1@cliente.example", In_Reply_To=ours["Message-ID"]
    )
    assert desk.take(answered, sender=MESA)["disposition"] == "update"


def test_a_reply_to_address_of_another_house_gets_nothing(desk: Office) -> None:  # pain 59
    desk.take(mail(Reply_To="victim@elsewhere.example"))
    assert sent_to(desk, "acknowledgement") == [ANA]


def test_an_agents_answer_reaches_who_opened_the_ticket_and_who_wrote_last(desk: Office) -> None:
    desk.take(mail())
    desk.take(from_luis("Re: x", "Soy Luis, sigo yo.", In_Reply_To=desk.last_acknowledgement()), sender=LUIS)
    act(desk, "Ya lo revisamos.")
    assert sorted(sent_to(desk, "reply")) == [ANA, LUIS]


def test_a_number_alone_in_a_colleagues_own_report_opens_a_ticket_that_mentions_it(desk: Office) -> None:  # pain 23
    desk.take(mail())
    first = desk.tickets()[0]["reference"]
    body = FORM.replace("Sucursal 9", "Sucursal 12")
    assert desk.take(from_luis(f"Como {first}, otra sede sin enlace", body), sender=LUIS)["disposition"] == "ticket"
    second = desk.tickets()[1]["reference"]
    assert [(one["kind"], one["reference"]) for one in desk.ticket(second)["links"]] == [("mentions", first)]


def test_the_customers_own_number_in_a_colleagues_fresh_report_opens_a_ticket(desk: Office) -> None:
    desk.take(mail("[RQ-4711] Enlace caído", f"{FORM}Incidente interno: RQ-4711\n"))
    body = FORM.replace("Sucursal 9", "Sucursal 12")
    assert desk.take(from_luis("RQ-4711 Otra sede", body), sender=LUIS)["disposition"] == "ticket"
    assert len(desk.tickets()) == 2


@pytest.mark.parametrize("body", ["Ya lo vimos.\n#resolve\n", "Hola:\n\nlisto\n\n#priority 2"])
def test_a_command_below_text_leaves_nothing_and_is_told(desk: Office, body: str) -> None:
    desk.take(mail())
    before = desk.tickets()[0]["state"]
    act(desk, body)
    assert desk.queued("reply") == []
    assert desk.tickets()[0]["state"] == before
    assert "#" in text(desk.queued("transcript")[-1][2])


def test_an_endless_command_line_is_refused_and_told(desk: Office) -> None:  # pain 14
    desk.take(mail())
    act(desk, f"#assign {'a' * 100_000} {'b ' * 50_000}\n")
    assert desk.queued("reply") == []
    assert len(text(desk.queued("transcript")[-1][2])) < 20_000
