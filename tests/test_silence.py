"""The table of silence: every row hits and misses, the first hit wins, and the recipient is nobody's choice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from rules.decision import Limits, SendCounts
from rules.model import Answer, Mailbox, Reading
from rules.silence import SUMMARY_AFTER, TABLE, Acknowledgement, acknowledge, recipient, sender_of
from tests.test_decide import DESK, NOW, OWN, reading, situation


def verdict(one: Reading, **more: Any) -> Acknowledgement:
    return acknowledge(one, situation(**more), DESK, NOW, "es")


def silent(answer: Acknowledgement, row: str) -> None:
    """Silent by that row; the rows before it are recorded as misses, in the table's order."""
    names = [f"silence.{one.name}" for one in TABLE]
    assert [reason.rule for reason in answer.reasons] == names[: names.index(f"silence.{row}") + 1]
    assert [reason.outcome for reason in answer.reasons] == ["miss"] * (len(answer.reasons) - 1) + ["hit"]
    assert (answer.change.name, answer.change.rule) == ("acknowledgement_withheld", f"silence.{row}")
    assert (answer.responses, answer.timers) == ((), ())


ROWS = [
    ("null_sender", reading(("null_return_path", "<>"))),
    ("auto_submitted", reading(("auto_submitted", "auto-generated"))),
    ("report", reading(("delivery_status", "RFC 3464"))),
    ("report", reading(("read_receipt", "message/disposition-notification"))),
    ("list", reading(("list", "news.example.org"))),
    ("list", reading(("precedence", "bulk"))),
    ("list", reading(("precedence", "junk"))),
    ("list", reading(("precedence", "list"))),
    ("suppress", reading(("suppress", "DR, AutoReply"))),
    ("own_mail", reading(sender=Mailbox("desk@example.net"))),
    ("own_mail", reading(("loop", "desk@example.net"))),
    ("own_mail", reading(("loop", "desk@elsewhere.example"), ("loop", "<desk@example.net>"))),
    ("robot_address", reading(("robot_address", "owner-news@example.com"))),
    ("loop", reading(("received_count", "51"))),
    ("unsendable", reading(sender=Mailbox(f"{'a' * 60}@{'b.' * 100}example"))),
    ("unsendable", reading(sender=Mailbox("ana@_dmarc.example.com"))),
]


@pytest.mark.parametrize(("row", "one"), ROWS)
def test_each_row_keeps_silence(row: str, one: Reading) -> None:  # I8
    answer = verdict(one)
    silent(answer, row)
    assert answer.alarms == ()


def test_a_null_envelope_sender_is_never_answered() -> None:  # I8
    about = situation()
    null = replace(about, envelope=replace(about.envelope, mail_from=""))
    silent(acknowledge(reading(), null, DESK, NOW, "es"), "null_sender")


def from_envelope(mail_from: str, one: Reading) -> Acknowledgement:
    about = situation()
    about = replace(about, envelope=replace(about.envelope, mail_from=mail_from))
    return acknowledge(one, about, DESK, NOW, "es")


@pytest.mark.parametrize("mail_from", ["Desk@example.net", "desk+b.ack.1.0.k1.mac@example.net"])
def test_our_own_envelope_sender_is_our_own_mail(mail_from: str) -> None:  # pain 40
    silent(from_envelope(mail_from, reading()), "own_mail")


@pytest.mark.parametrize("mail_from", ["desk+bnc1@example.net", "desk+caf_=a=b.example@example.net"])
def test_a_group_or_mailbox_that_forwards_to_us_is_not_our_own_mail(mail_from: str) -> None:
    assert from_envelope(mail_from, reading()).responses


def test_the_desks_own_list_may_send_with_the_desks_address() -> None:
    assert from_envelope("desk@example.net", reading(("list", "soporte.example.net"))).responses


def test_about_an_imported_mail_nobody_is_written_to() -> None:
    silent(acknowledge(reading(), replace(situation(), silent=True), DESK, NOW, "es"), "imported")


def test_every_row_is_tried_by_these_tests() -> None:
    assert {row for row, _ in ROWS} | {"imported", "flood", "allowed"} == {row.name for row in TABLE}


def test_the_first_row_that_hits_wins() -> None:
    everything = reading(("received_count", "51"), ("suppress", "All"), ("auto_submitted", "auto-replied"))
    silent(verdict(everything), "auto_submitted")


