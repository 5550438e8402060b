"""Which ticket a mail belongs to, and whether its sender may act there.

Finding a ticket is one thing (`storage.threads` does it, by the signs below), acting in it another. The strongest sign
goes first; a mail whose sender may act in none of its tickets enters none of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rules.decision import Candidate, Link, Situation
from rules.model import Mailbox, Reading
from rules.policy import Desk
from rules.shared_domains import is_shared
from rules.words import fold

TOKEN, MESSAGE_ID, SIBLING, REFERENCE, PEER = "token", "message_id", "sibling", "reference", "customer_reference"
"""The signs, the strongest first: a token of ours; a message that either side sent; one that both name and neither
side has; our number; the customer's own number."""

MENTIONS, BESIDE = "mentions", "beside"
"""How a new ticket is linked: its mail names another one without a right to it, or reports another case in the other's
thread."""

_MENTIONED = 3
"""So many tickets a new one is linked to at the most."""
_ALIKE = 0.6
_NUMBER = re.compile(r"(?<![\w-])(?=[\w-]*[0-9])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*(?![\w-])")
_NUMBER_CHARACTERS = 40
_NUMBERS = 8


@dataclass(frozen=True, slots=True)
class Belonging:
    """What a mail is to the tickets that it names: an update of one, held beside one, or a new ticket with `links`.

    `joins`: its sender becomes a person of the ticket."""

    why: str
    update: Candidate | None = None
    held: Candidate | None = None
    links: tuple[Link, ...] = ()
    joins: bool = False


def belonging(reading: Reading, situation: Situation, desk: Desk) -> Belonging:
    """Where a mail belongs. `situation.candidates` are the tickets that it names, the strongest sign first."""
    found, sender = situation.candidates, reading.sender
    if sender is None or not found:
        named = reading.thread_reference
        return Belonging(f"{named} is no ticket of this desk" if named and not found else "belongs to no ticket")
    for one in found:
        why = may_act(sender, one)
        # Their number in a new mail may name a circuit that fails once more; in a reply, or from who wrote before, it
        # names the case.
        fresh = one.sign == PEER and reading.prefix != "reply" and sender.address.lower() not in one.people
        if not why or fresh:
            continue
        if other := another_case(reading, desk, one):
            why = f"in the thread of {one.reference}, but {other}: a case of its own"
            return Belonging(why, links=(Link(one.ticket_id, BESIDE, one.reference),))
        joins = sender.address.lower() not in one.people
        return Belonging(f"{one.reference} by {one.sign}, {why}", update=one, joins=joins)
    token = next((one for one in found if one.sign == TOKEN), None)
    # Whoever passes a mail of ours on to us asks for something new; its ticket is somebody else's.
    if token and reading.prefix != "forward":
        why = f"bears our token for {token.reference}, but its sender is no person of that ticket"
        return Belonging(why, held=token)
    # Another customer may have the same number for something else.
    named_by = [one for one in found if one.sign != PEER]
    links = tuple(Link(one.ticket_id, MENTIONS, one.reference) for one in named_by[:_MENTIONED])
    names = ", ".join(f"{one.reference} by {one.sign}" for one in named_by[:_MENTIONED])
    return Belonging(f"{names or 'belongs to no ticket'}, but its sender is no person of that ticket", links=links)


def may_act(sender: Mailbox, ticket: Candidate) -> str:
    """Why a sender may act in a ticket, or "": as one of its people; or by an address in the domain of its requester
    and a sign that only they have who had the mails. Numbers can be guessed, and a domain that strangers share proves
    nothing."""
    if sender.address.lower() in ticket.people:
        return "from a person of the ticket"
    requester = ticket.requester
    had_the_mails = ticket.sign in (TOKEN, MESSAGE_ID, SIBLING)
    if had_the_mails and requester and sender.domain == requester.domain and not is_shared(sender.domain):
        return f"from {sender.domain}, where its requester is"
    return ""


def another_case(reading: Reading, desk: Desk, ticket: Candidate) -> str:
    """What shows that a mail in a ticket's thread reports another case, or "": at least half of what the desk asks of
    everybody is answered anew, and what it is about, or who has the trouble, is another."""
    asked = [
        one.key
        for one in desk.questions
        if one.required and one.condition is None and (not one.kinds or ticket.kind in one.kinds)
    ]
    told, known = reading.answers, ticket.answers
    again = sum(key in told and key in known for key in asked)
    # Whoever corrects one answer and adds those that lacked does not report anew.
    if 2 * sum(key in told for key in asked) < len(asked) or 2 * again <= sum(key in known for key in asked):
        return ""
    about = next((key for key in desk.about if key in told and key in known), "")
    keys = [about, *(key for key in desk.identifies if key not in desk.about)]
    for key in keys:
        if key in told and key in known and not _alike(told[key].text, known[key].text):
            return f"it answers the questions anew, and {key} differently"
    return ""


def _alike(one: str, other: str) -> bool:
    """Whether two answers mean the same: one says all that the other does, or most words are common and every number.

    "Sucursal 9" is "Sucursal 9, Bogotá", but not "Sucursal 8"."""
    mine, its = set(fold(one).split()), set(fold(other).split())
    if mine <= its or its <= mine:
        return True
    common = len(mine & its) / len(mine | its)
    return common >= _ALIKE and _numbered(mine) == _numbered(its)


def _numbered(words: set[str]) -> set[str]:
    return {word for word in words if any(sign.isdigit() for sign in word)}


def peer_numbers(text: str) -> tuple[str, ...]:
    """What may be numbers of the customer's own ticket system in a subject or an answer ("INC0012345", "NET-123",
    "4500012"), in capitals, the first few. A year, a time or a date is none."""
    found = (match[0].upper() for match in _NUMBER.finditer(text[:1000]))
    return tuple(dict.fromkeys(one for one in found if _is_number(one)))[:_NUMBERS]


def _is_number(text: str) -> bool:
    letters = sum(sign.isalpha() for sign in text)
    if not 4 <= len(text) <= _NUMBER_CHARACTERS:
        return False
    return letters >= 2 if letters else text.isdigit() and len(text) >= 5
