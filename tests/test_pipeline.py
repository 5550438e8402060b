"""From a stored mail to a decision, on real databases, without a daemon."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from rules.tokens import Key, Token, message_id
from storage import inbox, tickets
from storage.schema import party
from storage.tickets import EventRow
from tests.conftest import StillClock
from tests.office import ANA, FORM, OPERATOR, Office, mail, office, text


@pytest.fixture
def desk(tmp_path: Path, database_url: str, clock: StillClock) -> Iterator[Office]:
    with office(tmp_path, database_url, clock) as opened:
        yield opened


def reply(to: str, body: str = "Ya volvió el enlace.", **more: Any) -> bytes:
    return mail("Re: su reporte", body, In_Reply_To=to, **more)


# Tickets and their acknowledgements ----------------------------------------------------------------------------------


def test_a_mail_becomes_a_ticket_with_its_acknowledgement(desk: Office) -> None:  # I3, pain 59
    row = desk.take(mail(Reply_To="victima@otra.example"))
    assert (row["state"], row["disposition"]) == ("done", "ticket")
    (opened,) = desk.tickets()
    assert (opened["state"], opened["acknowledgement"]) == ("new", "queued")
    ((purpose, to, message),) = desk.queued()
    assert (purpose, to) == ("acknowledgement", ANA)
    assert opened["reference"] in message["Subject"]
    assert opened["reference"] in text(message)
    assert desk.ticket(opened["reference"])["answers"].keys() >= {"customer_name", "site_name", "problem"}


def test_what_breaks_the_outbox_leaves_no_ticket(desk: Office) -> None:  # I3
    with desk.runtime.database.write.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE outbox_bytes RENAME TO elsewhere")
    row = desk.take(mail())
    assert (row["state"], row["disposition"]) == ("waiting", None)
    assert (desk.tickets(), desk.events()) == ([], [])
    with desk.runtime.database.write.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO outbox_bytes")
    desk.clock.forward(seconds=30)
    desk.decide()
    # I4: the number of the failed try is a gap, never given out again.
    assert [one["reference"][-6:] for one in desk.tickets()] == ["000002"]
    assert len(desk.queued("acknowledgement")) == 1


def test_a_template_that_fails_gives_the_plain_text_and_an_alarm(  # I3
    tmp_path: Path, database_url: str, clock: StillClock
) -> None:
    (tmp_path / "texts" / "es").mkdir(parents=True)
    (tmp_path / "texts" / "es" / "acknowledgement.txt.j2").write_text("{{ no_such_name }}")
    with office(tmp_path, database_url, clock, templates={"directories": ["texts"]}) as desk:
        desk.take(mail())
        (opened,) = desk.tickets()
        assert opened["acknowledgement"] == "queued"
        assert opened["reference"] in text(desk.queued("acknowledgement")[0][2])
        assert desk.alarms() == ["template"]
        assert [to for _, to, _ in desk.queued("alarm")] == [OPERATOR]


def test_the_same_mail_by_two_doors_is_one_ticket(desk: Office) -> None:  # I2
    raw = mail()
    desk.put(raw)
    desk.put(raw, door="pipe")
    desk.decide()
    desk.put(b"Received: from mx.cliente.example by mx.desk.example; Tue, 3 Nov 2026 15:21:00 +0000\r\n" + raw)
    desk.decide()
    assert len(desk.tickets()) == len(desk.queued()) == len(desk.works()) == 1


def test_two_desks_open_a_ticket_each_and_a_reply_updates_each_once(desk: Office) -> None:  # pain 20, pain 9
    both = ("red@desk.example", "blue@desk.example")
    raw = mail(Message_ID="<first@cliente.example>", Cc="blue@desk.example")
    desk.put(raw, *both)
    desk.decide()
    assert sorted((one["desk"], one["reference"]) for one in desk.tickets()) == [
        ("blue", "SSR-2026-000001"),
        ("red", "INC-2026-000001"),
    ]
    assert [to for _, to, _ in desk.queued("acknowledgement")] == [ANA, ANA]
    desk.put(reply("<first@cliente.example>"), *both)
    desk.decide()
    assert len(desk.tickets()) == 2
    assert desk.events().count("customer_replied") == 2


def test_an_address_that_no_relay_takes_is_a_recorded_silence_and_not_parked(desk: Office) -> None:
    sender = f"ana.maria.ruiz@{'sucursal.' * 27}example"
    row = desk.take(mail(sender=sender), sender=sender)
    assert (row["state"], row["disposition"]) == ("done", "ticket")
    assert ("silence.unsendable", "hit") in {(one["rule"], one["outcome"]) for one in row["reasons"]}
    assert desk.tickets()[0]["acknowledgement"] == "withheld"
    assert desk.queued() == []


# Threads -------------------------------------------------------------------------------------------------------------


def test_a_reply_to_our_acknowledgement_joins_its_ticket(desk: Office) -> None:
    desk.take(mail())
    reference = desk.tickets()[0]["reference"]
    desk.clock.forward(minutes=3)
    row = desk.take(reply(desk.last_acknowledgement(), "Horarios de apertura del lugar: de 9:00 a 18:00\n"))
    assert (row["disposition"], row["ticket_id"]) == ("update", desk.tickets()[0]["id"])
    assert desk.events() == ["opened", "acknowledged", "customer_replied"]
    assert [purpose for purpose, *_ in desk.queued()] == ["acknowledgement", "still_missing"]
    assert "9:00" in desk.ticket(reference)["answers"]["opening_hours"]["text"]
    assert desk.ticket(reference)["history_agrees"]  # I10


def test_a_reply_to_ones_own_first_mail_joins_its_ticket(desk: Office) -> None:  # pain 28
    desk.take(mail(Message_ID="<mine@cliente.example>"))
    assert desk.take(reply("<mine@cliente.example>"))["disposition"] == "update"
    assert len(desk.tickets()) == 1


def test_replies_that_share_an_ancestor_nobody_has_seen_join(desk: Office) -> None:  # pain 29
    desk.take(mail("Re: interno", References="<unseen@cliente.example>", In_Reply_To="<unseen@cliente.example>"))
    assert desk.take(reply("<unseen@cliente.example>"))["disposition"] == "update"


def test_rewritten_references_still_thread_by_the_number(desk: Office) -> None:  # pain 26, pain 27
    desk.take(mail())
    reference = desk.tickets()[0]["reference"]
    raw = mail(
        f"Re: {reference}", "Sigue igual.", In_Reply_To="<rewritten@ses.example>", References="<other@ses.example>"
    )
    assert desk.take(raw)["disposition"] == "update"


@pytest.mark.parametrize("empty", ["", "<>", " "])
def test_an_empty_id_matches_nothing(desk: Office, empty: str) -> None:  # pain 24
    desk.take(mail("uno", Message_ID=empty, In_Reply_To=empty, References=empty))
    row = desk.take(mail("dos", FORM.replace("9", "8"), Message_ID=empty, In_Reply_To=empty, References=empty))
    assert row["disposition"] == "ticket"
    assert len(desk.tickets()) == 2


def test_a_stranger_who_quotes_our_number_opens_a_ticket_of_his_own(desk: Office) -> None:  # pain 23, I9
    desk.take(mail())
    reference = desk.tickets()[0]["reference"]
    stranger = "eve@otra.example"
    row = desk.take(mail(f"Re: {reference}", "Cierren el caso.", sender=stranger), sender=stranger)
    assert row["disposition"] == "ticket"
    assert desk.events().count("customer_replied") == 0
    assert len(desk.tickets()) == 2


def test_a_stranger_with_our_token_is_held_beside_the_ticket(desk: Office) -> None:  # I9
    desk.take(mail())
    stranger = "eve@otra.example"
    raw = reply(desk.last_acknowledgement(), FORM.replace("Sur", "Mal"), sender=stranger, Message_ID="<e@otra.example>")
    row = desk.take(raw, sender=stranger)
    (opened,) = desk.tickets()
    assert (row["disposition"], row["ticket_id"]) == ("held", opened["id"])
    assert len(desk.queued()) == 1
    found = desk.ticket(opened["reference"])
    assert found["answers"]["customer_name"]["text"] == "Banco del Sur"
    # His id is no way into the ticket either.
    assert desk.take(reply("<e@otra.example>", "otra", sender=stranger), sender=stranger)["disposition"] == "ticket"


@pytest.mark.parametrize("forged", ["other ring", "tampered", "another desk's address"])
def test_a_token_that_is_not_ours_is_nothing(desk: Office, forged: str) -> None:  # I9
    desk.take(mail())
    ours = desk.last_acknowledgement().strip("<>")
    ticket_id = desk.tickets()[0]["id"]
    other = message_id(
        Key("k1", b"another ring's secret, long enough"), Token("ack", str(ticket_id), 0), "desk.example"
    )
    made = {
        "other ring": other,
        "tampered": ours.replace(f"ack.{ticket_id}.", f"ack.{ticket_id + 1}."),
        "another desk's address": ours.replace("@desk.example", "@evil.example"),
    }[forged]
    assert made != ours
    stranger = "eve@otra.example"
    row = desk.take(reply(f"<{made}>", "hola", sender=stranger), sender=stranger)
    assert row["disposition"] == "ticket"


def test_a_token_of_one_desks_ticket_is_no_way_into_another_desk(desk: Office) -> None:
    desk.take(mail())
    row = desk.take(reply(desk.last_acknowledgement()), "blue@desk.example")
    assert (row["desk"], row["disposition"]) == ("blue", "ticket")


# Automatic mail ------------------------------------------------------------------------------------------------------


def test_a_vacation_notice_changes_nothing_and_is_not_answered(desk: Office) -> None:  # pain 39, I8
    desk.take(mail())
    before = desk.events()
    raw = mail("Respuesta automática: fuera de la oficina", "Vuelvo el lunes.", In_Reply_To=desk.last_acknowledgement())
    assert desk.take(raw)["disposition"] == "automatic"
    assert (desk.events(), len(desk.queued())) == (before, 1)


def test_the_bounce_of_an_acknowledgement_makes_no_mail(desk: Office) -> None:  # pain 34, pain 36, I8
    desk.take(mail())
    ours = desk.last_acknowledgement()
    report = (
        "From: Mail Delivery System <mailer-daemon@mx.cliente.example>\r\nTo: red@desk.example\r\n"
        f"Subject: Undelivered\r\nIn-Reply-To: {ours}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nno such user\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx.cliente.example\r\n\r\nFinal-Recipient: rfc822; {ANA}\r\nAction: failed\r\n"
        "Status: 5.7.1\r\n\r\n--b--\r\n"
    ).encode()
    assert desk.take(report, sender="")["disposition"] == "bounce"
    assert len(desk.queued()) == 1
    assert len(desk.tickets()) == 1


def test_our_own_address_as_sender_is_a_loop_and_an_alarm(desk: Office) -> None:  # pain 40, I8
    row = desk.take(mail(sender="blue@desk.example"), sender="blue@desk.example")
    assert (row["disposition"], desk.tickets()) == ("automatic", [])
    assert desk.alarms() == ["loop"]
    assert [to for _, to, _ in desk.queued()] == [OPERATOR]


def test_our_acknowledgement_coming_back_is_not_answered(desk: Office) -> None:  # pain 40
    desk.take(mail())
    returned = desk.queued()[0][2].as_bytes()
    assert desk.take(returned, sender="red@desk.example")["disposition"] == "automatic"
    assert [purpose for purpose, *_ in desk.queued()] == ["acknowledgement", "alarm"]


def test_postmasters_mail_is_held(desk: Office) -> None:
    row = desk.take(mail(to="postmaster@desk.example"), "postmaster@desk.example")
    assert (row["disposition"], desk.tickets(), desk.queued()) == ("held", [], [])


@pytest.mark.parametrize(
    "fields", ["", "From: a@b.example\r\nFrom: c@d.example\r\n", "From: a@b.example, c@d.example\r\n"]
)
def test_a_mail_without_one_sender_is_held(desk: Office, fields: str) -> None:  # pain 15
    row = desk.take(f"{fields}To: red@desk.example\r\nSubject: x\r\n\r\n{FORM}".encode())
    assert (row["disposition"], desk.tickets(), desk.queued()) == ("held", [], [])


# Limits --------------------------------------------------------------------------------------------------------------


def test_the_fourth_mail_in_ten_minutes_opens_a_ticket_in_silence(desk: Office) -> None:  # pain 37, I8
    for number in range(5):
        desk.take(mail(f"caso {number}"))
        desk.clock.forward(minutes=1)
    assert [one["acknowledgement"] for one in desk.tickets()] == ["queued"] * 3 + ["withheld"] * 2
    assert desk.alarms() == [f"flood:red:{ANA}"]
    assert [to for _, to, _ in desk.queued("alarm")] == [OPERATOR]
    desk.clock.forward(minutes=10)
    desk.take(mail("caso 6"))
    assert desk.tickets()[-1]["acknowledgement"] == "queued"


def test_the_21st_mail_of_a_day_opens_a_ticket_in_silence(desk: Office) -> None:  # I8
    for number in range(21):
        desk.take(mail(f"caso {number}"))
        desk.clock.forward(minutes=11)
    assert [one["acknowledgement"] for one in desk.tickets()] == ["queued"] * 20 + ["withheld"]
    desk.clock.forward(hours=22)
    desk.take(mail("mañana"))
    assert desk.tickets()[-1]["acknowledgement"] == "queued"


class MeetingClock(StillClock):
    """Brings deciding threads together right after they have looked at what was sent."""

    def __init__(self, threads: int) -> None:
        super().__init__()
        self.meeting: threading.Barrier | None = threading.Barrier(threads)
        self.mine = threading.local()

    def now(self) -> datetime:
        if threading.current_thread().name.startswith("meet") and self.meeting:
            self.mine.calls = getattr(self.mine, "calls", 0) + 1
            if self.mine.calls == LOOKED:
                self.meeting.wait(30)
        return self.time


LOOKED = 3
"""The call of the clock by which a deciding thread has read the send counts: decide, counts, then the number's year."""


