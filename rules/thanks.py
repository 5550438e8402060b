"""Mails that only say thank you: they are no reason to open a case again."""

from __future__ import annotations

from rules.model import Reading
from rules.words import fold

_THANKS = frozenset(
    {
        *("gracias", "agradezco", "agradecemos", "agradecido", "agradecida"),
        *("obrigado", "obrigada", "obrigados", "obrigadas", "agradeco", "grato", "grata"),
        *("thanks", "thank", "thx"),
    }
)
_AROUND = frozenset(
    {
        *("muchas", "mil", "muy", "mucho", "amable", "amables", "por", "su", "sus", "la", "el", "los", "las"),
        *("de", "del"),
        *("y", "a", "todo", "todos", "toda", "equipo", "ayuda", "atencion", "pronta", "rapida", "respuesta", "gestion"),
        *("apoyo", "soporte", "colaboracion", "solucion", "informacion", "confirmacion", "que", "tenga", "tengan"),
        *("buen", "buena", "buenas", "buenos", "dia", "dias", "tarde", "tardes", "noche", "noches", "feliz", "hola"),
        *("saludo", "saludos", "cordial", "cordiales", "cordialmente", "atentamente", "ok", "listo", "perfecto"),
        *("confirmado", "confirmo", "quedo", "quedamos", "atento", "atenta", "atentos", "bien", "funciona"),
        *("solved", "works", "working", "now", "confirmed", "fine", "resolvido", "funcionando"),
        *("excelente", "recibido", "enterado", "enterada", "estimado", "estimada", "estimados", "estimadas", "senores"),
        *("muito", "muita", "pela", "pelo", "pelas", "pelos", "sua", "seu", "o", "e", "equipe", "ajuda", "atencao"),
        *("suporte", "resposta", "rapidez", "retorno", "solucao", "bom", "boa", "dia", "tarde", "noite", "ola"),
        *("abraco", "abracos", "atenciosamente", "recebido", "certo", "perfeito", "otimo"),
        *("you", "very", "much", "many", "so", "a", "lot", "for", "your", "the", "help", "support", "quick", "prompt"),
        *("reply", "response", "again", "all", "team", "hi", "hello", "dear", "best", "kind", "regards", "cheers"),
        *("great", "perfect", "received", "good", "morning", "afternoon", "evening", "have", "nice", "day"),
    }
)
_MOST_WORDS = 25


def only_thanks(reading: Reading) -> bool:
    """Whether a mail says thank you and nothing else: each word is one of courtesy, and nothing is attached or
    answered. One word more, even a name, and it is a message."""
    if reading.attachments or reading.answers or "?" in reading.reply_text:
        return False
    words = fold(reading.reply_text).split()
    return 0 < len(words) <= _MOST_WORDS and not _THANKS.isdisjoint(words) and set(words) <= _THANKS | _AROUND
