"""Desk files: the built-in desks, a desk of one's own, and every mistake named with its cure."""

import hashlib
import pickle
import re
from datetime import timedelta

import pytest

from acuse.desk_files import BUILT_IN, load_desk_files
from rules.model import Kind
from rules.policy import All, Answered, AnyOf, HasAny, Is, Not, QuestionType, WhoMayOpen

LIBRARY = """
name = "City Library Desk"
addresses = ["Help@Library.example", "catalogue@library.example"]
languages = ["en"]
zone = "Europe/Dublin"
country = "IE"
promise_minutes = 60
identifies = ["branch"]
about = ["branch", "last_seen"]
priority_cues.en = ["urgency"]

[priorities]
now.en = ["now", "today"]
later.en = ["later"]

[[kinds]]
kind = "question"
reference = "LIB-{seq:05}"
who_may_open = "anyone"
cues.en = ["I wonder"]

[[kinds]]
kind = "incident"
reference = "LIB-{seq:05}"
who_may_open = "known_domains"

[conditions.gone]
all = [
    { question = "lost", is = true },
    { question = "branch", answered = true },
    { not = { question = "branch", has_any = ["bus", "van"] } },
    { any = [{ question = "urgency", is = "now" }, { question = "urgency", is = "later" }] },
]

[conditions.dated]
question = "last_seen"
answered = true

[[questions]]
key = "branch"
type = "text"
required = true
label.en = "Branch"
synonyms.en = ["Which branch"]

[[questions]]
key = "lost"
type = "yes_no"
required = true
label.en = "Is the book lost?"

[[questions]]
key = "urgency"
type = "choice"
choices_are_priorities = true
required = false
label.en = "How soon (now, later)"

[[questions]]
key = "last_seen"
type = "datetime"
required = true
asked_if = "gone"
kinds = ["incident"]
label.en = "Last seen on"

[[phones]]
number = "+353 1 000 0000"
label.en = "Front desk"

[texts.en]
hours = "We answer on weekdays."
"""


@pytest.fixture
def library(tmp_path):
    """Writes the library's file, changed by pairs of (old, new) text, and loads all desks."""

    def load(*changes, name="library.toml"):
        text = LIBRARY
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / name).write_text(text, encoding="utf-8")
        return load_desk_files([tmp_path])

    return load


def the_problem(files, key):
    """The cure of the one problem, which must stand at `key`."""
    assert [problem.key for problem in files.problems] == [key], [str(problem) for problem in files.problems]
    assert files.problems[0].file.endswith("library.toml")
    return files.problems[0].cure


def test_the_built_in_desks_have_no_problem():
    files = load_desk_files([])
    assert files.problems == ()
    assert set(files.desks) == {path.stem for path in BUILT_IN.glob("*.toml")}
    assert len(files.desks) == 6
    for desk_id, desk in files.desks.items():
        assert desk.id == desk_id
        assert desk.digest == hashlib.sha256((BUILT_IN / f"{desk_id}.toml").read_bytes()).hexdigest()
        for question in desk.questions:
            assert set(question.labels) == {"es", "pt", "en"}


def test_desks_can_be_handed_to_another_process():
    desks = load_desk_files([]).desks
    assert pickle.loads(pickle.dumps(desks)) == desks


def test_latam_promises_a_number_within_15_minutes_and_carries_its_phones():
    desk = load_desk_files([]).desks["bt-latam"]
    assert desk.promise == timedelta(minutes=15)
    assert desk.addresses == ("mo.bud@bt.com",)
    assert desk.default_language == "es"
    assert desk.portal.startswith("https://")
    assert desk.channels == ()
    assert desk.phones
    for language in desk.languages:
        assert all(phone.labels[language] for phone in desk.phones)
        assert desk.texts[language]["escalation"]
    assert [desk.question(key).type for key in ("service_type", "source_ip")] == [QuestionType.CHOICE, QuestionType.IPS]
    assert set(desk.question("service_type").choices) == {"satellite", "internet", "mpls", "voice", "other"}


def test_the_event_desk_asks_an_incident_other_questions_than_an_event():
    desk = load_desk_files([]).desks["bt-virtual-event"]
    assert desk.question("event_reference").kinds == (Kind.INCIDENT,)
    assert desk.question("event_title").kinds == (Kind.EVENT_REQUEST,)
    assert desk.kind_policy(Kind.EVENT_REQUEST).who_may_open is WhoMayOpen.AUTHORIZED
    assert desk.kind_policy(Kind.INCIDENT).pattern == "EVI-{year}-{seq:06}"


