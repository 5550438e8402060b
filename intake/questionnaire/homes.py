"""Where the people of a mail are at home, as far as the mail tells, for their phone numbers."""

from __future__ import annotations

from collections.abc import Mapping

from intake.questionnaire.blocks import Bound
from intake.questionnaire.countries import area_of, countries_named, country_of_domain, country_of_language
from intake.questionnaire.phones import Homes, calling_countries, has_national, led_countries
from rules.model import Mailbox
from rules.policy import Desk, QuestionType, Takes

_READ_CHARACTERS = 20_000
_PLACES = frozenset({Takes.PLACE, Takes.FIRM})


def homes_of(
    desk: Desk, sender: Mailbox | None, language: str, own_text: str, found: Mapping[str, Bound], *, customer: str = ""
) -> Homes:
    """The countries of a mail's numbers by its own text (with signature, without quotes): country codes of other
    numbers, the sender's domain, the country or city of the site or firm, the language, bare country codes.

    `customer`: the country that a directory gives, if any; it goes first. Numbers that were called tell nothing of the
    caller's country.
    """
    text = own_text[:_READ_CHARACTERS]
    if not has_national(text) and not any(has_national(bound.text) for bound in found.values()):
        return Homes(customer, (), desk.country, area_of(desk.country))
    called = [q.key for q in desk.questions if q.type is QuestionType.PHONES]
    for key in called:
        if key in found:
            text = text.replace(found[key].text, " ")
    places = [found[q.key].text for q in desk.questions if q.takes in _PLACES and q.key in found]
    area = area_of(desk.country)
    ranks = (
        calling_countries(text),
        frozenset({country_of_domain(sender.domain)} - {""}) if sender else frozenset[str](),
        countries_named("\n".join(places)),
        frozenset({country_of_language(language, desk.country)} - {""}),
        led_countries(text, area),
    )
    return Homes(customer, tuple(rank for rank in ranks if rank), desk.country, area)
