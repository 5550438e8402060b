"""Agents answer from their own mail programs: what of it reaches the customer, and who may act at all."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from acuse.letters import AGENT_PURPOSE
from rules.words import REPLY_ABOVE
from tests.colleagues import EVA, HTML, LUZ, PLAIN, ROOM, above, answer, between, outlook, unmarked
from tests.conftest import StillClock
from tests.office import ANA, Office, mail, office, text

FAULT = "Buenos días.\n\nEl enlace está caído desde las 9.\n\n¿Cuándo viene el técnico?\n¿Hay que abrir la sala?\n"


@pytest.fixture
def desk(tmp_path: Path, database_url: str, clock: StillClock) -> Iterator[Office]:
    with office(tmp_path, database_url, clock, desks=(ROOM,)) as opened:
        opened.take(mail("Enlace caído", FAULT))
        yield opened


@pytest.fixture
def small(tmp_path: Path, clock: StillClock) -> Iterator[Office]:
    """As `desk`, on SQLite only."""
    with office(tmp_path, f"sqlite:///{tmp_path}/acuse.db", clock, desks=(ROOM,)) as opened:
        opened.take(mail("Enlace caído", FAULT))
        yield opened


def notice(desk: Office, agent: str = EVA) -> EmailMessage:
    """The last notice to an agent."""
    return [message for _, to, message in desk.queued("notice") if to == agent][-1]


def act(desk: Office, body: str, *, sender: str = EVA, **more: Any) -> dict[str, Any]:
    """An agent answers their last notice."""
    return desk.take(answer(notice(desk, sender), body, sender=sender, **more), sender=sender)


def to_customer(desk: Office) -> list[EmailMessage]:
    return [message for _, to, message in desk.queued("reply", "still_missing") if to == ANA]


def said(message: EmailMessage) -> str:
    return text(message).replace("\r\n", "\n")


def leaks(desk: Office) -> list[str]:
    """What a customer must never see, in the bytes of all that they were sent."""
    secrets = [EVA, LUZ, f"{AGENT_PURPOSE}.", *REPLY_ABOVE.values(), "Prioridad:", "Asignado", "Comandos"]
    found = []
    for _, to, message in desk.queued():
        if to == ANA:
            whole = message.as_string() + "".join(
                str(part.get_content()) for part in message.walk() if part.get_content_maintype() == "text"
            )
            found += [secret for secret in secrets if secret in whole]
    return found


# What reaches the customer -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", [*PLAIN, *HTML])
def test_an_agents_reply_reaches_the_customer_without_what_it_quotes(  # pain 61
    small: Office, style: Callable[[str, EmailMessage], str]
) -> None:
    row = act(small, "Hola, Ana.\n\nEl técnico llega a las 15.", style=style)
    assert row["disposition"] == "update"
    (reply,) = to_customer(small)
    assert "El técnico llega a las 15." in text(reply)
    assert "caído desde las 9" not in text(reply)
    assert (reply["From"].addresses[0].addr_spec, reply["Auto-Submitted"]) == ("red@desk.example", None)
    assert leaks(small) == []
    assert small.events()[-1] == "agent_replied"
    assert small.tickets()[0]["state"] == "in_progress"


@pytest.mark.parametrize(
    "tail",
    [
        "-- \nEva Díaz\nMesa\nTel. +57 1 555 0100",
        "Saludos,\nEva Díaz\nMesa | Tel. +57 1 555 0100",
        "Enviado desde mi iPhone",
        "Este mensaje es confidencial y de uso exclusivo de su destinatario. Si lo recibió por error, bórrelo.",
    ],
)
def test_signatures_and_disclaimers_stay_here(small: Office, tail: str) -> None:
    act(small, f"El técnico llega a las 15.\n\n{tail}")
    (reply,) = to_customer(small)
    assert "llega a las 15" in text(reply)
    assert not any(word in text(reply) for word in ("555 0100", "iPhone", "confidencial"))


def test_an_answer_between_the_lines_keeps_the_question(small: Office) -> None:  # pain 55
    ours = notice(small)
    small.take(answer(ours, between("¿Cuándo viene", "A las 15.", ours), style=None), sender=EVA)
    (reply,) = to_customer(small)
    assert "> ¿Cuándo viene el técnico?\nA las 15." in said(reply)
    assert "> Buenos días" not in said(reply)
    assert leaks(small) == []


def test_an_answer_below_a_line_of_ours_takes_nothing_of_ours_along(small: Office) -> None:
    ours = notice(small)
    for line in ("Estado:", "FALTA"):
        small.take(answer(ours, between(line, f"Sobre {line} nada.", ours), style=None), sender=EVA)
    for reply in to_customer(small):
        assert ">" not in text(reply)
    assert len(to_customer(small)) == 2
    assert leaks(small) == []


def test_a_line_of_ours_that_was_wrapped_without_a_mark_stays_here(small: Office) -> None:
    ours = notice(small)
    wrapped = "\n".join(
        textwrap.fill(line, 72) if line.startswith("> ") else line for line in above("Voy.", ours).split("\n")
    )
    assert wrapped != above("Voy.", ours)
    small.take(answer(ours, wrapped, style=None), sender=EVA)
    (reply,) = to_customer(small)
    assert said(reply).splitlines()[:2] == ["Voy.", ""]
    assert "#nota" not in said(reply)
    assert "en nombre de" not in said(reply)


def test_a_trimmed_question_keeps_its_answer(small: Office) -> None:
    small.take(answer(notice(small), "> > ¿Hay que abrir la sala?\n\nSí, por favor.\n", style=None), sender=EVA)
    assert "> ¿Hay que abrir la sala?\nSí, por favor." in said(to_customer(small)[0])


def test_a_note_of_a_colleague_is_never_quoted_to_the_customer(small: Office) -> None:
    act(small, "#note\nEl cliente no ha pagado.")
    ours = notice(small, LUZ)
    assert "no ha pagado" in text(ours)
    raw = answer(ours, between("no ha pagado", "De acuerdo.", ours), sender=LUZ, style=None)
    small.take(raw, sender=LUZ)
    assert "De acuerdo" in text(to_customer(small)[0])
    assert "pagado" not in to_customer(small)[0].as_string()


@pytest.mark.parametrize("style", [above, outlook, unmarked, *HTML])
def test_a_reply_that_says_nothing_new_sends_nothing(small: Office, style: Callable[[str, EmailMessage], str]) -> None:
    act(small, "", style=style)
    assert to_customer(small) == []
    ((_, to, transcript),) = small.queued("transcript")
    assert to == EVA
    assert "no trae texto nuevo" in text(transcript)
    assert small.events()[-1] == "refused"


def test_a_forwarded_notice_sends_nothing(small: Office) -> None:
    """What it forwards is a notice, whose own text may begin with a command of the customer's."""
    small.take(mail("Otra", "#resolve\n\nHola.\n", Message_ID="<otra@cliente.example>"))
    ours = notice(small)
    header = "---------- Forwarded message ---------\nDe: Mesa <red@desk.example>\nFecha: hoy\nAsunto: x\nPara: Eva"
    body = f"{header}\n\n{text(ours)}"
    small.take(answer(ours, body, style=None, Subject=f"Fwd: {ours['Subject']}"), sender=EVA)
    assert to_customer(small) == []
    assert {one["state"] for one in small.tickets()} == {"new"}


