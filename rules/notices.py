"""Which agents hear of what happened in a ticket."""

from __future__ import annotations

from collections.abc import Iterable

from rules.decision import Response
from rules.model import Attachment, Mailbox
from rules.policy import Desk


def notices(
    desk: Desk,
    event: str,
    *,
    assignee: str = "",
    actor: str = "",
    text: str = "",
    attachments: Iterable[Attachment] = (),
) -> tuple[Response, ...]:
    """A notice to the agent to whom the ticket is assigned, else to every agent of the desk; never to the `actor`."""
    agents = [assignee] if assignee else desk.agents
    return tuple(
        Response("notice", Mailbox(agent), desk.default_language, event, text, tuple(attachments))
        for agent in dict.fromkeys(agents)
        if agent.lower() != actor.lower()
    )
