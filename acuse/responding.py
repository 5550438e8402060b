"""From the responses of a decision to messages: what each is about, its texts, and its place in the thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from acuse import messages, thread_messages
from acuse.enclosures import enclosed
from acuse.letters import MANNERS, Audience, Letter, finish
from acuse.occasion import Occasion, TicketView
from acuse.runtime import Runtime
from responders.clean import THREAD_CHARACTERS, clean_header
from responders.facts import Facts
from responders.templates import Rendered, Templates
from responders.thread_facts import ThreadFacts
from rules.decision import Decision, Response
from rules.lifecycle import Happened, Standing, after
from rules.model import Disposition, Reading
from rules.policy import Desk
from storage.outbox import NewMessage


def occasion(
    templates: Templates,
    desk: Desk,
    reading: Reading,
    decision: Decision,
    *,
    arrived_at: datetime,
    opened: tuple[int, str],
    files: Mapping[str, bytes] = MappingProxyType({}),
) -> tuple[Occasion, Rendered | None]:
    """The occasion of a decision, and for a ticket that is opened (`opened`: its id and reference) the texts of its
    acknowledgement, whose subject is the thread's. `files`: see `Occasion`."""
    standing = Standing() if decision.candidate is None else decision.candidate.standing
    assignee = "" if decision.candidate is None else decision.candidate.assignee
    for change in decision.changes:
        standing = after(standing, Happened(change.name, change.value))
        assignee = change.person if change.name == "assigned" else assignee
    found = decision.candidate
    if found is not None:
        # A held mail is not proven to belong to the ticket.
        merged = decision.keeps_answers and decision.disposition is Disposition.UPDATE
        answers = {**found.answers, **reading.answers} if merged else found.answers
        view = TicketView(
            found.ticket_id,
            found.reference,
            found.kind,
            found.language,
            found.subject or f"[{found.reference}]",
            found.requester,
            answers,
            standing,
            assignee,
            found.thread,
        )
        return Occasion(desk, reading, view, arrived_at, opening=False, before=found.answers, files=files), None
    ticket_id, reference = opened
    assert decision.kind
    facts = messages.acknowledgement(
        desk, reading, kind=decision.kind, reference=reference, language=decision.language, arrived_at=arrived_at
    )
    rendered = templates.render("acknowledgement", desk.id, decision.language, facts)
    rendered = replace(rendered, subject=clean_header(rendered.subject, THREAD_CHARACTERS))
    view = TicketView(
        ticket_id,
        reference,
        decision.kind,
        decision.language,
        rendered.subject,
        reading.sender,
        reading.answers,
        standing,
        assignee,
        (),
    )
    return Occasion(desk, reading, view, arrived_at, opening=True, links=decision.links, files=files), rendered


def texts(templates: Templates, about: Occasion, response: Response, acknowledgement: Rendered | None) -> Rendered:
    """The texts of a response; those of the acknowledgement are there already."""
    if response.template == "acknowledgement" and acknowledgement:
        return acknowledgement
    return templates.render(response.template, about.desk.id, response.language, _facts(about, response))


def write(
    runtime: Runtime, about: Occasion, response: Response, rendered: Rendered, *, serial: int, now: datetime
) -> NewMessage:
    """The finished message of a response."""
    in_reply_to, references = _place(about, response)
    files = tuple(file for _, file in enclosed(response, about.files) if file)
    letter = Letter(
        response.template, about.desk, response.to, rendered, about.ticket.id, serial, in_reply_to, references, files
    )
    return finish(runtime, letter, now)


def _place(about: Occasion, response: Response) -> tuple[str, tuple[str, ...]]:
    """What a message replies to, and the References above it.

    A customer sees one thread: their own mails and ours to them. No id of an agent's mail, nor of a notice, ever gets
    there: with it a customer could write as an agent.
    """
    if MANNERS[response.template].audience is not Audience.CUSTOMER:
        # A transcript stands below the mail that it is about; a notice below the ancestor of all notices.
        return (about.reading.message_id, ()) if response.template == "transcript" else ("", ())
    if about.opening:
        return about.reading.message_id, about.reading.references
    if MANNERS[response.template].purpose == "ask":
        return about.reading.message_id, about.ticket.thread
    return (about.ticket.thread[-1] if about.ticket.thread else ""), about.ticket.thread


def _facts(about: Occasion, response: Response) -> Facts | ThreadFacts:
    match response.template:
        case "notice":
            return thread_messages.notice(about, response)
        case "reply":
            return thread_messages.reply(about, response)
        case "still_missing":
            return thread_messages.still_missing(about, response)
        case "transcript":
            return thread_messages.transcript(about, response)
    raise ValueError(f"no such message: {response.template}")