def test_a_seventh_desk_needs_no_more_than_its_file(library):
    files = library()
    assert files.problems == ()
    assert len(files.desks) == 7
    desk = files.desks["library"]
    assert desk.addresses == ("Help@library.example", "catalogue@library.example")
    assert desk.promise == timedelta(hours=1)
    assert desk.kinds[0].kind is Kind.QUESTION
    assert desk.kinds[0].cues == {"en": ("I wonder",)}
    assert (
        desk.question("urgency").choices
        == desk.priorities
        == {"now": {"en": ("now", "today")}, "later": {"en": ("later",)}}
    )
    last_seen = desk.question("last_seen")
    assert last_seen.kinds == (Kind.INCIDENT,)
    assert last_seen.condition == All(
        (
            Is("lost", True),
            Answered("branch"),
            Not(HasAny("branch", ("bus", "van"))),
            AnyOf((Is("urgency", "now"), Is("urgency", "later"))),
        )
    )
    assert desk.texts == {"en": {"hours": "We answer on weekdays."}}
    assert desk.about == ("branch", "last_seen")
    assert desk.portal == ""


def test_a_file_that_windows_saved_is_read(tmp_path):
    (tmp_path / "library.toml").write_bytes(b"\xef\xbb\xbf" + LIBRARY.replace("\n", "\r\n").encode())
    assert load_desk_files([tmp_path]).problems == ()


def test_an_earlier_folder_hides_later_ones_and_the_built_in_desks(tmp_path):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        text = (
            LIBRARY.replace("City Library Desk", name)
            .replace("LIB-", "NEO-")
            .replace("Help@Library", "servicedesk@neotel")
        )
        (tmp_path / name / "neotel.toml").write_text(text, encoding="utf-8")
    files = load_desk_files([tmp_path / "first", tmp_path / "second"])
    assert files.problems == ()
    assert files.desks["neotel"].name == "first"


