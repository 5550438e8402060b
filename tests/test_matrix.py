"""One form, sent by every mail program in every habit and encoding, is one and the same reading."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.policy import Desk
from tests.readings import DESKS, LATAM
from tests.rendering import Habit, Items, Letter, Program, assert_read
from tests.rendering_answers import LANGUAGES, WORDINGS, fixed, forms, worded
from tests.rendering_habits import HABITS
from tests.rendering_programs import HTML_PROGRAMS, PROGRAMS
from tests.rendering_replies import REPLIES, Reply
from tests.rendering_transport import CHARSETS, ENCODINGS, sent

LETTER = Letter()
WAYS = [(program, habit) for program in PROGRAMS for habit in HABITS if program in HTML_PROGRAMS or not habit.html]
BY_NAME = {habit.name: habit for habit in HABITS}


def assert_same(
    desk: Desk,
    items: Items,
    program: Program,
    habit: Habit,
    charset: str = "utf-8",
    encoding: str = "8bit",
    *,
    crlf: bool = True,
) -> None:
    """The form, laid out and sent this way, is read as it was written."""
    prepared = habit.prepare(items)
    texts = program(LETTER, habit.lay(prepared))
    assert_read(sent(LETTER, texts, charset=charset, encoding=encoding, crlf=crlf), desk, prepared)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_every_program_in_every_habit(program: Program) -> None:
    items = fixed(LATAM)
    for used, habit in WAYS:
        if used is program:
            assert_same(LATAM, items, program, habit)


@pytest.mark.parametrize("name", DESKS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_desk_and_language(name: str, language: str) -> None:
    items = fixed(DESKS[name], language)
    for program, habit in WAYS[:: len(HABITS) // 2 - 1]:
        assert_same(DESKS[name], items, program, habit)


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_character_set_and_encoding(charset: str, encoding: str) -> None:
    items = fixed(LATAM, "pt")
    for program, habit in WAYS[::29]:
        for crlf in (True, False):
            assert_same(LATAM, items, program, habit, charset, encoding, crlf=crlf)


@pytest.mark.parametrize("wording", WORDINGS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_wording_of_the_labels(wording: str, language: str) -> None:
    for desk in DESKS.values():
        plain = zip(fixed(desk, language), desk.questions, strict=True)
        items = [replace(item, label=worded(desk, question, language, wording)) for item, question in plain]
        for program, habit in WAYS[::41]:
            assert_same(desk, items, program, habit)


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: reply.__name__)
def test_forms_inside_another_mail(reply: Reply) -> None:
    for desk in DESKS.values():
        for language in LANGUAGES:
            items = fixed(desk, language)
            envelope, texts = reply(items)
            raw = sent(Letter(subject=envelope.subject), texts, fields=envelope.fields)
            assert_read(raw, desk, items)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_form_in_any_way(data: st.DataObject) -> None:
    desk = DESKS[data.draw(st.sampled_from(sorted(DESKS)))]
    program, habit = data.draw(st.sampled_from(WAYS))
    charset, encoding = data.draw(st.sampled_from(sorted(CHARSETS))), data.draw(st.sampled_from(ENCODINGS))
    assert_same(desk, data.draw(forms(desk)), program, habit, charset, encoding, crlf=data.draw(st.booleans()))


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_form_inside_another_mail(data: st.DataObject) -> None:
    desk = DESKS[data.draw(st.sampled_from(sorted(DESKS)))]
    items = data.draw(forms(desk))
    envelope, texts = data.draw(st.sampled_from(REPLIES))(items)
    assert_read(sent(Letter(subject=envelope.subject), texts, fields=envelope.fields), desk, items)


def test_what_is_left_out_is_seen() -> None:
    """The matrix can fail: an answer that the mail does not hold."""
    items = fixed(LATAM)
    texts = PROGRAMS[0](LETTER, BY_NAME["same line"].lay(items[1:]))
    with pytest.raises(AssertionError, match="customer_name"):
        assert_read(sent(LETTER, texts), LATAM, items)
