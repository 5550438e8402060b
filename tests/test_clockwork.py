"""What the clock brings: promises, summaries, customers who were not reached, alarms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from acuse.alarming import ALARM_MAILS_PER_HOUR, raise_alarm
from acuse.clockwork import QUIET
from rules.decision import AlarmOrder
from storage import outbox as sending
from storage import timers
from storage.schema import outbox, outbox_bytes, timer
from tests.conftest import StillClock
from tests.office import ANA, BLUE, EVA, FORM, OPERATOR, RED, STAFFED, Office, mail, office, text
from tests.smtp_script import Script, serving


@pytest.fixture
def desk(tmp_path: Path, database_url: str, clock: StillClock) -> Iterator[Office]:
    with office(tmp_path, database_url, clock) as opened:
        yield opened


@pytest.fixture
def script() -> Iterator[Script]:
    """A relay that answers as told."""
    with serving(Script()) as serving_script:
        yield serving_script


@pytest.fixture
def by_smtp(tmp_path: Path, database_url: str, clock: StillClock, script: Script) -> Iterator[Office]:
    """An office whose mail leaves over SMTP."""
    outgoing = {"mode": "smtp", "port": script.port, "give_up_hours": 48}
    with office(tmp_path, database_url, clock, desks=(STAFFED, BLUE), outgoing=outgoing) as opened:
        yield opened


def waiting_timers(desk: Office) -> list[tuple[str, Any]]:
    rows = desk.rows(select(timer).where(timer.c.state == "waiting").order_by(timer.c.due_at))
    return [(row["kind"], row["due_at"]) for row in rows]


# The promise ---------------------------------------------------------------------------------------------------------


def test_an_acknowledgement_that_left_keeps_the_promise(desk: Office, clock: StillClock) -> None:
    desk.take(mail())
    desk.send()
    clock.forward(minutes=7, seconds=30)
    desk.tick()
    assert (desk.alarms(), waiting_timers(desk)) == ([], [])


def test_one_alarm_tells_a_whole_outage_and_the_next_outage_anew(desk: Office, clock: StillClock) -> None:
    for number in range(3):
        desk.take(mail(f"caso {number}", sender=f"ana{number}@cliente.example"))
    clock.forward(minutes=7, seconds=29)
    desk.tick()
    assert desk.alarms() == []
    clock.forward(seconds=1)
    desk.tick()
    assert desk.alarms() == ["promise"]
    desk.clockwork.close_alarms()
    assert desk.alarms() == ["promise"]
    assert [to for _, to, _ in desk.queued("alarm")] == [OPERATOR]
    desk.send()
    desk.clockwork.close_alarms()
    assert desk.alarms() == []
    desk.take(mail("otro", sender="luis@cliente.example"))
    clock.forward(minutes=8)
    desk.tick()
    assert desk.alarms() == ["promise"]
    assert [to for _, to, _ in desk.queued("alarm")] == [OPERATOR, OPERATOR]


def test_mail_that_nobody_decides_breaks_the_promise_too(desk: Office, clock: StillClock) -> None:
    desk.put(mail())
    clock.forward(minutes=8)
    desk.tick()
    assert desk.alarms() == ["promise"]
    desk.clockwork.close_alarms()
    assert desk.alarms() == ["promise"]
    desk.decide()
    desk.send()
    desk.clockwork.close_alarms()
    assert desk.alarms() == []


def test_what_is_not_acknowledged_breaks_no_promise(desk: Office, clock: StillClock) -> None:
    desk.take(mail(Auto_Submitted="auto-generated"))
    desk.take(mail("Fuera de la oficina"))
    desk.put(mail(to="blue@desk.example"), "blue@desk.example")
    clock.forward(minutes=8)
    desk.tick()
    desk.clockwork.close_alarms()
    assert desk.alarms() == []


def test_parked_mail_does_not_hide_the_next_outage(desk: Office, clock: StillClock) -> None:
    with desk.runtime.database.write.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE answer RENAME TO elsewhere")
    desk.put(mail())
    for _ in range(6):
        desk.decide()
        clock.forward(minutes=1)
    assert desk.alarms() == ["parked"]
    clock.forward(minutes=3)
    desk.tick()
    assert desk.alarms() == ["parked"]
    desk.take(mail("sin respuestas", "Hola."))
    clock.forward(minutes=8)
    desk.tick()
    assert desk.alarms() == ["parked", "promise"]
    desk.send()
    desk.clockwork.close_alarms()
    assert desk.alarms() == ["parked"]


def test_a_timer_that_was_due_long_ago_fires_once(desk: Office, clock: StillClock) -> None:  # I6
    desk.take(mail())
    clock.forward(days=3)
    desk.tick()
    desk.tick()
    assert len(desk.queued("alarm")) == 1


def test_two_schedulers_share_a_timer(desk: Office, clock: StillClock) -> None:  # I6
    desk.put(mail())
    clock.forward(minutes=8)
    owner, now = desk.runtime.owner, clock.now()
    lease = timedelta(minutes=1)
    (slow,) = desk.runtime.writer.call(lambda connection: timers.claim(connection, owner, now, lease, 10))
    assert desk.clockwork.tick() == 0
    clock.forward(minutes=2)
    desk.tick()
    assert not desk.runtime.writer.call(lambda connection: timers.fired(connection, slow, owner, clock.now()))
    assert len(desk.queued("alarm")) == 1


def test_a_timer_of_an_unknown_kind_is_tried_again_later_and_stops_no_other(
    desk: Office, clock: StillClock
) -> None:  # I7
    desk.runtime.writer.call(lambda connection: timers.set_timer(connection, "nonsense", "1", "red", clock.now()))
    desk.put(mail())
    clock.forward(minutes=8)
    desk.tick()
    assert desk.alarms() == ["promise"]
    ((kind, due_at),) = waiting_timers(desk)
    assert kind == "nonsense"
    assert due_at > clock.now()


# Customers who were not reached --------------------------------------------------------------------------------------

CALL_ME = FORM + "Contactos para callback (nombre y teléfono): Luis Paz +57 601 555 0199\n"


def test_a_refused_acknowledgement_marks_the_ticket_and_tells_the_agents_once(by_smtp: Office, script: Script) -> None:
    script.replies[ANA] = "550 5.1.1 no such user"
    by_smtp.take(mail(body=CALL_ME))
    by_smtp.send()
    by_smtp.tick()
    (opened,) = by_smtp.tickets()
    assert opened["acknowledgement"] == "not_reached"
    ((_, to, message),) = by_smtp.queued("customer_not_reached")
    assert to == EVA
    assert opened["reference"] in message["Subject"]
    assert "+576015550199" in text(message)
    assert ANA in text(message)
    # The same word a second time changes nothing.
    by_smtp.clock.forward(minutes=1)
    lost = by_smtp.rows(select(outbox.c.id).where(outbox.c.purpose == "acknowledgement"))[0]["id"]
    now = by_smtp.clock.now()
    by_smtp.runtime.writer.call(lambda connection: timers.set_timer(connection, "undelivered", str(lost), "red", now))
    by_smtp.tick()
    assert by_smtp.events() == ["opened", "acknowledged", "customer_not_reached"]
    assert len(by_smtp.queued("customer_not_reached")) == 1
    assert "undelivered" not in {kind for kind, _ in waiting_timers(by_smtp)}
    assert by_smtp.ticket(opened["reference"])["history_agrees"]  # I10


def test_a_refused_notice_to_an_agent_makes_no_further_mail(
    by_smtp: Office, script: Script
) -> None:  # pain 35, pain 34
    script.replies |= {ANA: "550 5.1.1 no such user", EVA: "550 5.1.1 no such user"}
    by_smtp.take(mail())
    for _ in range(3):
        by_smtp.send()
        by_smtp.tick()
        by_smtp.clock.forward(hours=1)
    purposes = [purpose for purpose, *_ in by_smtp.queued() if purpose != "alarm"]
    assert purposes == ["acknowledgement", "notice", "customer_not_reached"]


def test_without_agents_the_operator_hears_of_it(
    tmp_path: Path, database_url: str, clock: StillClock, script: Script
) -> None:
    script.replies[ANA] = "550 5.1.1 no such user"
    outgoing = {"mode": "smtp", "port": script.port}
    desks = (RED, BLUE)
    with office(tmp_path, database_url, clock, desks=desks, outgoing=outgoing) as desk:
        desk.take(mail())
        desk.send()
        desk.tick()
        assert [to for _, to, _ in desk.queued("customer_not_reached")] == [OPERATOR]


def test_an_acknowledgement_that_the_relay_never_took_is_given_up_and_told(
    by_smtp: Office, script: Script, clock: StillClock
) -> None:
    script.replies["MAIL"] = "451 4.3.0 later"
    by_smtp.take(mail())
    by_smtp.send()
    by_smtp.tick()
    assert by_smtp.events() == ["opened", "acknowledged"]
    clock.forward(hours=49)
    by_smtp.send()
    by_smtp.tick()
    assert by_smtp.tickets()[0]["acknowledgement"] == "not_reached"
    assert len(by_smtp.queued("customer_not_reached")) == 1
    assert script.mails == []


def test_every_try_has_the_same_bytes_and_message_id(by_smtp: Office, script: Script, clock: StillClock) -> None:  # I5
    script.replies["END"] = "451 4.3.0 later"
    by_smtp.take(mail())
    by_smtp.send()
    del script.replies["END"]
    clock.forward(hours=1)
    by_smtp.send()
    ((_, _, sent),) = [one for one in script.mails if one[1] == [ANA]]
    assert sent == by_smtp.rows(select(outbox_bytes.c.data))[0]["data"]


# The desk's breaker --------------------------------------------------------------------------------------------------


@pytest.fixture
def flooded(tmp_path: Path, database_url: str, clock: StillClock) -> Iterator[Office]:
    """A desk that may send two automatic messages in ten minutes, and has."""
    with office(tmp_path, database_url, clock, limits={"desk_per_10_minutes": 2}) as desk:
        for number in range(2):
            desk.take(mail(f"otro {number}", sender=f"otro{number}@cliente.example"))
        yield desk


def test_behind_an_open_breaker_one_summary_lists_all_numbers(flooded: Office, clock: StillClock) -> None:  # I8
    for number in range(3):
        flooded.take(mail(f"caso {number}"))
        clock.forward(minutes=1)
    assert [one["acknowledgement"] for one in flooded.tickets()] == ["queued"] * 2 + ["deferred"] * 3
    assert flooded.alarms() == ["breaker:red"]
    clock.forward(minutes=1, seconds=59)
    flooded.tick()
    assert flooded.queued("summary") == []
    clock.forward(seconds=1)
    flooded.tick()
    ((_, to, message),) = flooded.queued("summary")
    assert to == ANA
    deferred = flooded.tickets()[2:]
    assert all(one["reference"] in text(message) for one in deferred)
    assert {one["acknowledgement"] for one in deferred} == {"queued"}
    # A reply to the summary belongs to one of its tickets, the newest.
    row = flooded.take(mail("Re: sus casos", "Gracias.", In_Reply_To=str(message["Message-ID"])))
    assert (row["disposition"], row["ticket_id"]) == ("update", deferred[-1]["id"])


def test_the_summary_comes_again_for_what_comes_later(flooded: Office, clock: StillClock) -> None:
    flooded.take(mail("caso 1"))
    clock.forward(minutes=5)
    flooded.tick()
    flooded.take(mail("caso 2"))
    clock.forward(minutes=4)
    flooded.tick()
    assert len(flooded.queued("summary")) == 1
    clock.forward(minutes=1)
    flooded.tick()
    first, second = (text(message) for _, _, message in flooded.queued("summary"))
    reference = flooded.tickets()[-1]["reference"]
    assert reference in second
    assert reference not in first
    assert flooded.tickets()[-2]["reference"] not in second


def test_each_sender_gets_a_summary_of_his_own(flooded: Office, clock: StillClock) -> None:
    flooded.take(mail("de ana"))
    flooded.take(mail("de luis", sender="luis@cliente.example"))
    clock.forward(minutes=5)
    flooded.tick()
    found = {to: text(message) for _, to, message in flooded.queued("summary")}
    ana, luis = (one["reference"] for one in flooded.tickets()[2:])
    assert ana in found[ANA]
    assert luis not in found[ANA]
    assert luis in found["luis@cliente.example"]


def test_summaries_have_a_limit_too(flooded: Office, clock: StillClock) -> None:  # I8
    for number in range(9):
        flooded.take(mail(f"de {number}", sender=f"a{number}@cliente.example"))
    sent = []
    for _ in range(3):
        clock.forward(minutes=5)
        flooded.tick()
        sent.append(len(flooded.queued("summary", "acknowledgement")))
    # Two at the breaker's limit and as many again, in any ten minutes.
    assert sent == [4, 6, 8]
    for _ in range(6):
        clock.forward(minutes=5)
        flooded.tick()
    told = {to for _, to, _ in flooded.queued("summary")}
    assert told == {f"a{number}@cliente.example" for number in range(9)}  # late, and never silence


def test_numbers_that_wait_for_a_summary_are_under_the_promise(flooded: Office, clock: StillClock) -> None:
    flooded.take(mail("caso"))
    clock.forward(minutes=5)
    flooded.tick()
    clock.forward(minutes=2, seconds=30)
    flooded.tick()
    assert "promise" in flooded.alarms()  # nothing was handed to the relay: the summary has not left
    flooded.send()
    flooded.clockwork.close_alarms()
    assert "promise" not in flooded.alarms()


def test_a_refused_summary_marks_all_its_tickets(flooded: Office, clock: StillClock) -> None:
    for number in range(3):
        flooded.take(mail(f"caso {number}"))
    flooded.send()
    clock.forward(minutes=5)
    flooded.tick()
    (row,) = flooded.rows(select(outbox.c.id).where(outbox.c.purpose == "summary"))
    (message,) = flooded.runtime.writer.call(lambda c: sending.claim(c, "me", clock.now(), timedelta(minutes=2), 9))
    refused = [sending.Outcome(ANA, sending.FAILED, 550, "5.1.1", "no such user")]
    flooded.runtime.writer.call(lambda c: sending.tried(c, message, "me", refused, clock.now(), clock.now()))
    flooded.runtime.writer.call(lambda c: timers.set_timer(c, "undelivered", str(row["id"]), "red", clock.now()))
    flooded.tick()
    late = flooded.tickets()[2:]
    assert [one["acknowledgement"] for one in late] == ["not_reached"] * 3
    told = flooded.queued("customer_not_reached")
    assert told
    assert all(one["reference"] in text(told[0][2]) for one in late)


# Alarms --------------------------------------------------------------------------------------------------------------


def test_alarms_by_mail_are_limited_themselves(desk: Office, clock: StillClock) -> None:  # pain 41
    for number in range(ALARM_MAILS_PER_HOUR + 5):
        raise_alarm(desk.runtime, AlarmOrder(f"flood:red:a{number}@otra.example", "too many"), "red")
    assert len(desk.alarms()) == ALARM_MAILS_PER_HOUR + 5
    assert len(desk.queued("alarm")) == ALARM_MAILS_PER_HOUR
    clock.forward(hours=1, minutes=1)
    raise_alarm(desk.runtime, AlarmOrder("flood:red:later@otra.example", "too many"), "red")
    assert len(desk.queued("alarm")) == ALARM_MAILS_PER_HOUR + 1


def test_a_storm_of_floods_hides_no_other_alarm(desk: Office) -> None:
    for number in range(ALARM_MAILS_PER_HOUR + 5):
        raise_alarm(desk.runtime, AlarmOrder(f"flood:red:a{number}@otra.example", "too many"), "red")
    raise_alarm(desk.runtime, AlarmOrder("promise", "nothing leaves"), "red")
    assert "nothing leaves" in text(desk.queued("alarm")[-1][2])


def test_an_alarm_that_goes_on_is_told_once_and_ends_when_it_is_quiet(
    desk: Office, clock: StillClock
) -> None:  # pain 42
    order = AlarmOrder("loop", "ours came back")
    for _ in range(4):
        raise_alarm(desk.runtime, order, "red")
        clock.forward(minutes=40)
        desk.clockwork.close_alarms()
    assert (desk.alarms(), len(desk.queued("alarm"))) == (["loop"], 1)
    clock.forward(seconds=QUIET.total_seconds())
    desk.clockwork.close_alarms()
    assert desk.alarms() == []
    raise_alarm(desk.runtime, order, "red")
    assert len(desk.queued("alarm")) == 2


def test_alarms_of_robots_with_changing_addresses_are_limited(
    tmp_path: Path, database_url: str, clock: StillClock
) -> None:  # pain 38, pain 41
    limits = {"address_per_10_minutes": 1, "desk_per_10_minutes": 8}
    with office(tmp_path, database_url, clock, limits=limits) as desk:
        for number in range(15):
            for part in (1, 2):
                sender = f"robot{number}@otra.example"
                desk.take(mail(f"{number} {part}", sender=sender), sender=sender)
        assert len(desk.queued("acknowledgement")) == 8
        assert len(desk.queued("alarm")) <= ALARM_MAILS_PER_HOUR
        assert len(desk.tickets()) == 30
