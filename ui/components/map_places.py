"""Where exactly accidents happen: hexagons, points down to the record, and hot spots."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from data import areas, hexagons, summary
from data.errors import DataError
from data.text import _
from models import hot_spots
from ui import words
from ui.charts import map_places
from ui.components import exploration, filter_form, map_borders, map_record, plots
from ui.components.exploration import View
from ui.export import safe_csv

KEY = "map_places"
SHOWN = 50_000
_LISTED = 50  # hot spots
_AT_ONCE = 5_000  # accidents whose hot spots are found without being asked for
_FOCUS, _ASKED = "map_focus", "map_spots_asked"


def places(view: View) -> None:
    """The map of single places, as a person wants it drawn."""
    st.header(_("Where exactly"))
    names = {"hexagons": _("Density"), "points": _("Single accidents"), "spots": _("Hot spots")}
    layer = exploration.option(_("Show"), names, key="layer", short=True)
    {"hexagons": _hexagons, "points": _points, "spots": _spots}[layer](view)


def positions(located: int, total: int) -> str:
    """How many accidents no map of places can show."""
    missing = total - located
    if not missing:
        return _("Every accident has a position.")
    message = _("{n} of {total} accidents ({share}) have no position and are not drawn.")
    return message.format(n=words.count(missing), total=words.count(total), share=words.percent(missing / total))


def _hexagons(view: View) -> None:
    measure = exploration.option(
        _("Colour by"),
        {"accidents": _("Accidents"), "share": _("Share with somebody killed or hospitalised")},
        key="colour",
        short=True,
    )
    found = view.ask(hexagons.count)
    notes = [
        _("Hexagons are {width} km wide; fewer départements are shown more closely.").format(
            width=words.number(found.width)
        ),
        positions(found.located, found.total),
    ]
    if found.inside < found.located and not view.filters.departements:
        message = _("{n} lie overseas: choose a département there to see them.")
        notes.append(message.format(n=words.count(found.located - found.inside)))
    if measure == "accidents":
        notes.append(_("Many accidents are first of all where many people live and drive: rates are above."))
    else:
        notes.append(_("Grey: fewer than {n} accidents, too few to compare.").format(n=hexagons.MINIMUM))
    exploration.panel(
        view,
        map_places.hexagons(found, measure, map_borders.grid_address(view.filters.departements), _outlines()),
        hexagon_table(found.rows),
        key=KEY,
        alt=_("Map of accidents counted in hexagons"),
        note=" ".join([*notes, _no_outlines()]),
        movable=True,
    )


def hexagon_table(rows: pd.DataFrame) -> pd.DataFrame:
    """The hexagons in words, the fullest first."""
    share = [words.percent(value) if pd.notna(value) else _("not known") for value in rows["share"]]
    return pd.DataFrame(
        {
            _("Latitude"): rows["latitude"].round(4),
            _("Longitude"): rows["longitude"].round(4),
            _("Accidents"): rows["accidents"],
            _("With somebody killed"): rows["fatal"].where(rows["known"] > 0),
            _("Killed or hospitalised"): share,
            _("95% interval"): _intervals(rows),
        }
    )


def _points(view: View, focus: pd.Series | None = None) -> None:
    found = view.ask(summary.points, SHOWN)
    rows = found.rows
    if focus is not None:
        south, north, west, east = map_places.around(focus)
        rows = rows[rows["latitude"].between(south, north) & rows["longitude"].between(west, east)]
    notes = [positions(found.located, found.total), _no_outlines()]
    if len(found.rows) < found.located:
        message = _("Drawn: a sample of {n} of {located}, always the same.")
        notes.insert(0, message.format(n=words.count(len(found.rows)), located=words.count(found.located)))
    notes.insert(0, _("A click on a point opens the accident."))
    figure = map_places.points(rows, hexagons.box(view.filters.departements), _outlines(), focus=focus)
    plots.show(
        figure,
        key=KEY,
        alt=_("Map of single accidents by severity"),
        png=f"balise-{KEY}",
        on_click=partial(_open, rows),
        movable=True,
    )
    st.caption(" ".join(notes))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            _("Open an accident by its number"),
            key="map_number",
            on_change=_open_number,
            width=320,
            help=_("Every accident of the official files has a number of its own; the CSV beside names those drawn."),
        )
        st.download_button(
            _("Download as CSV"),
            data=lambda: safe_csv(rows),
            file_name="balise-accidents.csv",
            mime="text/csv",
            key="map_points_csv",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
        )


def _open(rows: pd.DataFrame) -> None:
    """Show the accident that was clicked."""
    chosen = st.session_state[KEY]["selection"]["points"]
    drawn = list(map_places.parts(rows).values())
    if chosen and chosen[0]["curve_number"] < len(drawn):
        part = drawn[chosen[0]["curve_number"]]
        map_record.show(str(part["accident"].iloc[chosen[0]["point_index"]]))


def _open_number() -> None:
    number = str(st.session_state["map_number"]).strip()
    if number:
        map_record.show(number)


def _spots(view: View) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        radii = {str(radius): _("{n} m").format(n=radius) for radius in (100, *hot_spots.RADII)}
        radius = int(exploration.option(_("Within"), radii, key="radius", short=True))
        usual = hot_spots.usual_least(view.ask(areas.longest_record))
        least_of = {str(n): _("{n} accidents").format(n=n) for n in (usual, *hot_spots.LEAST)}
        least = int(exploration.option(_("At least"), least_of, key="least"))
    found = _found(view, radius, least)
    if found is None:
        return
    shown = found.rows.head(_LISTED)
    asked = (view.data.version, view.filters, radius, least)
    focused, place = st.session_state.get(_FOCUS, (None, 0))
    if focused == asked:
        st.button(_("Back to all hot spots"), icon=":material/arrow_back:", on_click=_look_at, args=(None,))
        _points(view, shown.iloc[place])
    else:
        plots.show(
            map_places.hot_spots(shown, hexagons.box(view.filters.departements), _outlines()),
            key=f"{KEY}_spots",
            alt=_("Map of the places where accidents lie densely"),
            png="balise-hot-spots",
            movable=True,
        )
    _list(found, asked)


def _found(view: View, radius: int, least: int) -> hot_spots.HotSpots | None:
    """The hot spots, once they are asked for where that takes seconds; None until then."""
    located = view.ask(hot_spots.located)
    if located > hot_spots.CAP:
        message = _(
            "Hot spots are looked for among {cap} accidents at most, and {n} are selected: "
            "choose fewer years or some départements in the sidebar."
        )
        st.info(message.format(cap=words.count(hot_spots.CAP), n=words.count(located)), icon=":material/filter_alt:")
        return None
    asked = (view.data.version, view.filters, radius, least)
    if located > _AT_ONCE and st.session_state.get(_ASKED) != asked:
        message = _("Looking through {n} accidents takes some seconds.").format(n=words.count(located))
        st.button(_("Find hot spots"), icon=":material/search:", on_click=_ask, args=(asked,), help=message)
        return None
    with st.spinner(_("Looking for dense places …")):
        return view.ask(hot_spots.find, radius, least)


def _list(found: hot_spots.HotSpots, asked: tuple[object, ...]) -> None:
    """The hot spots, that with most accidents first, each with a button that shows it on the map."""
    rows = found.rows.head(_LISTED)
    if rows.empty:
        return
    message = _(
        "{n} places, {shown} shown. Neighbouring places of such density are joined to one, as far as it reaches. "
        "Killed or hospitalised: accidents with somebody so hurt, of those whose injuries are known. "
        "Many accidents are first of all where much traffic is: compare the shares, with their intervals."
    )
    st.caption(message.format(n=words.count(len(found.rows)), shown=words.count(len(rows))))
    table = spot_table(rows)
    button = st.column_config.ButtonColumn(
        "", type="tertiary", key="map_spot_click", on_click=_look_at, args=(asked,), pinned=True
    )
    show = pd.Series([":material/location_on: " + _("Show")] * len(table))
    st.dataframe(
        table.assign(**{_("Map"): show}), hide_index=True, column_config={_("Map"): button}, key="map_spots_table"
    )
    st.download_button(
        _("Download as CSV"),
        data=lambda: safe_csv(spot_table(found.rows)),
        file_name="balise-hot-spots.csv",
        mime="text/csv",
        key="map_spots_csv",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
    )


def spot_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Hot spots in words; the shares can be sorted, so they are numbers."""
    names = [
        filter_form.value_label("departements", code) if isinstance(code, str) else _("not known")
        for code in rows["departement"]
    ]
    return pd.DataFrame(
        {
            _("Département"): names,
            _("Accidents"): rows["accidents"].to_numpy(),
            _("Killed"): rows["killed"].to_numpy(),
            _("Hospitalised"): rows["hospitalised"].to_numpy(),
            _("Killed or hospitalised (%)"): (rows["share"] * 100).round(0).to_numpy(),
            _("95% interval"): _intervals(rows),
            _("Reach (m)"): rows["reach"].round(0).to_numpy(),
            _("Latitude"): rows["latitude"].round(5).to_numpy(),
            _("Longitude"): rows["longitude"].round(5).to_numpy(),
        }
    )


def _intervals(rows: pd.DataFrame) -> list[str]:
    message = _("{low} to {high}")
    return [
        message.format(low=words.percent(low), high=words.percent(high)) if pd.notna(low) else "–"
        for low, high in zip(rows["low"], rows["high"], strict=True)
    ]


def _ask(asked: tuple[object, ...]) -> None:
    st.session_state[_ASKED] = asked


def _look_at(asked: tuple[object, ...] | None) -> None:
    """Show the hot spot whose button was clicked; None: all of them again."""
    if asked is None:
        st.session_state.pop(_FOCUS, None)
    else:
        st.session_state[_FOCUS] = (asked, st.session_state["map_spot_click"]["row"])


def _outlines() -> str | None:
    try:
        return map_borders.address("places")
    except DataError:  # the map of the départements says so
        return None


def _no_outlines() -> str:
    return "" if _outlines() else _("Borders are drawn once they are downloaded on the Data page.")
