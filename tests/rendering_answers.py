"""What customers answer, by the type of the question, each with the value that an agent would give it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import strategies as st

from rules.model import AnswerValue
from rules.policy import Desk, Question, QuestionType
from rules.words import fold
from tests.rendering import Item

LANGUAGES = ("es", "pt", "en")

_TEXTS: tuple[str, ...] = (
    "Ferretería El Sol S.A. de C.V.",
    "Bodega 3 Norte, Av. Juárez 120-B, Col. Centro",
    "Enlace no disponible desde las 9:40, luz LOS en rojo",
    "Sin servicio: el CPE no responde a ping (10.20.30.1)\nlos demás equipos sí, http://10.20.30.9/estado",
    "Lunes a viernes de 8:00 a 18:00; sábados 9-13",
    'A&M <Laboratorios> "Quito"',
    "¿Será el módem? Ya pasó dos veces: ayer y hoy",
    "Não há sinal na ONU, luz PON piscando",
    "24x7",
    "INC0045521",
    "Agência São João – loja nº 12",
    "Cliente final avisado",
    "Sitio web: www.tienda.example no abre",
    "- sin ping\n- sin luz PON\n- router encendido",
    "Torre B, piso 4 – rack 2",
    "N/A",
    "4h",
    "Mon-Fri 07:00-19:00 (closed on holidays)",
    "Router reinicia solo; síntoma: pierde la hora",
)
_YES_NO: tuple[tuple[str, AnswerValue], ...] = (
    *(("Sí", True), ("si", True), ("NO", False), ("No.", False), ("Sim", True), ("Não", False), ("Yes", True)),
    *(
        ("Sí, pero solo el router", True),
        ("No, todavía no", False),
        ("N/A", None),
        ("no sé", None),
        ("No aplica", None),
    ),
)
_PEOPLE: tuple[tuple[str, AnswerValue], ...] = (
    (
        "Ana Ruiz, ana.ruiz@cliente.example, +52 55 5123 4567",
        [{"name": "Ana Ruiz", "email": "ana.ruiz@cliente.example", "phone": "+525551234567"}],
    ),
    (
        "José Peña / jp@cliente.example / +57 601 555 0142",
        [{"name": "José Peña", "email": "jp@cliente.example", "phone": "+576015550142"}],
    ),
    (
        "Ana Ruiz, ana@cliente.example, +51 1 612 3456\nLuis Díaz, luis@cliente.example, +51 1 612 3457",
        [
            {"name": "Ana Ruiz", "email": "ana@cliente.example", "phone": "+5116123456"},
            {"name": "Luis Díaz", "email": "luis@cliente.example", "phone": "+5116123457"},
        ],
    ),
    ("Marta Gil - +54 11 4321 5678", [{"name": "Marta Gil", "email": None, "phone": "+541143215678"}]),
    ("noc@cliente.example", [{"name": None, "email": "noc@cliente.example", "phone": None}]),
)
_IPS: tuple[tuple[str, AnswerValue], ...] = (
    ("10.1.2.3", ["10.1.2.3"]),
    ("10.1.2.3 y 10.1.2.4", ["10.1.2.3", "10.1.2.4"]),
    ("192.168.40.0/24", ["192.168.40.0/24"]),
    ("172.16.8.9 (servidor de nómina)", ["172.16.8.9"]),
)
_PHONES: tuple[tuple[str, AnswerValue], ...] = (
    ("+57 601 555 0142", ["+576015550142"]),
    ("+52 (55) 5123-4567", ["+525551234567"]),
    ("+55 11 3555-0190 e +55 11 3555-0191", ["+551135550190", "+551135550191"]),
)
_OFFSETS: Mapping[str, str] = {
    "America/Bogota": "-05:00",
    "Europe/London": "+00:00",
    "America/Mexico_City": "-06:00",
    "America/Caracas": "-04:00",
    "America/Argentina/Buenos_Aires": "-03:00",
}
_TIMES: tuple[tuple[str, str], ...] = (
    ("el 5/11 a las 14:30", "2026-11-05T14:30:00"),
    ("05/11/2026 14:30", "2026-11-05T14:30:00"),
    ("2026-11-05 08:15", "2026-11-05T08:15:00"),
    ("5 de noviembre de 2026, 9:05 hs", "2026-11-05T09:05:00"),
    ("5 Nov 2026 at 3:20 pm", "2026-11-05T15:20:00"),
)


def choices(desk: Desk, question: Question) -> list[tuple[str, AnswerValue]]:
    """Each of the question's words that means one choice alone."""
    return [
        (word, name)
        for name, spoken in (question.choices or {}).items()
        for words in spoken.values()
        for word in words
        if not word.isdigit()
    ]


