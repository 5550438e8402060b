"""An absence notice told by its text alone, for responders that leave no sign in the header.

Such a notice says nothing but that somebody is away: its sentences are made of the few words that people put into their
responder, or say whom to ask meanwhile. A text with one sentence of another sort is a person's, and so is one that only
says who is away and whom to call: people write that too, and then it is an answer.
"""

from __future__ import annotations

import re

from rules.words import fold

_CHARACTERS = 1500
_CONTACT_WORDS = 40
_NUMBER = re.compile(r"\d{1,15}(?:st|nd|rd|th)?")
_SENTENCE = re.compile(r"[.!?:;]+(?=\s|$)|\n\s*\n")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# All below is matched against folded words: lower case, no accents, no punctuation.
DATE_WORDS = _set(
    """
    el la los las lo al a o os as ao aos de del do da dos das desde hasta ate dia dias the on to from until
    till through
    of y e and entre between este esta estos this these next proximo proxima todo toda inclusive incluido hoy
    today hoje
    manana amanha tomorrow nuevo novo aviso further notice semana semanas week weeks mes meses month months
    tarde noche noite morning afternoon evening noon hs hrs h am pm hora horas hour hours
    lunes martes miercoles jueves viernes sabado domingo segunda terca quarta quinta sexta feira monday tuesday
    wednesday
    thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun
    enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre
    janeiro fevereiro marco maio junho julho setembro outubro novembro dezembro
    january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec ene abr ago dic fev mai set out dez
    """
)
"""Of dates and stretches of time."""
_WORDS = DATE_WORDS | _set(
    """
    yo me mi mis mim eu meu meus minha i m ll my ve been be am is are was will would have has had having
    le les lo te se su sus seu seus sua suas tu tus your you
    estoy estare estaria estar encuentro encontrare encuentra estou estarei encontro encontrarei sera seran serao sere
    tendre tengo tener terei tenho ter podre puedo poderei posso can could able unable
    no nao not don t won cannot sin sem without con com with por para for pelo pela em en na nas no nos in at
    un una um
    uma an tan tao so as que and or ni nem por lo motivo due ya ja also tambien tambem then
    fuera oficina ausente ausentado ausencia vacaciones viaje licencia permiso feriado capacitacion baja comision pais
    ciudad fora escritorio ferias viagem licenca folga feriado treinamento ausentar medica medico maternidad
    maternidade
    paternidad paternidade out office away leave annual sick maternity parental paternity vacation holiday holidays
    travel travelling traveling business trip desk training absence negocios trabajo trabalho anual
    actualmente currently atualmente temporalmente temporariamente momento momentos estos durante during
    periodo period
    tiempo tempo time while mientras enquanto starting iniciando partir comenzando
    acceso acesso access limitado limitada limited restringido restrito restricted intermitente intermittent reducido
    escaso poco pouco very muy muito little only solo apenas regular
    correo correos email emails e mail mails electronico electronicos eletronico mensaje mensajes mensagem mensagens
    message messages bandeja buzon inbox caixa internet telefono telefone phone
    leo leere leyendo leer reviso revisare revisando revisar consultando consultar lendo lerei ler verificando
    verificar
    verificarei checking check reading read monitoring monitoreando
    respondere responder responderle responderles respondera respondidos respondido contestare contestar contestado
    atendere atender atendido atendida atenderei responderei respondo retornarei reply respond answer answered
    get back
    replied soon asap possible posible possivel breve brevedad antes cuando quando when once upon assim logo
    tan pronto
    regreso regresare regrese regresando regresar retorno retornare retorne retornar retornando vuelta vuelvo vuelva
    volvere volviendo volto voltarei voltar voltando return returning returned previsto prevista
    gracias obrigado obrigada thanks thank agradezco agradeco muchas many recibido recibi recebi recebido received
    contacto contato contactarme contactarnos contactar contatar escribir escribirme escribirnos comunicarse escrito
    contacting writing contact comunicacion
    automatico automatica automaticamente automatic automated automatically reply respuesta resposta response
    generado generada gerado gerada favor please responda responder respondas es est esse essa isto
    disculpe disculpen disculpas perdon lamento sentimos desculpe desculpas sorry apologies apologise apologize
    pido peco
    inconveniente inconvenientes inconveniencia molestia molestias transtorno transtornos inconvenience cualquier
    qualquer any cause causar causado pueda possa comprension compreensao understanding
    informo informar informarle informarles comento comunico note that inform
    hola ola hi hello dear estimado estimada estimados estimadas prezado prezada prezados caro cara caros buen buenos
    buenas bom boa good tardes noches tarde todos todas tod all there everyone colegas cliente senores senhores day
    saludo saludos cordial cordiales cordialmente atentamente atte atenciosamente att abrazo abrazos abraco abracos
    regards kind best warm sincerely cheers
    """
)
_MAIL = r"(?:correos?|e ?mails?|mails?|mensajes?|mensage[mn]s?|messages?|inbox|bandeja|buzon|internet|caixa)"
_AWAY = (
    r"fuera de (?:la |mi )?oficina|fuera del? (?:pais|ciudad)|(?:de|por|com|em|estoy con) (?:mi |uma? )?(?:vacaciones"
    r"|viaje|licencia|permiso|ferias|licenca|folga|viagem|baja)|ausente|fora d[oe] escritorio|out of (?:the "
    r"|my )?office"
    r"|on (?:\w+ )?(?:leave|vacation|holidays?|trip)|travell?ing|away|no (?:me encuentro|estoy|estare) en la oficina"
)
_MARKS = {
    "absence": re.compile(rf"\b(?:{_AWAY})\b"),
    "access": re.compile(
        rf"\b(?:acceso|acesso|access)\b.{{0,40}}\b{_MAIL}\b"
        rf"|\b(?:le(?:o|ere|yendo|er|ndo|rei)|revis\w+|consulta\w+|verific\w+|check\w*|reading"
        rf"|monitor\w+)\b.{{0,30}}\b{_MAIL}\b"
    ),
    "return": re.compile(
        r"\b(?:respond\w*|contest\w*|atend\w*|reply|answer\w*|get back|retornarei)\b.{0,60}\b(?:regres\w+|vuelta"
        r"|retorn\w+"
        r"|vuelva|return|back|posible|possible|possivel|voltar|breve|brevedad|soon)\b"
    ),
    "automatic": re.compile(r"\bauto(?:mat\w+|reply|respuesta)?\b"),
    "thanks": re.compile(
        r"\b(?:gracias|obrigad[oa]|thank|thanks|agrade[zc]\w*)\b.{0,40}\b(?:por|pel[oa]|for|your|su|seu|o)\b"
    ),
}
_CONTACT = re.compile(
    r"\b(?:contact\w*|contat\w*|comuni\w+|llam\w+|escrib\w+|dirij\w+|dirigir\w*|call|write|e ?mail|reach|direct"
    r"|ligu?\w+"
    r"|fal[ae]\w*|procur\w+|acud\w+|urgen\w+|emergen\w+)\b"
)
_URGENT = re.compile(r"\b(?:urgen\w+|emergen\w+|inmediat\w+|imediat\w+|immediate\w*|ausencia|absence)\b")
_MEANWHILE = re.compile(
    r"\b(?:durante|nest[ea]|in my|during|meanwhile|mientras|enquanto|para temas|para assuntos|en mi)\b"
)
_OF_A_CASE = re.compile(
    r"\b(?:porque|pues|pero|but|because|sigue|still|continua|enlaces?|links?|servicios?|servicos?|circuito|router|sitio"
    r"|site|ticket|(?:el|este|mi|nuestro|o|meu) caso|chamado|incidente?|visita|visit|prueba|teste?|pruebas|equipo"
    r"|equipamento|cerr\w+|close\w*|fech\w+"
    r"|mejor|yo sigo|numero de)\b"
)


