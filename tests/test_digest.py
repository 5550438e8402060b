"""An agent gets no more mails than the limit; what happens beyond it is told in digests."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.colleagues import EVA, LUZ, ROOM, answer
from tests.conftest import StillClock
from tests.office import ANA, OPERATOR, Office, mail, office, text

MOST = 4
CALM = {"address_per_10_minutes": 1000, "address_per_day": 1000}


@pytest.fixture
def desk(tmp_path: Path, database_url: str, clock: StillClock) -> Iterator[Office]:
    with office(tmp_path, database_url, clock, desks=(ROOM,), limits=CALM | {"agent_per_10_minutes": MOST}) as opened:
        yield opened


def sent(desk: Office, purpose: str, agent: str = EVA) -> list[str]:
    return [text(message) for _, to, message in desk.queued(purpose) if to == agent]


def storm(desk: Office, first: int, last: int) -> list[str]:
    """Mails that open tickets; their references."""
    before = len(desk.tickets())
    for number in range(first, last):
        desk.take(mail(f"caso {number}", message_id=f"<c{number}@cliente.example>"))
        desk.clock.forward(seconds=5)
    return [one["reference"] for one in desk.tickets()[before:]]


def test_beyond_the_limit_a_digest_tells_what_happened(desk: Office) -> None:  # I8
    references = storm(desk, 0, 10)
    assert len(sent(desk, "notice")) == len(sent(desk, "notice", LUZ)) == MOST
    assert len(desk.queued("acknowledgement")) == 10  # customers notice nothing of it
    assert sorted(desk.alarms()) == [f"notices:red:{EVA}", f"notices:red:{LUZ}"]
    assert [to for _, to, _ in desk.queued("alarm")] == [OPERATOR] * 2
    desk.tick()
    assert sent(desk, "digest") == []
    desk.clock.forward(minutes=5)
    desk.tick()
    (digest,) = sent(desk, "digest")
    assert len(sent(desk, "digest", LUZ)) == 1
    # Each ticket that no notice told of stands in it.
    assert [one for one in references[MOST:] if one not in digest] == []
    assert "caso abierto" in digest
    desk.clock.forward(minutes=20)
    desk.tick()
    assert len(sent(desk, "digest")) == 1
    # Later notices leave one by one again.
    storm(desk, 10, 11)
    assert len(sent(desk, "notice")) == MOST + 1


def test_while_a_digest_is_waited_for_no_notice_overtakes_it(desk: Office) -> None:
    storm(desk, 0, MOST)
    desk.clock.forward(minutes=9)
    (late,) = storm(desk, MOST, MOST + 1)
    desk.clock.forward(minutes=2)  # the window is empty now, but the digest has not left
    (later,) = storm(desk, MOST + 1, MOST + 2)
    assert len(sent(desk, "notice")) == MOST
    desk.clock.forward(minutes=5)
    desk.tick()
    (digest,) = sent(desk, "digest")
    assert late in digest
    assert later in digest


def test_a_digest_is_about_what_concerns_its_reader(desk: Office) -> None:
    storm(desk, 0, 2)
    notice = next(message for _, to, message in desk.queued("notice") if to == LUZ)
    mine = desk.tickets()[0]["reference"]
    desk.take(answer(notice, "#assign me", sender=LUZ), sender=LUZ)
    desk.clock.forward(minutes=2)
    references = storm(desk, 2, 8)
    desk.take(mail("Re: caso", "¿Hay noticias?", In_Reply_To="<c0@cliente.example>"))
    held = mail("Re: caso", "Soy otra.", sender="eve@otra.example", In_Reply_To=str(notice["Message-ID"]))
    assert desk.take(held, sender="eve@otra.example")["disposition"] == "held"
    desk.clock.forward(minutes=5)
    desk.tick()
    hers, others = sent(desk, "digest", LUZ)[0], sent(desk, "digest")[0]
    assert references[-1] in hers
    assert references[-1] in others
    assert f"{mine}" in hers
    assert "respuesta del cliente" in hers
    assert "correo de otra persona" in hers
    assert mine not in others


def test_a_program_that_answers_every_transcript_is_heard_no_more(desk: Office) -> None:  # I8
    storm(desk, 0, 1)
    ours = next(message for _, to, message in desk.queued("notice") if to == EVA)
    for _ in range(3 * MOST):
        desk.take(answer(ours, "#foo"), sender=EVA)
        if transcripts := [message for _, to, message in desk.queued("transcript") if to == EVA]:
            ours = transcripts[-1]
    assert len(sent(desk, "notice")) + len(sent(desk, "transcript")) == MOST
    desk.clock.forward(minutes=6)
    desk.tick()
    assert sent(desk, "digest") == []  # nothing was to be told
    assert f"notices:red:{EVA}" in desk.alarms()


def test_mails_decided_at_one_moment_never_exceed_the_limit(desk: Office) -> None:  # I8
    for number in range(12):
        desk.put(mail(f"caso {number}", message_id=f"<c{number}@cliente.example>"))
    works = desk.claim()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(desk.pipeline.handle, works))
    assert {one["state"] for one in desk.works()} == {"done"}
    assert len(sent(desk, "notice")) == MOST
    desk.clock.forward(minutes=6)
    desk.tick()
    told = "".join([*sent(desk, "notice"), *sent(desk, "digest")])
    assert [one["reference"] for one in desk.tickets() if one["reference"] not in told] == []


def test_who_is_no_agent_any_more_gets_no_digest(tmp_path: Path, clock: StillClock) -> None:
    url, limits = f"sqlite:///{tmp_path}/acuse.db", CALM | {"agent_per_10_minutes": 1}
    with office(tmp_path, url, clock, desks=(ROOM,), limits=limits) as desk:
        storm(desk, 0, 3)
    with office(tmp_path, url, clock, desks=(replace(ROOM, agents=(LUZ,)),), limits=limits) as desk:
        clock.forward(minutes=6)
        desk.tick()
        assert [to for _, to, _ in desk.queued("digest")] == [LUZ]
        assert all(to != ANA for _, to, _ in desk.queued("digest"))


def test_a_digest_names_the_address_by_which_to_act(tmp_path: Path, clock: StillClock) -> None:
    url, limits = f"sqlite:///{tmp_path}/acuse.db", CALM | {"agent_per_10_minutes": 1}
    with office(tmp_path, url, clock, desks=(replace(ROOM, plus_addresses=True),), limits=limits) as desk:
        _, never_told = storm(desk, 0, 2)
        clock.forward(minutes=6)
        desk.tick()
        (digest,) = sent(desk, "digest")
        assert never_told in digest
        address = next(word for word in digest[digest.index(never_told) :].split() if "+" in word)
        raw = mail("Caso", "#resolve\nListo.", sender=EVA, to=address, message_id="<d@desk.example>")
        assert desk.take(raw, address, sender=EVA)["disposition"] == "update"
        assert {one["reference"]: one["state"] for one in desk.tickets()}[never_told] == "resolved"