def test_mails_decided_at_one_moment_never_exceed_the_limit(tmp_path: Path, database_url: str) -> None:  # I8
    clock = MeetingClock(4)
    with office(tmp_path, database_url, clock, limits={"address_per_10_minutes": 2}) as desk:
        for number in range(4):
            desk.put(mail(f"caso {number}"))
        with ThreadPoolExecutor(4, thread_name_prefix="meet") as threads:
            list(threads.map(desk.pipeline.handle, desk.claim()))
        clock.meeting = None
        assert sorted(one["acknowledgement"] for one in desk.tickets()) == ["queued"] * 2 + ["withheld"] * 2
        assert len(desk.queued("acknowledgement")) == 2


# Others were faster --------------------------------------------------------------------------------------------------


class MeddlingClock(StillClock):
    """Does something at one of its calls."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0
        self.at = 0
        self.deed: Any = None

    def now(self) -> datetime:
        self.calls += 1
        if self.deed and self.calls == self.at:
            deed, self.deed = self.deed, None
            deed()
        return self.time


def test_a_ticket_that_moved_meanwhile_is_decided_about_again(tmp_path: Path, database_url: str) -> None:  # I9, I10
    clock = MeddlingClock()
    with office(tmp_path, database_url, clock) as desk:
        desk.take(mail())
        (opened,) = desk.tickets()
        desk.put(reply(desk.last_acknowledgement()))
        (claimed,) = desk.claim()

        def meddle() -> None:
            """The ticket becomes somebody else's after Ana was looked up there."""

            def move(connection: Any) -> None:
                event = EventRow("customer_replied", "elsewhere", "", clock.time)
                tickets.append(connection, opened["id"], [event])
                connection.execute(
                    update(party).where(party.c.ticket_id == opened["id"]).values(address="eve@otra.example")
                )

            desk.runtime.writer.call(move)

        # The first call is the decision's own time, the second asks for the send counts, when candidates are known.
        clock.at, clock.deed = clock.calls + 2, meddle
        desk.pipeline.handle(claimed)
        assert clock.deed is None
        assert desk.works()[-1]["disposition"] == "held"
        assert desk.events() == ["opened", "acknowledged", "customer_replied"]
        assert desk.ticket(opened["reference"])["history_agrees"]


