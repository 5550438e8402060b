"""Countries by what tells them: their names, their cities, their domains, a language.

Names come from the tables of `phonenumbers` (CLDR), cities and zones from tzdata's zone.tab; countries are ISO 3166-1
alpha-2 codes.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from rules.shared_domains import is_shared
from rules.words import fold

_LANGUAGES = ("es", "pt", "en")
_READ_CHARACTERS = 4_000
_LONGEST_NAME = 4
_SHORTEST_NAME = 4
# Sold to everybody, whatever their country.
_SOLD = "ag ai am bz cc co fm gg im io la ly me ms pw sh tk to tv vc ws"
_SECOND_LEVEL = frozenset({"com", "org", "net", "gob", "gov", "gub", "edu", "mil", "co", "ac"})
_PORTUGUESE = frozenset({"AO", "BR", "CV", "MZ", "PT"})
_STREET_WORDS = """
    av ave avenida avenue calle rua street road plaza praca carrera jiron jr paseo barrio colonia bairro nuevo nueva
    new
"""
_VANITY, _STREETS = frozenset(_SOLD.split()), frozenset(_STREET_WORDS.split())
_OTHER_NAMES = {
    **dict.fromkeys(("uk", "inglaterra", "england", "gran bretana", "great britain"), "GB"),
    **dict.fromkeys(("eeuu", "ee uu", "eua", "usa"), "US"),
    **dict.fromkeys(("trinidad", "trinidad and tobago", "trinidad y tobago"), "TT"),
    **dict.fromkeys(("cdmx", "ciudad de mexico", "cidade do mexico", "guadalajara", "monterrey"), "MX"),
    **dict.fromkeys(("brasilia", "rio de janeiro", "belo horizonte", "curitiba", "porto alegre"), "BR"),
    **dict.fromkeys(("medellin", "barranquilla"), "CO"),
    **dict.fromkeys(("quito",), "EC"),
    **dict.fromkeys(("bridgetown",), "BB"),
    **dict.fromkeys(("kingston",), "JM"),
    **dict.fromkeys(("georgetown",), "GY"),
}
_NOT_CITIES = frozenset({"nome", "center", "easter", "merida"})


def country_of_domain(domain: str) -> str:
    """The country of a domain's country-code top level, "" for others and for those that are sold to everybody.

    Of a mail service it counts only under a second level ("yahoo.com.mx"): people everywhere write from "yahoo.es".
    """
    *rest, top = domain.lower().rstrip(".").split(".")
    if len(top) != 2 or not rest:
        return ""
    if (top in _VANITY or is_shared(domain)) and rest[-1] not in _SECOND_LEVEL:
        return ""
    country = "GB" if top == "uk" else top.upper()
    return country if country in _zones() else ""


def country_of_language(language: str, home: str) -> str:
    """The country that a language means where it means one: `home` where they speak it, else the largest; else ""."""
    if language != "pt":
        return ""
    return home if home in _PORTUGUESE else "BR"


def area_of(country: str) -> str:
    """The part of the world that the zones of a country name first ("America"), "" where it is not known."""
    zones = _zones().get(country)
    return zones[0].partition("/")[0] if zones else ""


def countries_named(text: str, *, cities: bool = True) -> frozenset[str]:
    """The countries that `text` names in Spanish, Portuguese or English, also (`cities`) by a large city. A street of
    that name is none."""
    found: set[str] = set()
    words = fold(text[:_READ_CHARACTERS]).split()
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST_NAME, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + length])
            country = _names().get(phrase) or (_cities().get(phrase) if cities else None)
            if country:
                if at == 0 or words[at - 1] not in _STREETS:
                    found.add(country)
                at += length
                break
        else:
            at += 1
    return frozenset(found)


def zones_named(phrase: str) -> tuple[str, ...]:
    """The IANA zones of the one country or city that the folded `phrase` names; a city's own, or the zone named like
    its country, alone."""
    if phrase in _zone_cities():
        return (_zone_cities()[phrase],)
    country = _names().get(phrase) or _cities().get(phrase)
    return _zones().get(country, ()) if country else ()


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    """The zones of each country."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    zones: dict[str, tuple[str, ...]] = {}
    for line in table.splitlines():
        if not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            zones[country] = (*zones.get(country, ()), zone)
    return zones


@cache
def _zone_cities() -> dict[str, str]:
    cities = {
        fold(zone.rpartition("/")[2].replace("_", " ")): zone
        for zones in _zones().values()
        for zone in zones
        if zone.startswith(("America/", "Europe/"))
    }
    for name, like in (("brasilia", "sao paulo"), ("cdmx", "mexico city"), ("ciudad de mexico", "mexico city")):
        cities[name] = cities[like]
    cities |= {"mexico": cities["mexico city"], "rio de janeiro": cities["sao paulo"]}
    return {name: zone for name, zone in cities.items() if name not in _NOT_CITIES and len(name) >= _SHORTEST_NAME}


@cache
def _cities() -> dict[str, str]:
    of_zone = {zone: country for country, zones in _zones().items() for zone in zones}
    return {name: of_zone[zone] for name, zone in _zone_cities().items()}


@cache
def _names() -> dict[str, str]:
    # Half a second and some memory, which most mails can do without.
    from phonenumbers.geodata.locale import LOCALE_DATA  # noqa: PLC0415

    names: dict[str, str] = {}
    for country, spoken in LOCALE_DATA.items():
        for language in _LANGUAGES:
            name = spoken.get(language, "")
            name = spoken.get(name[1:], "") if name.startswith("*") else name
            if name:
                names[fold(re.sub(r"\(.*\)", "", name))] = country
    return {name: country for name, country in names.items() if len(name) >= _SHORTEST_NAME} | _OTHER_NAMES
