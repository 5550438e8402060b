"""A desk that nobody programmed: an invented questionnaire, in English, by its file alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from acuse.desk_files import load_desk_files
from intake.parse import parse
from intake.reading import read
from rules.model import Envelope, Kind, Reading
from rules.policy import Desk
from rules.questionnaire import missing
from tests.readings import NOW, read_text, texts

CRANES = """
name = "Quayside Crane Service"
addresses = ["cranes@quayside.example"]
languages = ["en"]
zone = "Europe/Dublin"
country = "IE"
identifies = ["crane", "fault"]
about = ["crane"]

[[kinds]]
kind = "incident"
reference = "CRN-{seq:05}"
who_may_open = "anyone"

[conditions.it_stands_still]
question = "stopped"
is = true

[[questions]]
key = "crane"
type = "text"
required = true
label.en = "Which crane"
synonyms.en = ["Crane", "Crane number"]
takes = "place"
cues.en = ["crane", "gantry"]

[[questions]]
key = "fault"
type = "text"
required = true
label.en = "What is wrong with it (noise, leak, no movement ...)"
synonyms.en = ["Fault", "What is wrong"]
takes = "sentence"
cues.en = ["does not lift", "will not lift", "is leaking", "leaks", "grinding", "jammed", "stuck"]

[[questions]]
key = "system"
type = "choice"
required = true
label.en = "Part of the crane (hoist, trolley, power)"
synonyms.en = ["Part of crane"]
choices.hoist.en = ["hoist", "lifting gear", "winch"]
choices.trolley.en = ["trolley", "travelling gear"]
choices.power.en = ["power supply", "electrics"]

[[questions]]
key = "stopped"
type = "yes_no"
required = true
label.en = "Is the crane out of use?"
cues.en = ["out of use", "taken out of service"]
no_cues.en = ["still working", "still in use"]

[[questions]]
key = "ship_waiting"
type = "yes_no"
required = true
asked_if = "it_stands_still"
label.en = "Is a ship waiting for it?"
cues.en = ["ship is waiting", "ship waiting", "vessel is waiting", "ships are waiting"]

[[questions]]
key = "since"
type = "datetime"
required = true
label.en = "Since when"
cues.en = ["since"]

[[questions]]
key = "foreman"
type = "contacts"
required = true
label.en = "Foreman on the quay (name and phone)"
synonyms.en = ["Foreman"]
cues.en = ["foreman", "ask for"]
"""


@pytest.fixture(scope="module")
def cranes(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("desks")
    (folder / "quayside-cranes.toml").write_text(CRANES, encoding="utf-8")
    found = load_desk_files([folder])
    assert found.problems == ()
    return found.desks["quayside-cranes"]


def values(reading: Reading) -> dict[str, object]:
    return {key: answer.value for key, answer in reading.answers.items()}


FOREMAN = [{"name": "Niamh Doyle", "email": None, "phone": "+35315550142"}]
FORM = """Hello,

Which crane: Gantry 4, north quay
What is wrong with it: the brake grinds when it
comes down
Part of the crane (hoist, trolley, power): [x] hoist [ ] trolley [ ] power
Is the crane out of use?  Yes, since the night shift
Is a ship waiting for it? -
Since when: 6/11 at 3.40 pm
Foreman: Niamh Doyle, 01 555 0142

Regards,
Liam
"""


def test_its_form_is_read(cranes: Desk) -> None:
    reading = read_text(FORM, cranes)
    assert texts(reading) == {
        "crane": "Gantry 4, north quay",
        "fault": "the brake grinds when it comes down",
        "system": "[x] hoist [ ] trolley [ ] power",
        "stopped": "Yes, since the night shift",
        "since": "6/11 at 3.40 pm",
        "foreman": "Niamh Doyle, 01 555 0142",
    }
    found = values(reading)
    assert (found["system"], found["stopped"], found["foreman"]) == ("hoist", True, FOREMAN)
    assert found["since"] == "2026-11-06T15:40:00+00:00"
    assert missing(cranes.questions, reading.answers, Kind.INCIDENT) == ("ship_waiting",)


def test_its_table_is_read(cranes: Desk) -> None:
    rows = (
        ("Crane", "Gantry 4"),
        ("Fault", "Oil leak"),
        ("Part of crane", "winch"),
        ("Is the crane out of use?", "no"),
    )
    html = "".join(f"<tr><td><b>{label}</b></td><td>{answer}</td></tr>" for label, answer in rows)
    reading = read_text(f"<p>Hello</p><table>{html}</table>", cranes, html=True)
    assert texts(reading) == {"crane": "Gantry 4", "fault": "Oil leak", "system": "winch", "stopped": "no"}
    assert values(reading) | {"crane": 1, "fault": 1} == {"crane": 1, "fault": 1, "system": "hoist", "stopped": False}
    assert missing(cranes.questions, reading.answers, Kind.INCIDENT) == ("since", "foreman")


PROSE = """Good morning,

Gantry 7 will not lift anything heavier than ten tonnes, and the hoist makes a grinding noise. It is out of use since
6 November at 07:15. No ship is waiting at the moment. When you come, ask for Niamh Doyle on +353 1 555 0142.

Thanks,
Liam Byrne
Quay office
"""


def test_its_prose_is_read(cranes: Desk) -> None:
    reading = read_text(PROSE, cranes, subject="Crane trouble")
    found = values(reading)
    assert found["system"] == "hoist"
    assert found["stopped"] is True
    assert found["ship_waiting"] is False
    assert found["since"] == "2026-11-06T07:15:00+00:00"
    assert found["foreman"] == FOREMAN
    assert "Gantry 7" in texts(reading)["crane"]
    assert texts(reading)["fault"].startswith("Gantry 7 will not lift anything heavier than ten tonnes")
    assert missing(cranes.questions, reading.answers, Kind.INCIDENT) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Is Gantry 7 out of use? Please tell me whether a ship is waiting.",
        "If the hoist is stuck again we will take the train.",
        "Could you send me your price list?",
    ],
)
def test_what_its_prose_does_not_say_is_missing(cranes: Desk, text: str) -> None:
    reading = read_text(text, cranes)
    assert {"stopped", "ship_waiting", "fault", "since", "foreman"}.isdisjoint(reading.answers)


def test_through_the_whole_reader(cranes: Desk) -> None:
    raw = (
        b"From: Liam Byrne <liam@quay.example>\r\nTo: cranes@quayside.example\r\nSubject: Gantry 4\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + FORM.encode()
    )
    reading = read(parse(raw), cranes, Envelope("liam@quay.example", cranes.addresses), NOW)
    assert (reading.language, reading.kind) == ("en", Kind.INCIDENT)
    assert len(reading.answers) == 6


def test_nothing_in_python_knows_a_desk_or_a_question() -> None:
    root = Path(__file__).parent.parent
    desks = load_desk_files([]).desks
    # Words that are also plain words of mail or of ITIL are no sign.
    plain = {"problem", "priority", "contact", "details", "impact", "phone", "application", "customer_reference"}
    names = {*desks, *(q.key for desk in desks.values() for q in desk.questions)} - plain
    for path in sorted(one for folder in ("intake", "rules") for one in (root / folder).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        quoted = {name for name in names if f'"{name}"' in text}
        assert not quoted, f"{path.name} names {sorted(quoted)}"
