"""Conditions, and what a desk still has to ask."""

import pytest

from acuse.desk_files import load_desk_files
from rules.model import Answer, Kind
from rules.policy import All, Answered, AnyOf, HasAny, Is, Not, Question, QuestionType
from rules.questionnaire import holds, missing
from rules.words import fold


def answer(text, value=None):
    return Answer(text, value, "part 1, line 1")


def question(key, *, required=True, condition=None, kinds=()):
    return Question(key, QuestionType.TEXT, required, {"en": key}, {}, condition=condition, kinds=kinds)


SLOW = HasAny("problem", ("lentitud", "pérdida de paquetes"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hay lentitud", True),
        ("LENTITUD total", True),
        ("perdida de  paquetes, 10 %", True),
        ("PÉRDIDA\nDE PAQUETES", True),
        ("pérdida de paquetess", False),
        ("lentitudes varias", False),
        ("paquetes de pérdida", False),
        ("", False),
    ],
)
def test_words_are_compared_without_case_and_accents_at_word_boundaries(text, found):
    assert holds(SLOW, {"problem": answer(text)}) is found


def test_a_composed_and_a_decomposed_accent_are_the_same_word():
    assert fold("¿Está  LLOVIENDO?") == fold("Esta\u0301 lloviendo") == "esta lloviendo"


def test_is_compares_the_normalised_value():
    assert holds(Is("backup", True), {"backup": answer("Sí, 4G", True)})
    assert not holds(Is("backup", True), {"backup": answer("true", None)})
    assert not holds(Is("backup", False), {})
    assert holds(Is("service", "voice"), {"service": answer("Telefonía", "voice")})


def test_answered_needs_an_answer_of_any_value():
    assert holds(Answered("backup"), {"backup": answer("no sé")})
    assert not holds(Answered("backup"), {})


def test_all_any_and_not():
    answers = {"a": answer("x", True)}
    yes, no = Is("a", True), Is("a", False)
    assert holds(All((yes, yes)), answers)
    assert not holds(All((yes, no)), answers)
    assert holds(AnyOf((no, yes)), answers)
    assert not holds(AnyOf((no, no)), answers)
    assert holds(Not(no), answers)
    assert not holds(Not(yes), answers)


def test_missing_comes_in_the_order_of_the_questionnaire():
    questions = [question("b"), question("a"), question("c", required=False), question("d")]
    assert missing(questions, {"d": answer("N/A")}, Kind.INCIDENT) == ("b", "a")


def test_a_question_whose_condition_does_not_hold_is_not_missing():
    questions = [question("problem"), question("source_ip", condition=SLOW)]
    assert missing(questions, {"problem": answer("sin servicio")}, Kind.INCIDENT) == ()
    assert missing(questions, {"problem": answer("lentitud")}, Kind.INCIDENT) == ("source_ip",)


def test_a_question_is_asked_only_for_its_kinds():
    questions = [
        question("details", kinds=(Kind.INCIDENT,)),
        question("title", kinds=(Kind.EVENT_REQUEST,)),
        question("who"),
    ]
    assert missing(questions, {}, Kind.INCIDENT) == ("details", "who")
    assert missing(questions, {}, Kind.EVENT_REQUEST) == ("title", "who")
    assert missing(questions, {}, Kind.QUESTION) == ("who",)


@pytest.fixture(scope="module")
def latam():
    return load_desk_files([]).desks["bt-latam"]


def asked(desk, **answers):
    return set(missing(desk.questions, answers, Kind.INCIDENT))


def test_latam_asks_whether_the_backup_works_only_where_there_is_one(latam):
    assert "backup_works" in asked(latam, has_backup=answer("Sí", True))
    assert "backup_works" not in asked(latam, has_backup=answer("No", False))
    assert "backup_works" not in asked(latam)


def test_latam_asks_for_rain_only_by_satellite(latam):
    assert "raining" in asked(latam, service_type=answer("VSAT", "satellite"))
    assert "raining" not in asked(latam, service_type=answer("MPLS", "mpls"))


@pytest.mark.parametrize("problem", ["Servicio lento", "Perda de pacotes", "we see PACKET LOSS", "mucha latencia"])
def test_latam_asks_for_addresses_on_slowness_and_loss(latam, problem):
    assert {"source_ip", "destination_ip"} <= asked(latam, problem=answer(problem))


@pytest.mark.parametrize("problem", ["Enlace no disponible", "Link down", "Intermitente"])
def test_latam_asks_for_no_addresses_otherwise(latam, problem):
    assert not {"source_ip", "destination_ip"} & asked(latam, problem=answer(problem))


VOICE = {"origin_number", "destination_number", "failed_call_times"}


def test_latam_asks_the_voice_questions_on_voice_trouble_only(latam):
    assert asked(latam, service_type=answer("Voz", "voice")) >= VOICE
    assert asked(latam, problem=answer("Las llamadas se cortan")) >= VOICE
    assert not asked(latam, service_type=answer("Internet", "internet"), problem=answer("sin servicio")) & VOICE


def test_latam_never_asks_for_the_customer_s_own_number(latam):
    assert "customer_reference" not in asked(latam)