def test_an_ordinary_mail_is_acknowledged_and_every_miss_is_recorded() -> None:
    answer = verdict(reading())
    assert answer.change.name == "acknowledged"
    assert [one.to for one in answer.responses] == [Mailbox("Ana@example.com", "Ana")]
    recorded = [(reason.rule, reason.outcome) for reason in answer.reasons]
    rows = [f"silence.{row.name}" for row in TABLE]
    assert recorded == [*((row, "miss") for row in (*rows, "silence.breaker")), ("acknowledge", "hit")]


def test_the_row_that_needs_the_directory_says_so() -> None:
    reason = next(one for one in verdict(reading()).reasons if one.rule == "silence.allowed")
    assert "directory" in reason.detail


def test_precedence_list_of_the_desks_own_group_does_not_count_but_bulk_does() -> None:
    own = ("list", "soporte.example.net")
    assert verdict(reading(own, ("precedence", "list"))).responses
    silent(verdict(reading(own, ("precedence", "bulk"))), "list")


LIMITS = Limits(address_per_10_minutes=3, address_per_day=20, desk_per_10_minutes=300)


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (SendCounts(2, 19, 299), True),
        (SendCounts(3, 3, 3), False),
        (SendCounts(0, 20, 20), False),
    ],
)
def test_the_fourth_in_ten_minutes_and_the_21st_of_a_day_are_silent(sent: SendCounts, told: bool) -> None:  # pain 37
    answer = verdict(reading(), sent=sent, limits=LIMITS)
    if told:
        assert answer.responses
    else:
        silent(answer, "flood")
        assert [alarm.key for alarm in answer.alarms] == ["flood:red:Ana@example.com"]


def test_the_desks_breaker_puts_numbers_off_for_a_summary_and_says_so() -> None:  # pain 38
    answer = verdict(reading(), sent=SendCounts(0, 0, 300), limits=LIMITS)
    assert (answer.change.name, answer.responses) == ("acknowledgement_deferred", ())
    assert [(one.kind, one.subject, one.due_at) for one in answer.timers] == [
        ("summary", "red:ana@example.com", NOW + SUMMARY_AFTER)
    ]
    assert [alarm.key for alarm in answer.alarms] == ["breaker:red"]
    assert timedelta(minutes=5) == SUMMARY_AFTER


def test_an_address_over_its_limit_is_silent_even_while_the_breaker_is_open() -> None:
    silent(verdict(reading(), sent=SendCounts(3, 3, 300), limits=LIMITS), "flood")


@pytest.mark.parametrize(
    ("reply_to", "to"),
    [
        (None, "ana@example.com"),
        (Mailbox("noc@example.com"), "noc@example.com"),
        (Mailbox("noc@EXAMPLE.com"), "noc@EXAMPLE.com"),
        (Mailbox("victim@elsewhere.example"), "ana@example.com"),
        (Mailbox("victim@sub.example.com"), "ana@example.com"),
        (Mailbox(f"{'x' * 300}@example.com"), "ana@example.com"),
    ],
)
def test_reply_to_counts_only_within_the_senders_domain(reply_to: Mailbox | None, to: str) -> None:  # pain 59
    one = reading(sender=Mailbox("ana@example.com", "Ana"), reply_to=reply_to)
    assert recipient(one, OWN).address == to
    assert verdict(one).responses[0].to.name == "Ana"


@pytest.mark.parametrize("ours", ["desk@example.net", "Desk+t.1@example.net"])
def test_a_colleague_whose_reply_to_is_the_desk_does_not_aim_us_at_ourselves(ours: str) -> None:  # pain 40
    one = reading(sender=Mailbox("ana@example.net"), reply_to=Mailbox(ours))
    assert verdict(one).responses[0].to.address == "ana@example.net"


def test_a_mail_without_sender_has_nobody_to_answer() -> None:
    with pytest.raises(ValueError, match="nobody"):
        sender_of(reading(sender=None))


def test_answers_do_not_buy_a_machine_an_acknowledgement() -> None:
    answers = {"site": Answer("Sur", "Sur", "line 1")}
    silent(verdict(reading(("auto_submitted", "auto-generated"), answers=answers)), "auto_submitted")