def answers(desk: Desk, question: Question) -> list[tuple[str, AnswerValue]]:
    """Realistic answers to a question of the desk, with their values (None for free text)."""
    offset = _OFFSETS[desk.zone]
    match question.type:
        case QuestionType.TEXT:
            return [(text, None) for text in _TEXTS]
        case QuestionType.YES_NO:
            return list(_YES_NO)
        case QuestionType.CHOICE:
            return choices(desk, question)
        case QuestionType.CONTACTS:
            return list(_PEOPLE)
        case QuestionType.IPS:
            return list(_IPS)
        case QuestionType.PHONES:
            return list(_PHONES)
        case QuestionType.DATETIME:
            return [(text, moment + offset) for text, moment in _TIMES]
        case QuestionType.DATETIMES:
            return [(text, [moment + offset]) for text, moment in _TIMES]


def label(question: Question, language: str) -> str:
    return question.labels.get(language) or next(iter(question.labels.values()))


def fixed(desk: Desk, language: str = "es") -> list[Item]:
    """The whole questionnaire, every question answered but each fifth; the same at each call."""
    items = []
    for n, question in enumerate(desk.questions):
        known = answers(desk, question)
        text, value = ("", None) if n % 5 == 4 else known[(3 * n) % len(known)]
        items.append(Item(question.key, label(question, language), text, value))
    return items


def capitals(text: str) -> str:
    """As customers type labels in capitals: without accents."""
    return text.upper().translate(str.maketrans("ÁÉÍÓÚÂÊÔÃÕÇÀÜ", "AEIOUAEOAOCAU"))


def misspelt(text: str) -> str:
    """A letter left out of the longest word; labels too short to bear it stay."""
    word = max(text.split("(", maxsplit=1)[0].split(), key=len, default="")
    return text.replace(word, word[: len(word) // 2] + word[len(word) // 2 + 1 :], 1) if len(word) >= 9 else text


def without_hint(text: str) -> str:
    return text[: text.index(" (")] if text.endswith(")") and " (" in text else text


def shortened(question: Question, language: str, taken: Mapping[str, int]) -> str:
    """A synonym of the label that no other question of the desk has."""
    known = [word for word in question.synonyms.get(language, ()) if taken[fold(word)] == 1]
    return known[-1] if known else label(question, language)


WORDINGS = ("as asked", "without hint", "shortened", "capitals", "misspelt")


def spellings(desk: Desk) -> Mapping[str, int]:
    """How many questions of the desk each label or synonym, folded, belongs to."""
    count: dict[str, int] = {}
    for question in desk.questions:
        mine = {fold(one) for one in (*question.labels.values(), *(w for ws in question.synonyms.values() for w in ws))}
        for one in mine:
            count[one] = count.get(one, 0) + 1
    return count


def worded(desk: Desk, question: Question, language: str, wording: str) -> str:
    """The label as this customer writes it."""
    full = label(question, language)
    match wording:
        case "without hint":
            return without_hint(full)
        case "shortened":
            return shortened(question, language, spellings(desk))
        case "capitals":
            return capitals(full)
        case "misspelt":
            return misspelt(without_hint(full))
        case _:
            return full


@st.composite
def forms(draw: st.DrawFn, desk: Desk) -> list[Item]:
    """Some of the desk's questions, in order or not, in one language or mixed, most of them answered."""
    languages = draw(st.sampled_from([("es",), ("pt",), ("en",), LANGUAGES]))
    wording = draw(st.sampled_from(WORDINGS))
    least = min(4, len(desk.questions))
    chosen = draw(st.lists(st.sampled_from(desk.questions), min_size=least, max_size=12, unique_by=lambda q: q.key))
    if draw(st.booleans()):
        chosen = [question for question in desk.questions if question in chosen]
    items: list[Item] = []
    for question in chosen:
        text, value = draw(st.sampled_from(answers(desk, question)))
        words = worded(desk, question, draw(st.sampled_from(languages)), wording)
        items.append(Item(question.key, words, text, value))
    # Who sends a form answers some of it: at most one in three stays blank.
    for n in draw(st.lists(st.integers(0, len(items) - 1), max_size=len(items) // 3, unique=True)):
        items[n] = replace(items[n], answer="", value=None)
    return items
