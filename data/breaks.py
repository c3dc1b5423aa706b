"""What cannot be compared: the days from which the official files count, code or cover something differently."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from data import calendar
from data.filters import Filters, column_of
from data.text import N_, _

_ONISR_2019 = "ONISR, BAAC description of 14 October 2019"
_ONISR_2025 = N_("ONISR, BAAC description of 21 October 2025")
_FILES = "seen in the official files"
_COUNTS = "daily counts of the official files"
_DECREE = "Décret n° 2018-487 of 15 June 2018"
_ACT = "Loi n° 2019-1428 of 24 December 2019, article 36"

# the first year whose official files have a département, where that is not the first of all (ONISR, 21 October 2025)
FIRST_YEARS: dict[str, int] = {"976": 2012, **dict.fromkeys(("975", "977", "978", "986", "987", "988"), 2019)}


@dataclass(frozen=True)
class Break:
    """From `since` on (to `until`, where it ended) the `columns` do not mean or count what they did before.

    `columns` are ours; `accidents` stands for their number. `verified`: whether the files or a source bear it out.
    """

    since: date
    columns: tuple[str, ...]
    sentence: str
    source: str
    until: date | None = None
    verified: bool = True

    def matters(self, years: Iterable[int]) -> bool:
        """Whether some days of the years lie on either side."""
        inside, outside = False, False
        for year in years:
            first, last = date(year, 1, 1), date(year, 12, 31)
            end = self.until or date.max
            inside |= first <= end and last >= self.since
            outside |= first < self.since or last > end
        return inside and outside


BREAKS: tuple[Break, ...] = (
    Break(
        date(2006, 1, 1),
        ("vehicle_category",),
        N_("Vehicle categories were redrawn in 2006: nine codes, among them registered scooters, side-cars and cars "
        "with "
        "a trailer, are in the files of 2005 alone."),
        _ONISR_2025,
    ),
    Break(
        date(2012, 1, 1),
        ("departement", "accidents"),
        N_("Mayotte (976) is in the files from 2012 on: totals of France before and after do not cover the same area."),
        _ONISR_2025,
    ),
    Break(
        date(2018, 1, 1),
        ("injury", "hospitalised", "slightly_injured", "severity"),
        N_("The police record injuries in another way since 2018: people hospitalised and slightly injured cannot be "
        "compared with earlier years, people killed can."),
        _ONISR_2025,
    ),
    Break(
        date(2018, 1, 1),
        ("role", "pedestrians", "vehicle_category", "vehicles", "other_vehicles"),
        N_("People on rollers or a kick scooter are pedestrians of a kind of their own up to 2017, and ride a vehicle "
        "among the other vehicles in 2018."),
        _ONISR_2019,
    ),
    Break(
        date(2018, 1, 1),
        ("road_class",),
        N_("Roads of urban metropolises have a class of their own from 2018 or 2019 on; before, they are among the "
        "departmental and municipal roads."),
        _ONISR_2025,
    ),
    Break(
        date(2018, 7, 1),
        ("accidents", "severity", "killed"),
        N_("The speed limit of two-way roads without central separation went from 90 to 80 km/h on 1 July 2018; the "
        "files "
        "of 2018 and before do not hold speed limits."),
        _DECREE,
    ),
    Break(
        date(2019, 1, 1),
        ("vehicle_category", "vehicles", "scooters", "other_vehicles", "pedestrians"),
        N_("E-scooters and other personal mobility devices have vehicle categories of their own from 2019 on; in 2018 "
        "they are among the other vehicles, and before among the pedestrians."),
        _ONISR_2025,
    ),
    Break(
        date(2019, 1, 1),
        ("vehicle_category", "bicycles"),
        N_("E-bikes have a category of their own from 2019 on: bicycles before and after are not the same group."),
        _ONISR_2025,
    ),
    Break(
        date(2019, 1, 1),
        ("vehicle_category", "motorcycles", "mopeds"),
        N_("Powered three-wheelers have categories of their own from 2019 on."),
        _ONISR_2025,
    ),
    Break(
        date(2019, 1, 1),
        ("departement", "accidents"),
        N_("Saint-Pierre-et-Miquelon, Saint-Barthélemy, Saint-Martin, Wallis-et-Futuna, French Polynesia and New "
        "Caledonia are in the files from 2019 on."),
        _ONISR_2025,
    ),
    Break(
        date(2019, 1, 1),
        ("latitude", "longitude"),
        N_("Positions are given for every accident from 2019 on; up to 2018 many are missing, so a map of those years "
        "shows only a part of the accidents."),
        _FILES,
    ),
    Break(
        date(2019, 1, 1),
        ("speed_limit",),
        N_("The speed limit is recorded from 2019 on."),
        _ONISR_2025,
    ),
    Break(
        date(2019, 1, 1),
        ("motor",),
        N_("The type of engine is recorded from 2019 on."),
        _ONISR_2025,
    ),
    Break(
        date(2019, 1, 1),
        ("near_school",),
        N_("Whether a school is near is recorded up to 2018."),
        _ONISR_2025,
    ),
    Break(
        date(2019, 1, 1),
        ("equipment", "equipment_use", "equipment_1", "equipment_2", "equipment_3"),
        N_("Safety equipment is coded in another way from 2019 on: one item and whether it was used before, up to "
        "three "
        "items that were used after."),
        _ONISR_2025,
    ),
    Break(
        date(2019, 1, 1),
        ("infrastructure", "situation", "heading", "headings", "manoeuvre", "fixed_obstacle", "pedestrian_place",
         "pedestrian_action", "seat"),
        N_("These columns have codes from 2019 on that earlier years lack, such as roadworks or a manoeuvre on the "
        "pavement: what they name was recorded under other codes before."),
        _ONISR_2025,
    ),
    Break(
        date(2019, 1, 1),
        ("reserved_lane", "infrastructure", "situation", "fixed_obstacle", "moving_obstacle", "impact",
         "pedestrian_place"),
        N_("Up to 2018 the code for 'none' also says that nothing was recorded; from 2019 on these are two codes."),
        _ONISR_2019,
    ),
    Break(
        date(2020, 1, 1),
        ("accidents", "speed_limit"),
        N_("From 2020 on départements may set a limit of 90 km/h again; where and when they did is not in the files as "
        "such."),
        _ACT,
        verified=False,
    ),
    Break(
        calendar.COVID[0].date(),
        ("accidents", "vehicles", "people", "killed", "hospitalised", "slightly_injured"),
        N_("Rules against the COVID-19 epidemic emptied the roads from March 2020 to June 2021, most of all in spring "
        "and November 2020."),
        _COUNTS,
        until=calendar.COVID[1].date(),
    ),
    Break(
        date(2021, 1, 1),
        ("people", "injury", "sex", "birth_year", "youngest_age", "oldest_age"),
        N_("People who fled are in the files from 2021 on, most of them without sex and age, some without injury."),
        _ONISR_2025,
    ),
    Break(
        date(2021, 1, 1),
        ("road",),
        N_("The number of the road is often the name of the street from 2021 on."),
        _FILES,
    ),
    Break(
        date(2023, 1, 1),
        ("road_class", "road", "traffic", "lanes", "speed_limit"),
        N_("The files of 2024, and perhaps those of 2023, describe up to five roads of one accident, earlier ones a "
        "single one; which is the main road is not said, so it is the one of the highest class here."),
        _FILES,
    ),
)  # fmt: skip

# what holds for every year
ALWAYS = N_(
    "The files are not corrected after their issue: totals can differ by a few units from the yearbooks of ONISR, "
    "which are, and from another issue of the same year."
)


def between(years: Iterable[int]) -> tuple[Break, ...]:
    """The breaks that lie between days of some years, the earliest first."""
    wanted = list(years)
    return tuple(item for item in BREAKS if item.matters(wanted))


def concerning(years: Iterable[int], columns: Iterable[str], filters: Filters) -> tuple[Break, ...]:
    """The breaks between days of some years that bear on some columns, or on those by which accidents are filtered."""
    wanted = {*columns, *filters.users, *(column_of(name) for name, _chosen in filters.active())}
    return tuple(item for item in between(years) if wanted & set(item.columns) and _covers(item, filters.departements))


def _covers(item: Break, departements: Iterable[str]) -> bool:
    """Whether a break in the area that the files cover touches some départements, all of them where none is named."""
    named = list(departements)
    if "departement" not in item.columns or not named:
        return True
    return any(FIRST_YEARS.get(code) == item.since.year for code in named)


def explained(item: Break) -> str:
    """A break as one sentence with its source, in the language of the session."""
    sentence = _("{sentence} (Source: {source}.)") if item.verified else _("{sentence} (Not verified; {source}.)")
    return sentence.format(sentence=_(item.sentence), source=_(item.source))