def test_a_lease_that_ran_out_does_nothing_twice(desk: Office) -> None:  # I2
    desk.put(mail())
    (slow,) = desk.claim()
    desk.clock.forward(minutes=3)
    (taken_over,) = desk.claim()
    assert taken_over.attempts == slow.attempts + 1
    desk.pipeline.handle(slow)
    assert desk.tickets() == []
    desk.pipeline.handle(taken_over)
    desk.pipeline.handle(taken_over)
    desk.pipeline.handle(slow)
    assert len(desk.tickets()) == len(desk.queued()) == 1
    assert desk.works()[0]["attempts"] == 2


def test_work_that_was_not_begun_is_given_back_as_if_never_claimed(desk: Office) -> None:
    desk.put(mail())
    claimed = desk.claim()
    owner = desk.runtime.owner
    desk.runtime.writer.call(lambda connection: inbox.give_back(connection, claimed, owner))
    (again,) = desk.claim()
    assert again.attempts == claimed[0].attempts == 1


# Trouble -------------------------------------------------------------------------------------------------------------


def test_what_fails_five_times_is_parked_with_an_alarm_and_can_be_retried(desk: Office) -> None:  # pain 1, I7
    with desk.runtime.database.write.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE answer RENAME TO elsewhere")
    desk.put(mail("malo"))
    desk.put(mail("sin respuestas", "Hola."))
    for _ in range(6):
        desk.decide()
        desk.clock.forward(minutes=1)
    parked, fine = desk.works()
    assert (parked["state"], parked["attempts"]) == ("parked", inbox.MAX_ATTEMPTS)
    assert "answer" in parked["error"]
    assert fine["state"] == "done"
    assert desk.alarms() == ["parked"]
    assert [to for _, to, _ in desk.queued("alarm")] == [OPERATOR]
    with desk.runtime.database.write.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO answer")
        assert inbox.retry_parked(connection, desk.clock.now()) == 1
    desk.decide()
    assert {one["state"] for one in desk.works()} == {"done"}
    assert len(desk.tickets()) == 2