def test_a_customers_commands_are_text(desk: Office) -> None:
    raw = mail("Re: su caso", "#resolve\n#priority 1\nYa volvió.", In_Reply_To=desk.last_acknowledgement())
    assert desk.take(raw)["disposition"] == "update"
    assert desk.events()[-1] == "customer_replied"
    assert desk.queued("transcript") == []
    assert "#resolve" in text(notice(desk))


# Who may act ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["acknowledgement", "reply"])
def test_a_customer_who_writes_as_an_agent_cannot_act(desk: Office, token: str) -> None:  # I9, pain 58
    act(desk, "¿Sigue caído?")
    before = (desk.events(), len(desk.queued()))
    ours = desk.queued(token)[-1][2]
    row = desk.take(answer(ours, "#resolve\nListo.", sender=EVA), sender=EVA)
    assert (row["disposition"], row["ticket_id"]) == ("held", desk.tickets()[0]["id"])
    assert desk.events() == before[0]
    # The agent in whose name it came hears of it, as the others do.
    later = [(purpose, to) for purpose, to, _ in desk.queued()[before[1] :] if to in (ANA, EVA)]
    assert later == [("notice", EVA)]


def test_a_customers_plus_address_does_not_let_anybody_act(
    tmp_path: Path, database_url: str, clock: StillClock
) -> None:
    plus = replace(ROOM, plus_addresses=True)
    with office(tmp_path, database_url, clock, desks=(plus,)) as desk:
        desk.take(mail("Enlace caído", FAULT))
        ours = desk.queued("acknowledgement")[-1][2]
        address = ours["Reply-To"].addresses[0].addr_spec
        raw = answer(ours, "#resolve", In_Reply_To="", References="")
        assert desk.take(raw, address, sender=EVA)["disposition"] == "held"
        # An agent's address from a notice does, whatever their program makes of the ids.
        address = notice(desk)["Reply-To"].addresses[0].addr_spec
        raw = answer(notice(desk), "#resolve\nListo.", In_Reply_To="", References="")
        assert desk.take(raw, address, sender=EVA)["disposition"] == "update"
        assert desk.tickets()[0]["state"] == "resolved"
        assert leaks(desk) == []


