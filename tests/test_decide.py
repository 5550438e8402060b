"""Deciding by values alone: every rule hits and misses, and their order matters."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from rules.decide import RULES, decide
from rules.decision import Candidate, Decision, Situation
from rules.model import Answer, Disposition, Envelope, Kind, Mailbox, Reading, ReadingClass, Sign
from rules.policy import Desk, KindPolicy, WhoMayOpen

NOW = datetime(2026, 11, 3, 15, 20, tzinfo=UTC)
OWN = frozenset({"desk@example.net", "other@example.net"})
DESK = Desk(
    id="red",
    name="Red",
    addresses=("desk@example.net",),
    languages=("es", "en"),
    zone="UTC",
    kinds=(
        KindPolicy(Kind.INCIDENT, "INC-{seq:06}", WhoMayOpen.ANYONE, {}),
        KindPolicy(Kind.COMPLAINT, "COM-{seq:06}", WhoMayOpen.AUTHORIZED, {}),
    ),
    questions=(),
    identifies=("site", "problem"),
    own_lists=("soporte.example.net",),
)
ANSWERS = {"site": Answer("Sur", "Sur", "line 1"), "problem": Answer("caída", "caída", "line 2")}
ANA = Mailbox("Ana@example.com", "Ana")


def reading(*signs: tuple[str, str], **more: Any) -> Reading:
    values: dict[str, Any] = {
        "sender": ANA,
        "language": "es",
        "message_id": "m1@example.com",
        "signs": tuple(Sign(*sign) for sign in signs),
    }
    return Reading(**values | more)


def situation(*candidates: Candidate, to: tuple[str, ...] = ("desk@example.net",), **more: Any) -> Situation:
    values: dict[str, Any] = {"envelope": Envelope("ana@example.com", to), "own_addresses": OWN}
    return Situation(**values | more, candidates=candidates)


def candidate(sign: str, *people: str, ticket_id: int = 7) -> Candidate:
    return Candidate(ticket_id, f"INC-{ticket_id:06}", 3, sign, frozenset(people))


def verdict(one: Reading, about: Situation | None = None, desk: Desk | None = DESK) -> Decision:
    return decide(one, about or situation(), desk, NOW)


def hit(decision: Decision) -> str:
    """The rule that hit; every rule before it has a recorded miss, in the order of the tuple."""
    of_rules = [reason for reason in decision.reasons if reason.rule in {rule.name for rule in RULES}]
    assert [reason.rule for reason in of_rules] == [rule.name for rule in RULES][: len(of_rules)]
    assert [reason.outcome for reason in of_rules] == ["miss"] * (len(of_rules) - 1) + ["hit"]
    assert all(reason.detail for reason in decision.reasons)
    assert decision.rule == of_rules[-1].rule
    return decision.rule


REPORT = ("delivery_status", "RFC 3464")
ROBOT = ("robot_address", "mailer-daemon@example.com")
HITS = [
    ("delivery_status", Disposition.BOUNCE, reading(REPORT, klass=ReadingClass.DELIVERY_STATUS)),
    ("read_receipt", Disposition.AUTOMATIC, reading(klass=ReadingClass.READ_RECEIPT)),
    ("own_mail", Disposition.AUTOMATIC, reading(sender=Mailbox("Desk@example.net"))),
    ("own_mail", Disposition.AUTOMATIC, reading(sender=Mailbox("desk+t.1@example.net"))),
    ("own_mail", Disposition.AUTOMATIC, reading(sender=Mailbox("other@example.net"))),
    ("own_mail", Disposition.AUTOMATIC, reading(("loop", "<desk@example.net>"))),
    ("too_many_hops", Disposition.AUTOMATIC, reading(("received_count", "51"))),
    ("list_mail", Disposition.AUTOMATIC, reading(("list", "news.example.org"))),
    ("list_mail", Disposition.AUTOMATIC, reading(("list", "list-unsubscribe"))),
    ("list_mail", Disposition.AUTOMATIC, reading(("list", "not-soporte.example.net"))),
    ("automatic_reply", Disposition.AUTOMATIC, reading(klass=ReadingClass.AUTOMATIC)),
    ("machine_made", Disposition.AUTOMATIC, reading(("auto_submitted", "auto-generated"))),
    ("machine_made", Disposition.AUTOMATIC, reading(("null_sender", "MAIL FROM:<>"))),
    ("machine_made", Disposition.AUTOMATIC, reading(("null_return_path", "<>"))),
    ("machine_made", Disposition.AUTOMATIC, reading(ROBOT)),
    ("no_sender", Disposition.HELD, reading(sender=None, sender_defect="there is more than one From field")),
    ("open", Disposition.TICKET, reading()),
    ("open", Disposition.TICKET, reading(("loop", "desk@elsewhere.example"))),
    ("open", Disposition.TICKET, reading(("precedence", "bulk"))),
    ("open", Disposition.TICKET, reading(("suppress", "All"))),
    ("open", Disposition.TICKET, reading(klass=ReadingClass.REPLY, thread_reference="INC-000009")),
]


@pytest.mark.parametrize(("rule", "disposition", "one"), HITS)
def test_each_rule_hits_what_it_is_for(rule: str, disposition: Disposition, one: Reading) -> None:
    decision = verdict(one)
    assert (hit(decision), decision.disposition) == (rule, disposition)
    if disposition is not Disposition.TICKET:
        # I8: what is not a ticket is not answered, and changes none.
        assert (decision.responses, decision.changes, decision.timers) == ((), (), ())


def test_every_rule_is_tried_by_these_tests() -> None:
    elsewhere = {"postmaster", "bounce_address", "agent", "thread", "who_may_open"}
    assert {rule for rule, *_ in HITS} | elsewhere == {rule.name for rule in RULES}
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_postmasters_mail_is_for_a_person_whatever_it_is() -> None:
    for one in (reading(), Reading(), reading(klass=ReadingClass.DELIVERY_STATUS)):
        decision = verdict(one, desk=None)
        assert (hit(decision), decision.disposition, decision.responses) == ("postmaster", Disposition.HELD, ())


@pytest.mark.parametrize("sign", ["null_sender", "auto_submitted", "vacation_subject"])
def test_what_a_machine_sends_to_a_bounce_address_of_ours_is_a_report_whatever_it_looks_like(sign: str) -> None:
    decision = verdict(reading((sign, "x")), situation(to=("desk+b.ack.1.0.k1.mac@example.net",)))
    assert (hit(decision), decision.disposition) == ("bounce_address", Disposition.BOUNCE)


def test_what_a_person_writes_to_a_bounce_address_of_ours_is_held() -> None:
    decision = verdict(reading(), situation(to=("desk+b.ack.1.0.k1.mac@example.net",)))
    assert (hit(decision), decision.disposition, decision.responses) == ("bounce_address", Disposition.HELD, ())


def test_a_strangers_address_that_looks_like_a_bounce_address_means_nothing() -> None:
    about = situation(to=("someone+b.smith@example.com", "desk@example.net"))
    assert verdict(reading(), about).disposition is Disposition.TICKET


def test_our_own_mail_coming_back_is_an_alarm() -> None:  # pain 40
    decision = verdict(reading(sender=Mailbox("desk@example.net")))
    assert [alarm.key for alarm in decision.alarms] == ["loop"]
    assert verdict(reading()).alarms == ()


def test_a_vacation_notice_with_our_token_is_automatic_and_never_an_update() -> None:  # pain 39
    notice = reading(("vacation_subject", "Fuera de la oficina"), klass=ReadingClass.AUTOMATIC)
    decision = verdict(notice, situation(candidate("token", "ana@example.com")))
    assert (hit(decision), decision.disposition, decision.candidate) == ("automatic_reply", Disposition.AUTOMATIC, None)


def test_a_report_about_a_ticket_is_no_update_of_it() -> None:  # pain 34
    report = reading(REPORT, ("null_sender", "MAIL FROM:<>"), klass=ReadingClass.DELIVERY_STATUS)
    about = situation(candidate("token", "ana@example.com"))
    assert verdict(report, about).disposition is Disposition.BOUNCE


def test_our_own_mail_is_a_loop_before_it_is_a_vacation_notice_or_an_update() -> None:  # pain 40
    one = reading(sender=Mailbox("desk@example.net"), klass=ReadingClass.AUTOMATIC)
    assert verdict(one, situation(candidate("token", "desk@example.net"))).rule == "own_mail"


@pytest.mark.parametrize("mark", ["soporte.example.net", "SOPORTE.example.net"])
def test_mail_of_the_desks_own_list_opens_and_is_acknowledged(mark: str) -> None:
    decision = verdict(reading(("list", mark), ("precedence", "list")))
    assert decision.disposition is Disposition.TICKET
    assert len(decision.responses) == 1


def test_own_lists_may_be_written_with_brackets() -> None:
    desk = replace(DESK, own_lists=("<Soporte.Example.net>",))
    assert verdict(reading(("list", "soporte.example.net")), desk=desk).disposition is Disposition.TICKET


@pytest.mark.parametrize("sign", [("auto_submitted", "auto-generated"), ("null_sender", "<>"), ROBOT])
def test_a_machine_that_identifies_a_case_opens_a_ticket_without_acknowledgement(sign: tuple[str, str]) -> None:
    decision = verdict(reading(sign, answers=ANSWERS))
    assert (decision.disposition, decision.responses) == (Disposition.TICKET, ())
    assert [change.name for change in decision.changes] == ["opened", "acknowledgement_withheld"]


def test_a_machine_that_says_half_of_it_opens_nothing() -> None:
    decision = verdict(reading(("auto_submitted", "auto-generated"), answers={"site": ANSWERS["site"]}))
    assert decision.disposition is Disposition.AUTOMATIC
    assert "lacks problem" in decision.reasons[-1].detail


def test_a_desk_that_names_no_identifying_answers_opens_nothing_for_machines() -> None:
    desk = replace(DESK, identifies=())
    decision = verdict(reading(("auto_submitted", "auto-generated"), answers=ANSWERS), desk=desk)
    assert decision.disposition is Disposition.AUTOMATIC


@pytest.mark.parametrize("sign", ["token", "message_id", "reference"])
def test_a_person_of_the_ticket_updates_it_by_any_sign(sign: str) -> None:  # I9
    one = candidate(sign, "ana@example.com")
    decision = verdict(reading(klass=ReadingClass.REPLY), situation(one))
    assert (hit(decision), decision.disposition, decision.candidate) == ("thread", Disposition.UPDATE, one)
    assert [change.name for change in decision.changes] == ["customer_replied"]
    assert (decision.responses, decision.timers) == ((), ())
    assert ("follow_up", "hit") in {(reason.rule, reason.outcome) for reason in decision.reasons}


def test_a_stranger_with_our_token_is_held_beside_the_ticket() -> None:  # I9
    one = candidate("token", "luis@example.com")
    decision = verdict(reading(), situation(one))
    assert (decision.disposition, decision.candidate, decision.changes) == (Disposition.HELD, one, ())
    assert decision.responses == ()


@pytest.mark.parametrize("sign", ["message_id", "reference"])
def test_a_stranger_who_quotes_our_number_opens_a_ticket_of_his_own(sign: str) -> None:  # pain 23, I9
    decision = verdict(reading(), situation(candidate(sign, "luis@example.com")))
    assert (decision.disposition, decision.candidate) == (Disposition.TICKET, None)
    assert "INC-000007" in next(reason.detail for reason in decision.reasons if reason.rule == "thread")


def test_the_ticket_whose_person_writes_wins_over_a_stronger_sign_of_anothers() -> None:
    theirs, hers = candidate("token", "luis@example.com"), candidate("message_id", "ana@example.com", ticket_id=8)
    decision = verdict(reading(), situation(theirs, hers))
    assert (decision.disposition, decision.candidate) == (Disposition.UPDATE, hers)


def test_the_strongest_sign_wins_among_ones_own_tickets() -> None:
    first, second = candidate("token", "ana@example.com"), candidate("reference", "ana@example.com", ticket_id=8)
    assert verdict(reading(), situation(first, second)).candidate == first


def test_a_reason_names_only_a_few_of_many_tickets() -> None:
    many = [candidate("message_id", "luis@example.com", ticket_id=number) for number in range(1, 101)]
    assert all(len(reason.detail) < 300 for reason in verdict(reading(), situation(*many)).reasons)


def test_without_a_database_a_named_thread_is_taken_at_its_word() -> None:
    about = situation(tickets_known=False)
    assert verdict(reading(thread_reference="INC-000009"), about).disposition is Disposition.UPDATE
    assert verdict(reading(), about).disposition is Disposition.TICKET


def test_a_kind_that_is_not_for_everyone_says_that_there_is_no_directory_yet() -> None:
    decision = verdict(reading(kind=Kind.COMPLAINT))
    assert (decision.disposition, decision.kind) == (Disposition.TICKET, Kind.COMPLAINT)
    reason = next(reason for reason in decision.reasons if reason.rule == "who_may_open")
    assert "authorized" in reason.detail
    assert "directory" in reason.detail


def test_a_mail_without_kind_or_of_one_that_the_desk_has_not_is_of_its_first() -> None:
    assert verdict(reading()).kind is Kind.INCIDENT
    assert verdict(reading(kind=Kind.QUESTION)).kind is Kind.INCIDENT


def test_the_language_is_one_that_the_desk_writes() -> None:
    assert verdict(reading(language="en")).language == "en"
    assert verdict(reading(language="pt")).language == "es"
    assert verdict(reading(language="en")).responses[0].language == "en"


def test_an_opened_ticket_is_acknowledged_in_the_same_decision() -> None:  # I3
    decision = verdict(reading())
    assert [change.name for change in decision.changes] == ["opened", "acknowledged"]
    assert [(one.template, one.to.address) for one in decision.responses] == [("acknowledgement", "Ana@example.com")]


def test_the_same_values_give_the_same_decision() -> None:
    one, about = reading(answers=ANSWERS), situation(candidate("reference", "luis@example.com"))
    assert verdict(one, about) == verdict(one, about)
