"""What the messages of a ticket's thread are about: facts for their templates."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from acuse.enclosures import enclosed
from acuse.letters import AGENT_PURPOSE
from acuse.messages import answered, missing_lines, phones, text_of, what_it_is_about
from acuse.occasion import Occasion
from responders.files import file_name
from responders.thread_facts import (
    AnswerLine,
    CommandLine,
    FileLine,
    LinkLine,
    NoticeFacts,
    ReplyFacts,
    StillMissingFacts,
    TranscriptFacts,
)
from rules.decision import Response
from rules.follow_up import ENCRYPTED
from rules.notices import BY_CUSTOMER
from rules.policy import Echo
from rules.tokens import without_tokens
from rules.words import REPLY_ABOVE


def notice(about: Occasion, response: Response) -> NoticeFacts:
    """What an agent is told of an event of a ticket."""
    desk, ticket, reading = about.desk, about.ticket, about.reading
    language, of_customer = response.language, response.event in BY_CUSTOMER
    return NoticeFacts(
        desk_name=desk.name,
        reference=ticket.reference,
        subject=_again(about),
        event=response.event,
        kind=ticket.kind,
        at_local=about.arrived_at.astimezone(ZoneInfo(desk.zone)),
        actor_address=reading.sender.address if reading.sender else "",
        actor_name=reading.sender.name if reading.sender else "",
        about=what_it_is_about(desk, ticket.answers),
        customer_name=text_of(ticket.answers, desk.customer_key),
        customer_reference=text_of(ticket.answers, desk.customer_reference_key),
        priority=ticket.standing.priority,
        state=ticket.standing.state,
        assignee=ticket.assignee,
        text=response.text,
        answers=_told(about, language) if of_customer else (),
        missing=missing_lines(desk, ticket.answers, ticket.kind, language) if of_customer else (),
        files=_files(about, response),
        remarks=(*reading.notes, *response.remarks, *_remarks(about, response)),
        links=tuple(LinkLine(one.kind, one.reference) for one in about.links),
        reply_above=_reply_above(language),
        quotes=of_customer,
    )


def _told(about: Occasion, language: str) -> tuple[AnswerLine, ...]:
    """The answers that a customer's mail brought, beside others that they had given before."""
    told, before = about.reading.answers, about.before
    return tuple(
        AnswerLine(
            question.labels[language],
            told[key].text,
            before[key].text if key in before and before[key].text != told[key].text else "",
        )
        for question in about.desk.questions
        if (key := question.key) in told
    )


def _remarks(about: Occasion, response: Response) -> Iterator[str]:
    """What else an agent should know of a customer's mail."""
    if about.reading.unreadable:
        yield "unreadable"
    acknowledgement = about.ticket.standing.acknowledgement
    if response.event == "opened" and acknowledgement in ("withheld", "deferred"):
        yield f"acknowledgement_{acknowledgement}"


def reply(about: Occasion, response: Response) -> ReplyFacts:
    """What an agent wrote to the customer."""
    # An agent may have pasted what a notice's header says: whoever has that could write as an agent.
    text = without_tokens(response.text, AGENT_PURPOSE)
    return ReplyFacts(
        about.desk.name, about.ticket.reference, _again(about), response.event, text, _files(about, response)
    )


def still_missing(about: Occasion, response: Response) -> StillMissingFacts:
    """What a customer's reply brought, and what is still to answer."""
    desk, ticket, language = about.desk, about.ticket, response.language
    echoed = about.reading.answers if desk.echo is Echo.ALL else {}
    return StillMissingFacts(
        desk.name,
        ticket.reference,
        _again(about),
        missing_lines(desk, ticket.answers, ticket.kind, language),
        about.reading.sender.name if about.reading.sender and desk.echo is Echo.ALL else "",
        answered(desk, echoed, language),
        phones(desk, language),
        encrypted=response.event == ENCRYPTED,
    )


def transcript(about: Occasion, response: Response) -> TranscriptFacts:
    """What became of an agent's commands."""
    ticket = about.ticket
    return TranscriptFacts(
        desk_name=about.desk.name,
        reference=ticket.reference,
        subject=_again(about),
        lines=tuple(CommandLine(one.command, one.done, one.what, one.value) for one in response.transcript),
        sent_to=response.event,
        text=response.text,
        state=ticket.standing.state,
        priority=ticket.standing.priority,
        assignee=ticket.assignee,
        reply_above=_reply_above(response.language),
    )


def _reply_above(language: str) -> str:
    return f"— {REPLY_ABOVE.get(language, REPLY_ABOVE['en'])} —"


def _again(about: Occasion) -> str:
    """The subject of a thread's later mails: mail programs make one thread of what differs in "Re:" alone."""
    return about.ticket.subject if about.opening else f"Re: {about.ticket.subject}"


def _files(about: Occasion, response: Response) -> tuple[FileLine, ...]:
    return tuple(
        FileLine(file_name(one.filename, one.content_type, number), one.size, goes_along=file is not None)
        for number, (one, file) in enumerate(enclosed(response, about.files), 1)
    )