@pytest.mark.parametrize(
    ("old", "new", "key", "cure"),
    [
        (
            'zone = "Europe/Dublin"',
            'zone = "Europe/Dubln"',
            "zone",
            '"Europe/Dubln" is no time zone; did you mean "Europe/Dublin"?',
        ),
        ('zone = "Europe/Dublin"', 'zome = "Europe/Dublin"\nzone = "UTC"', "zome", 'unknown key; did you mean "zone"?'),
        ('zone = "Europe/Dublin"', "", "zone", 'is required; write zone = "America/Bogota"'),
        ('zone = "Europe/Dublin"', 'zone = "GMT minus five"', "zone", "write a name of the IANA list"),
        ('country = "IE"', 'country = "Ireland"', "country", "two capital letters"),
        (
            'languages = ["en"]',
            'languages = ["en", "fr"]',
            "languages[2]",
            '"fr" is no language that acuse writes; write one of es, pt, en',
        ),
        (
            'languages = ["en"]',
            'languages = "en"',
            "languages",
            'must be a list in [square brackets], not the text "en"; write languages = [',
        ),
        ('languages = ["en"]', "languages = []", "languages", "must not be empty"),
        (
            "promise_minutes = 60",
            'promise_minutes = "60"',
            "promise_minutes",
            'must be a whole number, not the text "60"; write promise_minutes = 15',
        ),
        ("promise_minutes = 60", "promise_minutes = 0", "promise_minutes", "must be greater than 0, not the number 0"),
        ('name = "City Library Desk"', "name = 5", "name", 'must be text in quotes, not the number 5; write name = "'),
        (
            '"Help@Library.example"',
            '"Help at Library"',
            "addresses[1]",
            '"Help at Library" is no mail address; write it like',
        ),
        ('"Help@Library.example"', '"help+1@library.example"', "addresses[1]", 'without "+"'),
        ('kind = "question"', 'kind = "riddle"', "kinds[riddle].kind", 'must be "incident", "service_request"'),
        (
            'reference = "LIB-{seq:05}"',
            'reference = "LIB-{year}"',
            "kinds[question].reference",
            "and {seq} or {seq:06} at the end",
        ),
        (
            'reference = "LIB-{seq:05}"',
            'reference = "LIB-7{seq:05}"',
            "kinds[question].reference",
            "between its own digits",
        ),
        (
            'reference = "LIB-{seq:05}"',
            'reference = "L1B-{seq:05}"',
            "kinds[incident].reference",
            "write the same, or other letters",
        ),
        (
            'reference = "LIB-{seq:05}"',
            'reference = "INC-{year}-{seq}"',
            "kinds[question].reference",
            "look like those of bt-latam",
        ),
        ('kind = "question"', 'kind = "incident"', "kinds[incident].kind", 'the kind "incident" stands twice'),
        ("catalogue@library.example", "MO.BUD@bt.com", "addresses", '"MO.BUD@bt.com" is also an address of bt-latam'),
        (
            'identifies = ["branch"]',
            'identifies = ["brunch"]',
            "identifies",
            'no question has the key "brunch"; did you mean "branch"?',
        ),
        ('type = "text"', 'type = "txt"', "questions[branch].type", 'must be "text", "yes_no"'),
        ("required = true", 'required = "yes"', "questions[branch].required", "must be true or false, not the text"),
        ('label.en = "Branch"', 'label.es = "Sucursal"', "questions[branch].label", "add label.en"),
        (
            'label.en = "Branch"',
            'label.en = "Branch"\nlabel.fr = "Rue"',
            "questions[branch].label.fr",
            '"fr" is no language',
        ),
        (
            'label.en = "Branch"',
            'label.en = "Branch"\nlable.es = "x"',
            "questions[branch].lable",
            'unknown key; did you mean "label"?',
        ),
        ('label.en = "Front desk"', 'label.es = "Mesa"', "phones[1].label", "add label.en"),
        (
            '"Which branch"',
            '"Is the books lost"',
            "questions[lost]",
            '"Is the book lost?" cannot be told apart from "Is the books lost" of branch',
        ),
        ('about = ["branch", "last_seen"]', 'callback_key = "call"', "callback_key", 'no question has the key "call"'),
        ("hours = ", "Hours = ", "texts.en.Hours", "small letters"),
        (
            'type = "text"',
            'type = "text"\nchoices.a.en = ["a"]',
            "questions[branch].choices",
            "only a question of type",
        ),
        ("choices_are_priorities = true\n", "", "questions[urgency].choices", "a choice question needs its choices"),
        (
            'later.en = ["later"]',
            'later.en = ["later", "Today!"]',
            "priorities.later",
            'the word "today" also means now',
        ),
        ('asked_if = "gone', 'asked_if = "gonne', "questions[last_seen].asked_if", "did you mean"),
        (
            'kinds = ["incident"]',
            'kinds = ["complaint"]',
            "questions[last_seen].kinds",
            'the desk opens no "complaint"',
        ),
        (
            'question = "lost", is',
            'question = "lots", is',
            "conditions.gone.all[1].question",
            'did you mean "lost"?',
        ),
        (
            '"lost", is = true',
            '"lost", is = "yes"',
            "conditions.gone.all[1].is",
            "write true or false",
        ),
        (
            '"lost", is = true',
            '"lost", is = 1',
            "conditions.gone.all[1].is",
            "must be true, false, or one of",
        ),
        (
            '"urgency", is = "now"',
            '"urgency", is = "nows"',
            "conditions.gone.all[4].any[1].is",
            'urgency has no choice "nows"; did you mean "now"?',
        ),
        (
            '"branch", answered = true',
            '"branch", is = "x"',
            "conditions.gone.all[2].is",
            "use has_any or answered",
        ),
        (
            '"branch", answered = true',
            '"lost", is = false',
            "conditions.gone.all",
            "never holds: it wants two things of the answer to lost",
        ),
        (
            '"branch", answered = true',
            '"branch", has_any = ["Bus"]',
            "conditions.gone.all",
            "of the answer to branch",
        ),
        (
            '{ not = { question = "branch", has_any = ["bus", "van"] } }',
            '{ not = { any = [{ question = "branch", answered = true }, { question = "lost", is = false }] } }',
            "conditions.gone.all",
            "of the answer to branch",
        ),
        (
            '{ question = "urgency", is = "now" }, ',
            '{ all = [{ question = "urgency", is = "now" }, { not = { question = "urgency", answered = true } }] }, ',
            "conditions.gone.all[4].any[1].all",
            "of the answer to urgency",
        ),
        (
            'key = "lost"',
            'key = "lost"\nasked_if = "dated"',
            "questions[lost].asked_if",
            "waits for itself: lost looks at last_seen looks at lost",
        ),
        (
            '"branch", answered = true',
            '"last_seen", answered = true',
            "questions[last_seen].asked_if",
            "looks at this very question",
        ),
        (
            '"branch", answered = true',
            '"branch"',
            "conditions.gone.all[2]",
            "write one of is, has_any",
        ),
        (
            '"branch", answered = true',
            '"branch", answered = true, is = "x"',
            "conditions.gone.all[2]",
            "not is and answered",
        ),
        (
            'question = "branch", answered',
            "answered",
            "conditions.gone.all[2]",
            "needs the question it looks at",
        ),
        (
            "{ not = {",
            '{ question = "lost", not = {',
            "conditions.gone.all[3].question",
            "take this line out",
        ),
        (
            'has_any = ["bus", "van"]',
            "has_any = []",
            "conditions.gone.all[3].not.has_any",
            "must not be empty",
        ),
        ("[texts.en]", "[texts.fr]", "texts.fr", '"fr" is no language'),
        (
            "promise_minutes = 60",
            'channels = ["sms"]',
            "channels[1]",
            'must be "slack" or "whatsapp", not the text "sms"',
        ),
        (
            'type = "text"',
            'type = "text"\ntakes = "word"',
            "questions[branch].takes",
            'must be "firm",',
        ),
        ('type = "text"', 'type = "text"\ntakes = "firm"', "questions[branch].takes", "needs phrases to go by"),
        (
            'type = "yes_no"',
            'type = "yes_no"\ntakes = "code"',
            "questions[lost].takes",
            'only a question of type = "text"',
        ),
        (
            'type = "text"',
            'type = "text"\nno_cues.en = ["x"]',
            "questions[branch].no_cues",
            'of type = "yes_no" has them',
        ),
        (
            'type = "yes_no"',
            'type = "yes_no"\ncues.en = ["{power|light & {is on"]',
            "questions[lost].cues",
            'write sets as "{a|b}"',
        ),
        ("promise_minutes = 60", 'channels = ["slack"]\nmail_and_phone_only = true', "channels", "must be []"),
        ("promise_minutes = 60", 'portal = "our portal"', "portal", "is no link; write it like"),
    ],
)
def test_a_mistake_is_named_with_its_key_and_cure(library, old, new, key, cure):
    files = library((old, new))
    assert cure in the_problem(files, key)
    assert ("library" in files.desks) is ("of bt-latam" in cure)


