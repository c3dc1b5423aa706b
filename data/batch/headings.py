"""What a column of a person's file is about, told by its name: ours, that of the official files, or words for it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from data import schema
from data.features import BY_NAME, INPUTS, TARGETS
from data.involved import COUNTS
from data.text import N_

How = Literal["name", "label", "words"]
# what tells an input without being one, and what is no input but known of some accidents
OTHERS: dict[str, str] = {
    "date": N_("Date (gives month, day of the week and hour)"),
    "time": N_("Time as in the official files (HH:MM or HHMM)"),
    "year": N_("Year (with month and day: the day of the week)"),
    "day": N_("Day of the month (with month and year: the day of the week)"),
    "outcome_collision": N_("Collision type as it was (compared, never used)"),
    "outcome_severity": N_("Severity as it was (compared, never used)"),
}
FIELDS: dict[str, str] = {**{i.name: i.label for i in INPUTS}, **OTHERS}
OUTCOMES = {f"outcome_{target}": target for target in TARGETS}
NOT_USED = ""

# other words that files use; how their cells are read is told by the cells
_WORDS: dict[str, str] = {
    "month": "month of accident; month of year; accident month; mois accident",
    "weekday": "day of week; weekday; dow; jour semaine; jour de semaine",
    "hour": "time; time of day; hour of day; accident time; heure accident; horaire; hours",
    "departement": "department; dept; dpt; code departement; departement code; dep code; num dep; numero departement",
    "commune": "insee; code insee; insee code; code commune; commune code; codgeo; com code; municipality",
    "built_up": "urban; urban area; in town; agglo; en agglo; built up; area type",
    "latitude": "lat; y; coord y; gps lat",
    "longitude": "long; lon; lng; x; coord x; gps long; gps lon",
    "light": "light conditions; light condition; lighting; lighting conditions; lumiere; luminosite; eclairage",
    "weather": "weather conditions; weather condition; atmospheric conditions; conditions meteo; conditions "
    "meteorologiques; intemperies; atmo",
    "surface": "road surface conditions; road surface condition; surface conditions; surface condition; etat surface; "
    "etat de la chaussee; revetement",
    "road_class": "road type; type of road; road category; type de route; categorie route; type de voie",
    "traffic": "traffic regime; traffic direction; circulation; regime circulation",
    "lanes": "number of lanes; lane count; n lanes; nb voies; nbre voies; voies",
    "speed_limit": "speed limit; maximum speed; max speed; maxspeed; vitesse; limite de vitesse; vitesse max; "
    "vitesse autorisee",
    "junction": "types of junction; type of junction; junction type; junction detail; intersection type; carrefour",
    "reserved_lane": "special lane; voie speciale",
    "gradient": "slope; pente; profil; road profile; profil de la route",
    "alignment": "road alignment; road allignment; curvature; trace; plan de la route; road plan",
    "situation": "location on road; place on the road; localisation sur la route",
    "vehicles": "number of vehicles; number of vehicles involved; n vehicles; vehicle count; nb vehicules; nombre de "
    "vehicules impliques; vehicules",
    "people": "number of people; number of people involved; number of persons; n people; persons; nb usagers; nb "
    "personnes; usagers; personnes",
    "pedestrians": "number of pedestrians; n pedestrians; nb pietons",
    "cars": "number of cars; nb voitures; vl",
    "lorries": "trucks; heavy goods vehicles; hgv; camions; pl",
    "buses": "number of buses; bus; autobus; autocars",
    "vans": "light commercial vehicles; vu; camionnettes",
    "motorcycles": "motorbikes; number of motorcycles; motos; nb motos; deux roues motorises",
    "mopeds": "cyclomoteurs",
    "bicycles": "bikes; cyclists; number of bicycles; velos; nb velos; cyclistes",
    "scooters": "e scooters; edp; edpm; trottinettes",
    "youngest_age": "youngest; min age; age min; minimum age",
    "oldest_age": "oldest; max age; age max; maximum age",
    "date": "date; accident date; date of accident; date accident; datetime; timestamp; date heure; date et heure",
    "year": "year; annee; accident year",
    "day": "day; day of month; jour du mois",
    "outcome_collision": "collision; collision type; type collision; type of collision; type de collision",
    "outcome_severity": "severity; accident severity; severity of accident; gravite; gravite accident",
}  # fmt: skip
_RANKS: tuple[How, ...] = ("name", "label", "words")


@dataclass(frozen=True)
class Found:
    """The field that a column is taken for, and what told it; without a field it is not used.

    Why a column whose name says something is not used: `beside` is taken for the same, or its cells are no values of
    the field `not_understood`.
    """

    field: str
    how: How | None = None
    beside: str = ""
    not_understood: str = ""


def plain(text: str) -> str:
    """A text without case, accents, spaces and signs, as names and labels are compared."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(c for c in bare if c.isalnum())


