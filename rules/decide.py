"""Deciding about a mail: one ordered tuple of rules, the first that hits gives the disposition.

Every rule says why it hit or missed, and the reasons are stored beside the mail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from rules.agents import act, machine_sign
from rules.decision import AlarmOrder, Candidate, Decision, Reason, Response, Returned, Situation, TicketChange
from rules.follow_up import ENCRYPTED, TOLD_ENCRYPTED, follow_up
from rules.model import Disposition, Kind, Reading, ReadingClass
from rules.notices import bounded, notices
from rules.policy import Desk, KindPolicy, WhoMayOpen
from rules.reports import by_a_person, find, in_peace, is_addressed_back
from rules.silence import acknowledge, foreign_list, own_mail
from rules.threads import belonging


@dataclass(frozen=True, slots=True)
class Case:
    """One mail before its desk."""

    reading: Reading
    situation: Situation
    desk: Desk | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule's verdict. `joins`: the sender becomes a person of the candidate."""

    disposition: Disposition
    detail: str
    candidate: Candidate | None = None
    alarm: AlarmOrder | None = None
    returned: Returned | None = None
    joins: bool = False


BY_AGENT = "agent_token"
"""The sign of a ticket that the mail names by a token which only agents were given."""

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
        finding = find(case.reading, case.situation)
        return Hit(Disposition.BOUNCE, finding.why, returned=finding.returned)
    return "no delivery report"


def _bounce_address(case: Case) -> Hit | str:
    if not is_addressed_back(case.situation.envelope, case.situation.own_addresses):
        return "not sent to a bounce address"
    about = case.situation.reported[:1]
    returned = Returned(about[0].outbox_id, about[0].ticket_id) if about else None
    if by_a_person(case.reading):
        return Hit(Disposition.HELD, "a person seems to write to the address for reports", returned=returned)
    return Hit(Disposition.BOUNCE, "sent to the address that only reports come back to", returned=returned)


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
    if (own := _of_its_ticket(case)) and sign.name == "auto_submitted":
        return f"a machine wrote it ({sign.name}), for a person of a ticket: {own}"
    wanted = case.desk.identifies if case.desk else ()
    lacking = [key for key in wanted if key not in case.reading.answers]
    if wanted and not lacking:
        return f"a machine wrote it ({sign.name}), and it answers all that identifies a case"
    why = f"lacks {', '.join(lacking)}" if wanted else "the desk says of no answer that it would"
    return Hit(
        Disposition.AUTOMATIC, f"a machine wrote it ({sign.name} {sign.evidence}) and it identifies no case: {why}"
    )


def _of_its_ticket(case: Case) -> str:
    """Why a machine's mail goes on in a ticket, as those of a customer's own ticket system do; "" where it does not, or
    where nobody stands behind it who could be written to."""
    reading, desk = case.reading, case.desk
    if desk is None or reading.sign("null_return_path", "null_sender", "robot_address"):
        return ""
    found = belonging(reading, case.situation, desk)
    return found.why if found.update else ""


def _no_sender(case: Case) -> Hit | str:
    if case.reading.sender is None:
        return Hit(Disposition.HELD, f"no sender that could be answered: {case.reading.sender_defect or 'no From'}")
    return "one usable sender"


def _agent(case: Case) -> Hit | str:
    sender, found = case.reading.sender, case.situation.candidates
    agents = {agent.lower() for agent in case.desk.agents} if case.desk else set()
    proven = next((one for one in found if one.sign == BY_AGENT), None)
    address = sender.address.lower() if sender else ""
    if address not in agents:
        if proven and address in proven.people:
            return "bears a token that agents were given, but its sender is a person of the ticket, and writes as that"
        if proven:
            why = f"bears a token of {proven.reference} that only agents were given, but its sender is none"
            return Hit(Disposition.HELD, why, proven)
        return "its sender is no agent"
    if proven is None:
        return _unproven_agent(address, found)
    if sign := machine_sign(case.reading):
        why = f"{proven.reference} by an agent's address, but perhaps by a machine: {sign.name} {sign.evidence}"
        return Hit(Disposition.AUTOMATIC, why.strip(), proven)
    if case.situation.silent:
        return Hit(Disposition.HELD, f"{proven.reference} by an agent, but imported: it acts no more", proven)
    return Hit(Disposition.UPDATE, f"{proven.reference} by an agent, with the token of a notice", proven)


def _unproven_agent(address: str, found: tuple[Candidate, ...]) -> Hit | str:
    """An agent's address without a token of theirs: anybody may write it into From."""
    if not found:
        return "its sender is an agent, and it belongs to no ticket: it counts as anybody's"
    if any(address in one.people for one in found):
        return "its sender is an agent, but a person of the ticket too, and writes as that"
    why = f"from an agent's address about {found[0].reference} ({found[0].sign}), without the token of a notice"
    return Hit(Disposition.HELD, why, found[0])


