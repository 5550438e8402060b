"""Deciding about a mail: one ordered tuple of rules, the first that hits gives the disposition.

Every rule says why it hit or missed, and the reasons are stored beside the mail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from rules.addresses import is_bounce_address
from rules.agents import act
from rules.decision import AlarmOrder, Candidate, Decision, Reason, Response, Situation, TicketChange
from rules.follow_up import follow_up
from rules.model import Disposition, Kind, Reading, ReadingClass
from rules.notices import notices
from rules.policy import Desk, KindPolicy, WhoMayOpen
from rules.silence import acknowledge, foreign_list, own_mail


@dataclass(frozen=True, slots=True)
class Case:
    """One mail before its desk."""

    reading: Reading
    situation: Situation
    desk: Desk | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule's verdict."""

    disposition: Disposition
    detail: str
    candidate: Candidate | None = None
    alarm: AlarmOrder | None = None


BY_AGENT = "agent_token"
"""The sign of a ticket that the mail names by a token which only agents were given."""
_NAMED = 5
"""So many tickets a reason names at the most."""

Check = Callable[[Case], Hit | str]
"""A hit, or in words why the rule does not apply."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the tuple below."""

    name: str
    description: str
    check: Check


def _postmaster(case: Case) -> Hit | str:
    if case.desk is None:
        return Hit(Disposition.HELD, "addressed to postmaster: for the operator to read")
    return "addressed to a desk"


def _delivery_status(case: Case) -> Hit | str:
    if case.reading.klass is ReadingClass.DELIVERY_STATUS:
        sign = case.reading.sign("delivery_status")
        return Hit(Disposition.BOUNCE, sign.evidence if sign else "a delivery report")
    return "no delivery report"


def _bounce_address(case: Case) -> Hit | str:
    own = case.situation.own_addresses
    if any(is_bounce_address(address, own) for address in case.situation.envelope.rcpt_tos):
        return Hit(Disposition.BOUNCE, "sent to the address that only reports come back to")
    return "not sent to a bounce address"


def _read_receipt(case: Case) -> Hit | str:
    if case.reading.klass is ReadingClass.READ_RECEIPT:
        return Hit(Disposition.AUTOMATIC, "a read receipt (RFC 8098)")
    return "no read receipt"


def _own_mail(case: Case) -> Hit | str:
    why = own_mail(case.reading, case.situation)
    if why:
        # A mailbox of the past holds what its desk wrote, and that goes in no circle.
        return Hit(Disposition.AUTOMATIC, why, alarm=None if case.situation.silent else AlarmOrder("loop", why))
    return "not from an address of ours, and without our X-Loop"


def _too_many_hops(case: Case) -> Hit | str:
    sign = case.reading.sign("received_count")
    return (
        Hit(Disposition.AUTOMATIC, f"{sign.evidence} Received fields: it goes in a circle")
        if sign
        else "no loop of relays"
    )


def _list_mail(case: Case) -> Hit | str:
    if sign := foreign_list(case.reading, case.desk):
        return Hit(Disposition.AUTOMATIC, f"list mail: {sign.evidence}")
    own = case.reading.sign("list")
    return f"through the desk's own list {own.evidence}" if own else "no mailing list"


def _automatic_reply(case: Case) -> Hit | str:
    if case.reading.klass is ReadingClass.AUTOMATIC:
        signs = ", ".join(f"{s.name} {s.evidence}".strip() for s in case.reading.signs)
        return Hit(Disposition.AUTOMATIC, f"an automatic reply: {signs}")
    return "no automatic reply"


def _machine_made(case: Case) -> Hit | str:
    sign = case.reading.sign("auto_submitted", "null_return_path", "null_sender", "robot_address")
    if sign is None:
        return "no sign that a machine wrote it"
    wanted = case.desk.identifies if case.desk else ()
    lacking = [key for key in wanted if key not in case.reading.answers]
    if wanted and not lacking:
        return f"a machine wrote it ({sign.name}), and it answers all that identifies a case"
    why = f"lacks {', '.join(lacking)}" if wanted else "the desk says of no answer that it would"
    return Hit(
        Disposition.AUTOMATIC, f"a machine wrote it ({sign.name} {sign.evidence}) and it identifies no case: {why}"
    )


def _no_sender(case: Case) -> Hit | str:
    if case.reading.sender is None:
        return Hit(Disposition.HELD, f"no sender that could be answered: {case.reading.sender_defect or 'no From'}")
    return "one usable sender"


def _agent(case: Case) -> Hit | str:
    sender, found = case.reading.sender, case.situation.candidates
    agents = {agent.lower() for agent in case.desk.agents} if case.desk else set()
    proven = next((one for one in found if one.sign == BY_AGENT), None)
    if sender is None or sender.address.lower() not in agents:
        if proven:
            why = f"bears a token of {proven.reference} that only agents were given, but its sender is none"
            return Hit(Disposition.HELD, why, proven)
        return "its sender is no agent"
    if proven is None:
        return "its sender is an agent, but it bears no token that agents are given: it counts as anybody's"
    return Hit(Disposition.UPDATE, f"{proven.reference} by an agent, with the token of a notice", proven)