def propose(columns: Sequence[str]) -> dict[str, Found]:
    """What each column is taken for; where several mean the same, the one whose name says it most plainly."""
    found = {column: _about(column) for column in columns}
    best: dict[str, str] = {}
    for rank in _RANKS:
        for column, (field, how) in found.items():
            if how == rank:
                best.setdefault(field, column)
    return {
        column: Found(field, how) if best.get(field) == column else Found(NOT_USED, None, best.get(field, ""))
        for column, (field, how) in found.items()
    }


def official_table(columns: Sequence[str]) -> schema.Table | None:
    """Which of the four official tables the columns are, as a whole; None where they are of another file."""
    given = {column.strip().casefold() for column in columns}
    for table, known in schema.TABLES.items():
        names = {column.official.casefold() for column in known}
        newest = {c.official.casefold() for c in known if c.is_in(schema.YEARS[-1])}
        oldest = {c.official.casefold() for c in known if c.is_in(schema.YEARS[0])}
        keys = {name.casefold() for name in ("Num_Acc", *schema.ALIASES)}
        whole = min(len(newest - given), len(oldest - given)) <= 2
        if given & keys and given <= names | keys and whole:
            return table
    return None


def _about(column: str) -> tuple[str, How | None]:
    names = _names()
    for text in (column, re.sub(r"\s*[(\[].*$", "", column)):  # a unit may stand behind the name
        field = names.get(plain(text))
        if field:
            return field
    return NOT_USED, None


@cache
def _names() -> Mapping[str, tuple[str, How]]:
    """What each name, made plain, means."""
    found: dict[str, tuple[str, How]] = {}

    def add(text: str, field: str, how: How) -> None:
        if plain(text):
            found.setdefault(plain(text), (field, how))

    for name in BY_NAME:
        add(name, name, "name")
    for column in (*schema.TABLES["caracteristiques"], *schema.TABLES["lieux"]):
        field = f"outcome_{column.name}" if column.name in TARGETS else column.name
        if field in FIELDS:
            add(column.official, field, "name")
    for name, item in BY_NAME.items():
        for label in (item.label, *french(name)):
            add(label, name, "label")
    for field, target in OUTCOMES.items():
        for label in (field, TARGETS[target], *schema.FRENCH_COLUMNS[target]):
            add(label, field, "label")
    for field, words in _WORDS.items():
        for word in words.split(";"):
            add(word, field, "words")
    return found


def french(name: str) -> tuple[str, ...]:
    """What an input is called in French."""
    if name in schema.FRENCH_COLUMNS:
        return schema.FRENCH_COLUMNS[name]
    if name in schema.VEHICLE_GROUPS:
        return (schema.VEHICLE_GROUPS[name][1],)
    ((column, codes),) = COUNTS[name].where.items()
    return tuple(f"{what} : {schema.label(column, codes[0], 'fr')}" for what in schema.FRENCH_COLUMNS[column])
