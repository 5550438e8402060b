"""What a single line looks like: a name, a number, a sentence, a line of a signature."""

from __future__ import annotations

import re

from intake.text.lines import Line
from rules.words import fold

_CONTACT_WORDS = re.compile(
    r"^(?:tel|telf|fono|telefone?|telefono|cel|celular|movil|mobile|phone|email|e mail|correo|mail|web|fax|ext|mobil"
    r"|mob|handy|telefon|tlf|tfno|int|pbx"
    r"|whatsapp|direccion|endereco|address|skype|linkedin|office|oficina|direct|direto|directo|fixo|fijo|ramal|www"
    r"|https?"
    r"|conmutador|switchboard|central|m|t|c|d|p|e|w)\b"
)
TITLES = frozenset(
    {"ing", "lic", "dr", "dra", "sr", "sra", "srta", "mr", "mrs", "ms", "eng", "prof", "don", "dona", "arq", "cp"}
)
_SPOKEN = frozenset(
    {
        *(
            "es",
            "esta",
            "estan",
            "estoy",
            "estamos",
            "soy",
            "son",
            "era",
            "hay",
            "tengo",
            "tenemos",
            "tiene",
            "tienen",
            "llegan",
        ),
        *(
            "favor",
            "pueden",
            "puede",
            "podrian",
            "llamar",
            "llamen",
            "llame",
            "sigue",
            "siguen",
            "que",
            "porque",
            "pero",
        ),
        *("cuando", "mi", "mis", "nuestro", "nuestra", "me", "les", "lo", "ya", "aun", "todavia", "quedo", "necesito"),
        *("necesitamos", "adjunto", "abre", "cierra", "llega", "funciona", "cayo", "reinicio", "esperamos", "espero"),
        *(
            "sao",
            "estou",
            "tenho",
            "temos",
            "tem",
            "podem",
            "pode",
            "ligar",
            "liguem",
            "meu",
            "minha",
            "nosso",
            "nossa",
        ),
        *(
            "quando",
            "mas",
            "ainda",
            "ja",
            "nao",
            "preciso",
            "precisamos",
            "segue",
            "anexo",
            "voces",
            "ustedes",
            "aguardo",
        ),
        *("is", "are", "was", "were", "have", "has", "had", "we", "you", "my", "can", "could", "will", "would", "when"),
        *("but", "please", "not", "this", "there", "still", "need", "waiting", "call", "also"),
        *("tambien", "tambem", "aqui", "alli", "ayer", "hoy", "hoje", "manana", "amanha", "ontem", "today", "tomorrow"),
    }
)
"""Words of sentences, which names, offices and addresses do without."""
_WORD = r"[^\W\d_a-zà-ÿ][\w'’.-]{0,24}"
_NAME_LIKE = re.compile(rf"^/?{_WORD}(?:\s(?:(?:de|da|do|dos|del|la|van|von|y|e)\s){{0,2}}{_WORD}){{0,4}}$")
PICTURE = re.compile(r"^\[(?:cid:|imagen?\b|imagem\b|logo\b|descri|inline)[^\[\]]{0,200}\]$", re.IGNORECASE)
POSTSCRIPT = re.compile(r"^(?:p\s?\.?\s?[ds]\b|n\s?\.?\s?b\b|posdata|ps\b)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S{1,200}", re.IGNORECASE)
_SENTENCE_WORDS = 9
_SENTENCE_END = re.compile(r"[^\W\d_]{3}[.!?]\s{1,3}[A-ZÀ-Ý¿¡]")
_REQUEST = re.compile(
    r"\b(?:(?:me|nos) (?:pueden?|podrian?|podem|poderiam|confirman?|avisan?|ayudan?|confirmam|avisam|ajudam)"
    r"|(?:pueden?|podrian?|podem|poderiam?|can|could|would|will) (?:ustedes|uds|voces|you|por favor)"
    r"|(?:algun|alguna|hay|alguma|any|tem|tienen) (?:novedad|novedades|novidade|previsao|avance|respuesta|news|update)"
    r")\b"
)
# What a name answers.
_ABOUT_PEOPLE = re.compile(
    r"\b(?:contact\w{0,5}|contat\w{0,5}|nombres?|nomes?|names?|quien(?:es)?|quem|who|whom|persona?s?|person|people"
    r"|responsable|responsavel|cliente|customer|empresa|company)\b"
)
_SIGNED_OFF = re.compile(
    r"^(?:[/-](?=[^\W\d_]))(?P<name>[^\W\d_a-zà-ÿ][\w'’.-]{1,24}(?:\s[^\W\d_a-zà-ÿ][\w'’.-]{0,24}){0,3})$"
)


def pieces_of(line: Line) -> list[str]:
    """The lines of text in a line: of a table row those of its cells."""
    if not line.cells:
        return [line.text] if line.text else []
    return [text for cell in line.cells for text in cell.split("\n") if text]


def is_contact(text: str) -> bool:
    """Whether the line holds an address, a long number or parts set off by "|"."""
    return "|" in text or "@" in text or _ADDRESS.search(text) is not None or sum(c.isdigit() for c in text) >= 7


def signs_off(text: str, names: set[str]) -> bool:
    """ "/Ana", "-Ana Ruiz" as the last line, of somebody whose name does not say otherwise."""
    found = _SIGNED_OFF.match(text)
    return found is not None and (not names or bool(set(fold(found.group("name")).split()) & names))


def is_name(text: str, names: set[str]) -> bool:
    """Whether the line begins with the person whose folded names are given, offices apart."""
    head = re.split(r"[|,;/·•(–-]", text[:200].lstrip("-–—/~ "), maxsplit=1)[0]
    initials = {name[:1] for name in names}
    words = {word for word in fold(head).split() if word not in TITLES and not (len(word) == 1 and word in initials)}
    return bool(words) and len(words) <= 6 and bool(words & names) and (words <= names or len(words & names) >= 2)


def is_spoken(text: str) -> bool:
    """Whether the line is a sentence rather than a name, an office or a number."""
    if "?" in text or "¿" in text:
        return True
    words = fold(text[:400]).split()
    return bool(_SPOKEN.intersection(words)) or (len(words) >= _SENTENCE_WORDS and not is_contact(text))


def name_like(text: str) -> bool:
    """Whether the line is one to five words in capitals, as names are written."""
    return _NAME_LIKE.match(text.strip("*_ ,")) is not None


def is_signature_like(text: str) -> bool:
    """Short, no sentence, and a colon only after words such as "Tel."."""
    if PICTURE.match(text):
        return True
    if len(text) > 110 or "?" in text or "¿" in text or POSTSCRIPT.match(text):
        return False
    words = fold(_ADDRESS.sub("url", text))
    label, colon, answer = text.partition(":")
    if colon and answer.strip() and not _CONTACT_WORDS.match(fold(label)) and "://" not in text and len(label) < 60:
        return any(_CONTACT_WORDS.match(fold(p)) for p in re.split(r"[|/·•]", label))
    if _SPOKEN.intersection(words.split()) and "|" not in text:
        return False
    return len(words.split()) < _SENTENCE_WORDS or "|" in text or sum(c.isdigit() for c in text) >= 7


def asks_the_desk(text: str) -> bool:
    """Whether a question is the writer's own, to the desk, and none of a form's: it ends a paragraph of several
    sentences, or asks for something to be done."""
    words = fold(text[-200:])
    if _ABOUT_PEOPLE.search(words):
        return False
    return _SENTENCE_END.search(text[-1_000:-1]) is not None or _REQUEST.search(words) is not None