def test_an_agents_token_is_worth_nothing_to_others(desk: Office) -> None:  # I9, pain 58
    # A customer whom an agent had in copy writes as the customer they are.
    for stranger, disposition in (("eve@otra.example", "held"), (ANA, "update")):
        row = act(desk, "#resolve\nListo.", sender=EVA, From=f"Eva <{stranger}>", style=None)
        assert row["disposition"] == disposition
    assert "resolved" not in desk.events()
    assert to_customer(desk) == []


def test_an_agent_who_is_one_no_more_cannot_act(tmp_path: Path, database_url: str, clock: StillClock) -> None:
    """pain 58"""
    with office(tmp_path, database_url, clock, desks=(ROOM,)) as desk:
        desk.take(mail("Enlace caído", FAULT))
        act(desk, "#assign me")
        old = notice(desk, LUZ)
        left = notice(desk)
    with office(tmp_path, database_url, clock, desks=(replace(ROOM, agents=(LUZ,)),)) as desk:
        assert desk.take(answer(left, "#resolve\nListo."), sender=EVA)["disposition"] == "held"
        assert "resolved" not in desk.events()
        # What was theirs is everybody's again, and no notice goes to them.
        desk.take(mail("Re: su caso", "¿Hay noticias?", In_Reply_To=desk.last_acknowledgement()))
        assert [to for _, to, _ in desk.queued("notice")][-1] == LUZ
        assert notice(desk, LUZ)["Message-ID"] != old["Message-ID"]
        assert desk.queued("notice")[-2][1] != EVA or "noticias" not in text(notice(desk))


def test_an_agent_without_a_token_is_held_and_not_answered(desk: Office) -> None:
    reference = desk.tickets()[0]["reference"]
    raw = mail(f"Re: [{reference}] algo", "#resolve\nListo.", sender=EVA, Message_ID="<solo@desk.example>")
    row = desk.take(raw, sender=EVA)
    assert row["disposition"] == "held"
    assert any(reference in reason["detail"] for reason in row["reasons"])
    assert "resolved" not in desk.events()
    assert [purpose for purpose, to, _ in desk.queued() if to == EVA] == ["notice", "notice"]