@pytest.mark.parametrize(
    ("text", "key", "cure"),
    [
        (b'name = "x"\nzone UTC\n', "line 2, column 6", "is not valid TOML: Expected '='"),
        (b'name = "x"\nname = "y"\n', "line 2, column 11", "is not valid TOML: Cannot overwrite a value"),
        (b'name = "x"\ncountry = "Espa\xf1a"\n', "line 2", "is not UTF-8"),
        (b"promise_minutes = " + b"9" * 5000, "", "is not valid TOML"),
        (b"addresses = " + b"[" * 5000, "", "is not valid TOML"),
    ],
)
def test_a_file_that_is_no_toml_is_named_with_its_line(tmp_path, text, key, cure):
    (tmp_path / "library.toml").write_bytes(text)
    files = load_desk_files([tmp_path])
    assert the_problem(files, key).startswith(cure)
    assert len(files.desks) == 6


@pytest.mark.parametrize(
    "text",
    ["", "questions = 5\nkinds = {}", "questions = [1, {}]\nconditions = []\npriorities = 1", "[[questions]]\nkey = 1"],
)
def test_the_wildest_file_gives_problems_and_no_exception(tmp_path, text):
    (tmp_path / "library.toml").write_text(text, encoding="utf-8")
    files = load_desk_files([tmp_path])
    assert {"name", "addresses", "zone"} <= {problem.key for problem in files.problems}


def test_all_mistakes_of_all_files_come_at_once(tmp_path):
    changed = (
        LIBRARY.replace("Europe/Dublin", "Nowhere")
        .replace('asked_if = "gone', 'asked_if = "gonne')
        .replace('type = "text"', "type = 1")
    )
    (tmp_path / "library.toml").write_text(changed, encoding="utf-8")
    (tmp_path / "archive.toml").write_text(changed.replace("name =", "nam ="), encoding="utf-8")
    (tmp_path / "broken.toml").write_text("=", encoding="utf-8")
    (tmp_path / "Bad Name.toml").write_text(LIBRARY, encoding="utf-8")
    problems = load_desk_files([tmp_path, tmp_path / "absent"]).problems
    found = {(problem.file.rpartition("/")[2], problem.key) for problem in problems}
    same = {"zone", "questions[branch].type", "questions[last_seen].asked_if"}
    expected = {(file, key) for file in ("library.toml", "archive.toml") for key in same}
    expected |= {
        ("archive.toml", "nam"),
        ("archive.toml", "name"),
        ("broken.toml", "line 1, column 1"),
        ("Bad Name.toml", ""),
        ("absent", ""),
    }
    expected |= {("library.toml", key) for key in ("addresses", "kinds[question].reference")}
    assert found == expected


def test_every_problem_is_one_line_of_file_key_and_cure(library):
    files = library(('zone = "Europe/Dublin"', 'zone = "x"'))
    assert re.fullmatch(r".*library\.toml: zone: .+", str(files.problems[0]))