def is_absence_notice(said: str) -> bool:
    """Whether the new text of a mail is an absence notice and nothing else.

    It says that the writer is away, and that they do not read their mail, will answer on their return or did
    not write
    this by hand; or it thanks for a message and names somebody to ask.
    """
    if len(said) > _CHARACTERS or "?" in said:
        return False
    pieces = [piece for piece in _SENTENCE.split(said) if piece.strip()]
    found: set[str] = set()
    for number, piece in enumerate(pieces):
        marks = _marks(fold(piece))
        if not marks and number and _is_below(pieces[number:]):
            break
        if not marks:
            return False
        found |= marks
    return "absence" in found and (
        not found.isdisjoint({"access", "return", "automatic"}) or found >= {"thanks", "contact"}
    )


def _marks(sentence: str) -> set[str]:
    """What a sentence says, "nothing" where that is no more than a greeting; empty where no notice would say it."""
    words = sentence.split()
    marks = {name for name, mark in _MARKS.items() if mark.search(sentence)}
    if are_usual(words):
        return marks or {"nothing"}
    asks = _CONTACT.search(sentence) and (_URGENT.search(sentence) or _MEANWHILE.search(sentence))
    if asks and len(words) <= _CONTACT_WORDS and not _OF_A_CASE.search(sentence):
        return marks | {"contact"}
    return set()


def are_usual(words: list[str]) -> bool:
    """Whether absence notices are made of all these (folded) words."""
    return all(word in _WORDS or _NUMBER.fullmatch(word) for word in words)


def _is_below(pieces: list[str]) -> bool:
    """Whether the rest is a closing, the writer's name and post, or the number of somebody to ask: short lines."""
    lines = [line for piece in pieces for line in piece.splitlines() if line.strip()]
    return len(lines) <= 6 and all(len(line.split()) <= 6 and _is_names(line) for line in lines)


def _is_names(line: str) -> bool:
    words = re.findall(r"[^\W\d_]+", line)
    return all(word[0].isupper() for word in words) or are_usual(fold(line).split())