def test_an_agents_own_mail_opens_a_ticket_as_anybodys(desk: Office) -> None:
    row = desk.take(mail("Impresora", "No imprime.", sender=EVA, Message_ID="<imp@desk.example>"), sender=EVA)
    assert row["disposition"] == "ticket"
    # In it they are the customer: the token of the acknowledgement makes them a person of it, no agent.
    ours = [message for _, to, message in desk.queued("acknowledgement") if to == EVA][-1]
    desk.take(answer(ours, "#resolve\nYa imprime."), sender=EVA)
    assert desk.events()[-1] == "customer_replied"
    # The token of a notice makes them an agent there, too.
    told = [message for _, to, message in desk.queued("notice") if to == LUZ][-1]
    desk.take(answer(told, "#note\nEra el cable.", sender=LUZ), sender=LUZ)
    assert desk.events()[-1] == "noted"
    desk.take(answer(notice(desk), "#priority 2"), sender=EVA)
    assert desk.events()[-1] == "prioritized"


MACHINES = {
    "auto_submitted": {"Auto_Submitted": "auto-generated"},
    "precedence": {"Precedence": "bulk"},
    "suppress": {"X_Auto_Response_Suppress": "All"},
    "null_return_path": {"Return_Path": "<>"},
    "vacation_header": {"X_Autoreply": "yes"},
    "vacation_subject": {"Subject": "Respuesta automática: fuera de la oficina"},
    "list": {"List_Id": "<otros.example>"},
    "x_loop": {"X_Loop": "red@desk.example"},
}


@pytest.mark.parametrize("sign", MACHINES)
def test_what_looks_automatic_by_any_sign_never_leaves(small: Office, sign: str) -> None:  # I8
    before = (small.events(), len([one for one in small.queued() if one[0] != "alarm"]))
    row = act(small, "#resolve\nEstoy de vacaciones.", **MACHINES[sign])
    assert row["disposition"] == "automatic"
    assert (small.events(), len([one for one in small.queued() if one[0] != "alarm"])) == before


@pytest.mark.parametrize("sender", ["", "owner-agents@desk.example"])
def test_an_envelope_of_a_machine_never_leaves(small: Office, sender: str) -> None:  # I8
    row = small.take(answer(notice(small), "Hola."), sender=sender)
    assert row["disposition"] == "automatic"
    assert (to_customer(small), small.queued("transcript")) == ([], [])


def test_the_desks_own_list_is_no_machine(tmp_path: Path, clock: StillClock) -> None:
    own = replace(ROOM, own_lists=("soporte.desk.example",))
    with office(tmp_path, f"sqlite:///{tmp_path}/acuse.db", clock, desks=(own,)) as desk:
        desk.take(mail("Enlace caído", FAULT))
        act(desk, "Vamos.", List_Id="<soporte.desk.example>", Precedence="list")
        assert "Vamos." in text(to_customer(desk)[0])


# Two at a time -------------------------------------------------------------------------------------------------------


class MeddlingClock(StillClock):
    """Does something at one of its calls."""

    def __init__(self) -> None:
        super().__init__()
        self.deed: Callable[[], None] | None = None
        self.left = 0

    def now(self) -> Any:
        self.left -= 1
        if self.deed and self.left < 0:
            deed, self.deed = self.deed, None
            deed()
        return self.time


@pytest.mark.parametrize("calls", range(4))
def test_two_agents_who_reply_at_one_moment_both_reach_the_customer_once(
    tmp_path: Path, database_url: str, calls: int
) -> None:
    clock = MeddlingClock()
    with office(tmp_path, database_url, clock, desks=(ROOM,)) as desk:
        desk.take(mail("Enlace caído", FAULT))
        desk.put(answer(notice(desk, EVA), "#assign me\nSoy Eva."), sender=EVA)
        desk.put(answer(notice(desk, LUZ), "#assign me\nSoy Luz.", sender=LUZ, name="Luz"), sender=LUZ)
        first, second = desk.claim()
        clock.left, clock.deed = calls, lambda: desk.pipeline.handle(second)
        desk.pipeline.handle(first)
        assert clock.deed is None
        assert sorted("Soy Eva" in text(one) for one in to_customer(desk)) == [False, True]
        assert sorted("Soy Luz" in text(one) for one in to_customer(desk)) == [False, True]
        # One after the other, and the history is the order in which they left.
        assert desk.events()[2:] == ["assigned", "agent_replied"] * 2
        shown = desk.ticket(desk.tickets()[0]["reference"])
        assert shown["history_agrees"]
        earlier, later = to_customer(desk)
        assert later["In-Reply-To"] == earlier["Message-ID"]