def _thread(case: Case) -> Hit | str:
    reading, situation = case.reading, case.situation
    if not situation.tickets_known:
        if reading.thread_reference:
            return Hit(Disposition.UPDATE, f"names {reading.thread_reference} as its thread")
        return "names no thread"
    address = reading.sender.address.lower() if reading.sender else ""
    for candidate in situation.candidates:
        if address in candidate.people:
            return Hit(
                Disposition.UPDATE, f"{candidate.reference} by {candidate.sign}, from a person of the ticket", candidate
            )
    for candidate in situation.candidates:
        if candidate.sign == "token":
            why = f"bears our token for {candidate.reference}, but its sender is no person of that ticket"
            return Hit(Disposition.HELD, why, candidate)
    if situation.candidates:
        named = ", ".join(f"{one.reference} by {one.sign}" for one in situation.candidates[:_NAMED])
        return f"{named}, but its sender is no person of that ticket"
    return (
        f"{reading.thread_reference} is no ticket of this desk" if reading.thread_reference else "belongs to no ticket"
    )


def _who_may_open(case: Case) -> Hit | str:
    wanted = kind_of(case.reading, case.desk).who_may_open if case.desk else WhoMayOpen.ANYONE
    if wanted is WhoMayOpen.ANYONE:
        return "anyone may open"
    return f"the desk wants {wanted.value}, but there is no directory: everyone counts as known"


def _open(case: Case) -> Hit | str:  # noqa: ARG001
    return Hit(Disposition.TICKET, "nothing above speaks against it")


RULES: tuple[Rule, ...] = (
    Rule("postmaster", "Mail to postmaster is for the operator.", _postmaster),
    Rule("delivery_status", "A delivery report is about a message of ours: kept, never answered.", _delivery_status),
    Rule("bounce_address", "What comes to our bounce address is a report, whatever it looks like.", _bounce_address),
    Rule("read_receipt", "A read receipt asks for nothing.", _read_receipt),
    Rule("own_mail", "Our own mail coming back is a loop: never answered, and somebody must know.", _own_mail),
    Rule("too_many_hops", "More than 50 relays are a loop.", _too_many_hops),
    Rule("list_mail", "List mail is for reading, unless the list is the desk's own group address.", _list_mail),
    Rule(
        "automatic_reply", "A vacation notice or other automatic reply is kept and changes nothing.", _automatic_reply
    ),
    Rule("machine_made", "A machine's mail opens a ticket only when it identifies a case.", _machine_made),
    Rule("no_sender", "A mail whose sender cannot be told is held for a person.", _no_sender),
    Rule("agent", "An agent's mail acts only with a token that agents are given.", _agent),
    Rule("thread", "A mail of a ticket's people joins that ticket.", _thread),
    Rule("who_may_open", "Only those whom the desk allows open tickets.", _who_may_open),
    Rule("open", "Everything else opens a ticket.", _open),
)


def kind_of(reading: Reading, desk: Desk) -> KindPolicy:
    """The desk's policy for the kind that the mail shows, else for the desk's first kind."""
    return (desk.kind_policy(reading.kind) if reading.kind else None) or desk.kinds[0]


def decide(reading: Reading, situation: Situation, desk: Desk | None, now: datetime) -> Decision:
    """What becomes of a mail. `desk` is None for postmaster's mail. Pure: the same values give the same decision."""
    case = Case(reading, situation, desk, now)
    reasons: list[Reason] = []
    for rule in RULES:
        verdict = rule.check(case)
        if isinstance(verdict, str):
            reasons.append(Reason(rule.name, "miss", verdict))
            continue
        reasons.append(Reason(rule.name, "hit", verdict.detail))
        return _decision(case, rule, verdict, reasons)
    raise AssertionError("the last rule always hits")


def _decision(case: Case, rule: Rule, hit: Hit, reasons: list[Reason]) -> Decision:
    alarms = (hit.alarm,) if hit.alarm else ()
    language = _language(case)
    if hit.disposition is Disposition.UPDATE:
        return _update(case, rule, hit, reasons, language)
    if hit.disposition is not Disposition.TICKET or case.desk is None:
        return Decision(
            hit.disposition, rule.name, tuple(reasons), language=language, candidate=hit.candidate, alarms=alarms
        )
    kind: Kind = kind_of(case.reading, case.desk).kind
    answer = acknowledge(case.reading, case.situation, case.desk, case.now, language)
    return Decision(
        hit.disposition,
        rule.name,
        (*reasons, *answer.reasons),
        kind=kind,
        language=language,
        changes=(TicketChange("opened", rule.name, case.reading.priority or ""), answer.change),
        responses=(*answer.responses, *_opened_notices(case)),
        timers=answer.timers,
        alarms=(*alarms, *answer.alarms),
    )


def _update(case: Case, rule: Rule, hit: Hit, reasons: list[Reason], language: str) -> Decision:
    reading, desk, ticket = case.reading, case.desk, hit.candidate
    if desk is None or ticket is None:
        # Without a database (explain) there is no ticket to say more of.
        changes = (TicketChange("customer_replied", rule.name),)
        return Decision(hit.disposition, rule.name, tuple(reasons), language=language, changes=changes)
    by_agent = rule.name == "agent" and reading.sender is not None
    done = (
        act(reading, desk, ticket, reading.sender)
        if by_agent and reading.sender
        else follow_up(reading, desk, ticket, rule.name)
    )
    return Decision(
        hit.disposition,
        rule.name,
        (*reasons, *done.reasons),
        language=language,
        candidate=ticket,
        changes=done.changes,
        responses=done.responses,
        keeps_answers=not by_agent,
    )


def _opened_notices(case: Case) -> tuple[Response, ...]:
    desk, reading = case.desk, case.reading
    if desk is None:
        return ()
    sender = reading.sender.address if reading.sender else ""
    return notices(desk, "opened", actor=sender, text=reading.reply_text, attachments=reading.attachments)


def _language(case: Case) -> str:
    if case.desk is None:
        return case.reading.language
    return case.reading.language if case.reading.language in case.desk.languages else case.desk.default_language