def _thread(case: Case) -> Hit | str:
    reading, situation = case.reading, case.situation
    if not situation.tickets_known:
        if reading.thread_reference:
            return Hit(Disposition.UPDATE, f"names {reading.thread_reference} as its thread")
        return "names no thread"
    if case.desk is None:
        return "belongs to no ticket"
    found = belonging(reading, situation, case.desk)
    if found.update:
        return Hit(Disposition.UPDATE, found.why, found.update, joins=found.joins)
    if found.held:
        return Hit(Disposition.HELD, found.why, found.held)
    return found.why


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
    Rule("bounce_address", "What comes to a bounce address is no ticket; a person's mail is held.", _bounce_address),
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
        return _bounded(case, _decision(case, rule, verdict, reasons))
    raise AssertionError("the last rule always hits")


def _bounded(case: Case, decision: Decision) -> Decision:
    """The decision without the mails that would not reach an agent, or be too many for them."""
    if case.desk is None or not decision.responses:
        return decision
    if case.situation.silent:
        imported = Reason("imported", "miss", "about an imported mail nobody is written to")
        return replace(decision, responses=(), reasons=(*decision.reasons, imported))
    actor = case.reading.sender.address if case.reading.sender else ""
    responses, why = in_peace(decision.responses, case.situation, case.desk, actor)
    found = bounded(responses, case.situation, case.desk, case.now)
    return replace(
        decision,
        responses=found.responses,
        reasons=(*decision.reasons, *why, *found.reasons),
        timers=(*decision.timers, *found.timers),
        alarms=(*decision.alarms, *found.alarms),
    )


def _decision(case: Case, rule: Rule, hit: Hit, reasons: list[Reason]) -> Decision:
    alarms = (hit.alarm,) if hit.alarm else ()
    language = _language(case)
    if hit.disposition is Disposition.UPDATE:
        return _update(case, rule, hit, reasons, language)
    if hit.disposition is not Disposition.TICKET or case.desk is None:
        return Decision(
            hit.disposition,
            rule.name,
            tuple(reasons),
            language=language,
            candidate=hit.candidate,
            responses=_held_notices(case, hit),
            alarms=alarms,
            returned=hit.returned,
        )
    kind: Kind = kind_of(case.reading, case.desk).kind
    answer = acknowledge(case.reading, case.situation, case.desk, case.now, language)
    links = belonging(case.reading, case.situation, case.desk).links
    linked = tuple(TicketChange("linked", "thread", one.kind) for one in links)
    told = (TOLD_ENCRYPTED,) if ENCRYPTED in case.reading.notes and answer.responses else ()
    return Decision(
        hit.disposition,
        rule.name,
        (*reasons, *answer.reasons),
        kind=kind,
        language=language,
        changes=(TicketChange("opened", rule.name, case.reading.priority or ""), *linked, answer.change, *told),
        responses=(*answer.responses, *_opened_notices(case)),
        timers=answer.timers,
        alarms=(*alarms, *answer.alarms),
        links=links,
    )


def _update(case: Case, rule: Rule, hit: Hit, reasons: list[Reason], language: str) -> Decision:
    reading, desk, ticket = case.reading, case.desk, hit.candidate
    if desk is None or ticket is None:
        # Without a database (explain) there is no ticket to say more of.
        changes = (TicketChange("customer_replied", rule.name),)
        return Decision(hit.disposition, rule.name, tuple(reasons), language=language, changes=changes)
    if rule.name == "agent" and reading.sender is not None:
        acted = act(reading, desk, ticket, reading.sender)
        return Decision(
            hit.disposition,
            rule.name,
            (*reasons, *acted.reasons),
            language=language,
            candidate=ticket,
            changes=acted.changes,
            responses=acted.responses,
            keeps_answers=False,
        )
    # What a reply repeats was answered before, and stands in the ticket; what does not was typed into the quotation.
    ours = ticket.reference in reading.text  # else what it repeats is no mail of ours, but perhaps an old form
    typed = {key: one for key, one in reading.quoted_answers.items() if ours and key not in ticket.answers}
    reading = replace(reading, answers={**typed, **reading.answers})
    done = follow_up(reading, case.situation, desk, ticket, joins=hit.joins)
    return Decision(
        hit.disposition,
        rule.name,
        (*reasons, *done.reasons),
        language=language,
        candidate=ticket,
        changes=done.changes,
        responses=done.responses,
        alarms=done.alarms,
        joins=done.joins,
        typed=typed,
    )


def _opened_notices(case: Case) -> tuple[Response, ...]:
    desk, reading = case.desk, case.reading
    if desk is None:
        return ()
    sender = reading.sender.address if reading.sender else ""
    return notices(desk, "opened", actor=sender, text=reading.reply_text, attachments=reading.attachments)


def _held_notices(case: Case, hit: Hit) -> tuple[Response, ...]:
    """Agents hear of a mail that is held beside a ticket: perhaps it belongs there."""
    reading, desk, ticket = case.reading, case.desk, hit.candidate
    if desk is None or ticket is None or reading.sender is None or hit.disposition is not Disposition.HELD:
        return ()
    return notices(
        desk,
        "held",
        assignee=ticket.assignee,
        text=reading.reply_text,
        attachments=reading.attachments,
    )


def _language(case: Case) -> str:
    if case.desk is None:
        return case.reading.language
    return case.reading.language if case.reading.language in case.desk.languages else case.desk.default_language