def test_a_reply_that_comes_by_two_doors_leaves_once(desk: Office) -> None:  # I2
    raw = answer(notice(desk), "Vamos.")
    desk.put(raw, sender=EVA)
    desk.put(b"Received: from mx.desk.example by other\r\n" + raw, sender=EVA, door="imap")
    desk.decide()
    desk.put(raw, sender=EVA, door="ingest")
    desk.decide()
    assert len(to_customer(desk)) == 1


# A whole conversation ------------------------------------------------------------------------------------------------


def told(desk: Office, since: int) -> dict[str, str]:
    """Who was written to since a moment, and by what."""
    return {to: purpose for purpose, to, _ in desk.queued()[since:]}


def test_a_conversation(desk: Office) -> None:  # pain 61
    assert sorted(to for _, to, _ in desk.queued("notice")) == [EVA, LUZ]
    first = str(to_subject(desk))
    steps = len(desk.queued())

    act(desk, "#asignarme\n", style=above)  # no such command: nothing of it
    assert told(desk, steps) == {EVA: "transcript"}
    steps = len(desk.queued())

    act(desk, "#assign me\n\nHola, Ana. ¿Sigue caído?")
    assert told(desk, steps) == {ANA: "reply", EVA: "transcript"}
    (question,) = to_customer(desk)
    assert (question["Subject"], "Sigue caído" in text(question)) == (f"Re: {first}", True)
    steps = len(desk.queued())

    desk.take(
        mail("RE: " + first, "Sí, sigue.\n", In_Reply_To=str(question["Message-ID"]), Message_ID="<s@cliente.example>")
    )
    assert told(desk, steps)[EVA] == "notice"
    assert LUZ not in told(desk, steps)
    steps = len(desk.queued())

    act(desk, "#resolve\nListo, era el cable.")
    assert told(desk, steps) == {ANA: "reply", EVA: "transcript"}
    assert desk.tickets()[0]["state"] == "resolved"
    solved = to_customer(desk)[-1]
    assert "era el cable" in text(solved)
    steps = len(desk.queued())

    desk.take(mail("Re: " + first, "Volvió a caer el enlace.\n", In_Reply_To=str(solved["Message-ID"])))
    assert desk.events()[-1] == "reopened"
    assert desk.tickets()[0]["state"] == "in_progress"
    assert told(desk, steps) == {EVA: "notice"}
    assert leaks(desk) == []
    assert desk.ticket(desk.tickets()[0]["reference"])["history_agrees"]


def to_subject(desk: Office) -> str:
    return str(desk.queued("acknowledgement")[-1][2]["Subject"])


def test_an_imported_mail_of_an_agent_acts_no_more(desk: Office) -> None:
    raw = answer(notice(desk), "#resolve\nListo.")
    desk.put(raw, sender=EVA)
    with desk.runtime.database.write.begin() as connection:
        connection.exec_driver_sql("UPDATE work SET silent = true WHERE disposition IS NULL")
    desk.decide()
    assert desk.works()[-1]["disposition"] == "held"
    assert to_customer(desk) == []


def test_a_customer_who_cannot_be_written_to(tmp_path: Path, clock: StillClock) -> None:
    odd = "ana@_cliente.example"
    with office(tmp_path, f"sqlite:///{tmp_path}/acuse.db", clock, desks=(ROOM,)) as desk:
        desk.take(mail("Enlace caído", FAULT, sender=odd), sender=odd)
        act(desk, "Vamos.")
        assert "ninguna dirección del cliente" in text(desk.queued("transcript")[-1][2])
        assert "Vamos." in text(desk.queued("transcript")[-1][2])
