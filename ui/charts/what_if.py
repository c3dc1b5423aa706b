"""What a model says of an accident if some of its inputs were others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from data import text
from data.text import _
from ui import words
from ui.charts import style
from ui.charts.kept import kept

# the described accident and three variants, by colour and by pattern
COLOURS = (style.NEUTRAL, "#0072b2", "#d55e00", "#009e73")
_PATTERNS = ("", "/", ".", "x")
OWN, AVERAGE = "#0072b2", style.NEUTRAL
_ROW = 24  # pixels of a value in a figure of dots
_PLOT = 210  # pixels of one class beside others
_CELLS = 144  # cells of a heat map that hold their number
_LEGEND = 16  # pixels of a model in the legend, which on a narrow page has a line for each
_UPRIGHT = 6  # columns of a heat map whose labels stand upright


@kept
def scenarios(shares: pd.DataFrame) -> go.Figure:
    """Probability of each class as one bar a scenario, with the difference to the first in percentage points.

    `shares`: index = class in words, one column a scenario, fractions; the first is what others are compared with.
    """
    if shares.empty:
        return style.empty(_("No model has answered yet."))
    figure, positions, first = go.Figure(), np.arange(len(shares)), shares.iloc[:, 0]
    for i, name in enumerate(shares.columns):
        values, colour = shares[name], COLOURS[i % len(COLOURS)]
        texts = [
            words.percent(v) if i == 0 else f"{words.percent(v)} ({points(v - f)})"
            for v, f in zip(values, first, strict=True)
        ]
        figure.add_bar(
            name=style.wrapped(str(name), 40),
            y=positions,
            x=values.to_numpy() * 100,
            orientation="h",
            marker={"color": colour, "line": {"color": colour, "width": 1},
                    "pattern": {"shape": _PATTERNS[i % len(_PATTERNS)], "size": 7, "solidity": 0.45}},
            text=texts,
            textposition="outside",
            cliponaxis=False,
            customdata=np.stack([shares.index.to_numpy(dtype=object), np.array(texts, dtype=object)], axis=1),
            hovertemplate="%{customdata[0]}<br>" + str(name) + ": %{customdata[1]}<extra></extra>",
        )  # fmt: skip
    figure.update_layout(barmode="group", bargap=0.28, bargroupgap=0.06)
    style.finish(figure, height=90 + len(shares) * (22 + 19 * len(shares.columns)), x=_("Probability (%)"), legend=True)
    figure.update_layout(margin={"r": 110})  # the number after the longest bar
    figure.update_xaxes(range=[0, min(100, float(shares.max().max()) * 100 + 1)])
    names = [style.wrapped(str(c), 24) for c in shares.index]
    figure.update_yaxes(range=[len(shares) - 0.5, -0.5], tickvals=positions, ticktext=names, showgrid=False)
    return figure


@kept
def sweep(parts: Mapping[str, pd.DataFrame], *, x: str, numbers: bool, current: object) -> go.Figure:
    """Probabilities with one input at each of its values: of one accident, and on average over others.

    `parts`: class in words -> its table, index = the values (numbers, or codes in words), columns `own` and `average`
    (fractions) and `contradictory`. Several classes stand beside each other. `x`: the input with its unit; `current`:
    the value that is described, None where it is unknown.
    """
    if not parts or all(table.empty for table in parts.values()):
        return style.empty(_("This input has one value in these data."))
    columns = min(2, len(parts))
    rows = -(-len(parts) // columns)
    figure = make_subplots(
        rows, columns, subplot_titles=[style.wrapped(t, 28) for t in parts] if len(parts) > 1 else None,
        shared_yaxes=not numbers, horizontal_spacing=0.1 if numbers else 0.04,
        vertical_spacing=min(0.3, 90 / (_height(parts, numbers, rows) or 1)) if rows > 1 else 0,
    )  # fmt: skip
    for i, table in enumerate(parts.values()):
        where = {"row": i // columns + 1, "col": i % columns + 1}
        draw = _lines if numbers else _dots
        for trace in draw(table, current, legend=i == 0):
            figure.add_trace(trace, **where)
    _finish(figure, parts, x=x, numbers=numbers, rows=rows, columns=columns)
    return figure


@kept
def heat(table: pd.DataFrame, *, x: str, y: str, outcome: str, current: tuple[str, str] | None = None) -> go.Figure:
    """The probability of an outcome for all combinations of two inputs; a cell that contradicts the rest is crossed.

    `table`: index = the values of `y` in words, columns = those of `x`; cells are fractions, missing where they
    contradict. `current`: the described values of x and y, framed.
    """
    if table.empty:
        return style.empty(_("Nothing to show."))
    shares = table.to_numpy(dtype=float) * 100
    upright = len(table.columns) > _UPRIGHT  # else each label has room for a word beside its neighbours
    columns = [style.wrapped(str(v), 22 if upright else 12) for v in table.columns]
    rows = [style.wrapped(str(v), 22) for v in table.index]
    figure = go.Figure(_cells(shares, columns, rows, x=x, y=y, outcome=outcome))
    figure.add_trace(_written(shares))
    labels = 5 * max(len(c) for c in columns) if upright else 14 * max(c.count("<br>") for c in columns)
    style.finish(figure, height=150 + labels + max(28 * len(rows), 120), x=x, y=y)
    figure.update_layout(margin={"t": 32})  # clear of the button for the picture
    grid = {"showgrid": False, "zeroline": False}
    angle = -90 if upright else 0
    across = {"tickvals": np.arange(len(columns)), "ticktext": columns, "range": [-0.5, len(columns) - 0.5]}
    figure.update_xaxes(**across, tickangle=angle, **grid)
    figure.update_yaxes(tickvals=np.arange(len(rows)), ticktext=rows, range=[len(rows) - 0.5, -0.5], **grid)
    if current is not None:
        at_x, at_y = list(table.columns).index(current[0]), list(table.index).index(current[1])
        figure.add_shape(
            type="rect", x0=at_x - 0.5, x1=at_x + 0.5, y0=at_y - 0.5, y1=at_y + 0.5,
            line={"color": style.RAISES, "width": 3},
        )  # fmt: skip
    return figure


@kept
def changes(after: pd.DataFrame, before: Mapping[str, float], colours: Mapping[str, str]) -> go.Figure:
    """How far each single change moves a probability in each model, in percentage points.

    `after`: index = the change in words, one column a model, fractions; `before`: of each model without a change.
    """
    if after.empty:
        return style.empty(_("No single change is possible here."))
    figure = go.Figure()
    positions = np.arange(len(after))
    for i, name in enumerate(after.columns):
        moved = (after[name].to_numpy() - before[name]) * 100
        figure.add_scatter(
            name=style.wrapped(str(name), 40),
            x=moved,
            y=positions,
            mode="markers",
            marker={"color": colours.get(str(name), style.NEUTRAL), "size": 13 if i == 0 else 9,
                    "symbol": "diamond" if i == 0 else "circle", "opacity": 1 if i == 0 else 0.75},
            customdata=np.stack(
                [after.index.to_numpy(dtype=object), [words.percent(before[name])] * len(after),
                 [words.percent(v) for v in after[name]], [points(v / 100) for v in moved]], axis=1),
            hovertemplate="%{customdata[0]}<br>" + str(name)
            + ": %{customdata[1]} → %{customdata[2]} (%{customdata[3]})<extra></extra>",
        )  # fmt: skip
    style.finish(
        figure,
        height=120 + 40 * len(after) + _LEGEND * len(after.columns),
        x=_("Change of the probability (percentage points)"),
        legend=True,
    )
    names = [style.wrapped(str(change), 30) for change in after.index]
    figure.update_yaxes(range=[len(after) - 0.5, -0.5], tickvals=positions, ticktext=names, zeroline=False)
    figure.update_xaxes(zeroline=True, zerolinewidth=2, zerolinecolor=style.NEUTRAL)
    return figure


def points(difference: float) -> str:
    """A difference of probabilities in percentage points, with its sign: +1.2, −0.4, ±0.0."""
    rounded = round(difference * 100, 1)
    return f"{'−' if rounded < 0 else '+' if rounded > 0 else '±'}{text.number(abs(rounded), '.1f')}"


def _lines(table: pd.DataFrame, current: object, *, legend: bool) -> list[go.Scatter]:
    values = [float(str(v)) for v in table.index]
    own = {"color": OWN, "width": 2.5}
    traces = [
        _trace(_("Average of other accidents"), values, table["average"], legend, mode="lines",
               line={"color": AVERAGE, "dash": "dash"}),
        _trace(_("This accident"), values, table["own"], legend, mode="lines+markers", line=own,
               marker={"color": OWN, "size": 6, "symbol": _symbols(table)}),
    ]  # fmt: skip
    return [*traces, *_current(table, current, legend, across=False)]


def _dots(table: pd.DataFrame, current: object, *, legend: bool) -> list[go.Scatter]:
    labels = [style.wrapped(str(v), 30) for v in table.index]
    joined = [(a, b) for a, b in zip(table["own"] * 100, table["average"] * 100, strict=True)]
    stems = go.Scatter(
        x=[v for a, b in joined for v in (a, b, None)], y=[v for label in labels for v in (label, label, None)],
        mode="lines", line={"color": AVERAGE, "width": 1}, showlegend=False, hoverinfo="skip",
    )  # fmt: skip
    return [
        stems,
        _trace(_("Average of other accidents"), labels, table["average"], legend, across=True, mode="markers",
               marker={"color": AVERAGE, "size": 9, "symbol": "diamond-open", "line": {"width": 2}}),
        _trace(_("This accident"), labels, table["own"], legend, across=True, mode="markers",
               marker={"color": OWN, "size": 10, "symbol": _symbols(table)}),
        *_current(table, current, legend, across=True),
    ]  # fmt: skip


def _trace(
    name: str, values: Sequence[object], shares: pd.Series, legend: bool, *, across: bool = False, **look: object
) -> go.Scatter:
    percents = shares.to_numpy() * 100
    x, y = (percents, values) if across else (values, percents)
    at, share = ("%{y}", "%{x:.1f}%") if across else ("%{x}", "%{y:.1f}%")
    return go.Scatter(
        name=name,
        legendgroup=name,
        showlegend=legend,
        x=x,
        y=y,
        hovertemplate=f"{at}<br>{name}: {share}<extra></extra>",
        **look,
    )


def _symbols(table: pd.DataFrame) -> list[str]:
    """A value that contradicts the rest of the description is drawn hollow."""
    return ["circle-open" if wrong else "circle" for wrong in table["contradictory"]]


def _current(table: pd.DataFrame, current: object, legend: bool, *, across: bool) -> list[go.Scatter]:
    """A ring round the value that is described."""
    if current is None or current not in table.index:
        return []
    label = style.wrapped(str(current), 30) if across else float(str(current))
    ring = {"color": style.RAISES, "size": 17, "symbol": "circle-open", "line": {"width": 2.5}}
    shares = table["own"][[value == current for value in table.index]]
    return [_trace(_("As described"), [label], shares, legend, across=across, mode="markers", marker=ring)]


def _height(parts: Mapping[str, pd.DataFrame], numbers: bool, rows: int) -> int:
    values = max(len(table) for table in parts.values())
    one = (_PLOT if len(parts) > 1 else 320) if numbers else max(90, _ROW * values + 20)
    return 110 + rows * (one + (60 if len(parts) > 1 else 0))


def _finish(
    figure: go.Figure, parts: Mapping[str, pd.DataFrame], *, x: str, numbers: bool, rows: int, columns: int
) -> None:
    style.finish(figure, height=_height(parts, numbers, rows), legend=True)
    if len(parts) > 1:
        figure.update_annotations(font={"size": 13})
        figure.update_layout(margin={"t": 66}, legend={"y": 1 + 34 / _height(parts, numbers, rows)})
    share = _("Probability (%)")
    top = 100 * max(float(table[["own", "average"]].max().max()) for table in parts.values())
    room = [-top * 0.04, top * 1.08 or 1]
    for i in range(len(parts)):
        where = {"row": i // columns + 1, "col": i % columns + 1}
        last, left = i + columns >= len(parts), i % columns == 0
        if numbers:
            figure.update_xaxes(title=x if last else None, **where)
            figure.update_yaxes(title=share if left else None, range=[0, room[1]], **where)
        else:
            figure.update_xaxes(title=share if last else None, range=room, zeroline=False, **where)
            figure.update_yaxes(title=x if left and len(parts) == 1 else None, autorange="reversed", **where)


def _cells(
    shares: np.ndarray, columns: Sequence[str], rows: Sequence[str], *, x: str, y: str, outcome: str
) -> go.Heatmap:
    """The cells of a heat map. Shape of `shares`: (rows, columns), in percent, NaN where they are crossed."""
    said = np.where(np.isnan(shares), _("contradicts the description"), np.char.mod("%.1f%%", np.nan_to_num(shares)))
    across, down = np.meshgrid(np.array(columns, dtype=object), np.array(rows, dtype=object))
    hover = f"{x}: %{{customdata[0]}}<br>{y}: %{{customdata[1]}}<br>{outcome}: %{{customdata[2]}}<extra></extra>"
    return go.Heatmap(
        z=shares,
        x=np.arange(len(columns)),
        y=np.arange(len(rows)),
        customdata=np.stack([across, down, said], axis=2),
        hovertemplate=hover,
        colorscale=style.READABLE,
        xgap=1,
        ygap=1,
        showscale=shares.size > _CELLS,  # else every cell says its number
        colorbar={"title": {"text": _("Probability (%)"), "side": "top"}, "thickness": 12, "outlinewidth": 0},
    )


def _written(shares: np.ndarray) -> go.Scatter:
    """Crosses, and the numbers of not too many cells.

    Not the heat map's own text, which would be black or white by the shade alone, whatever the page's background.
    """
    shown = np.isnan(shares) | (shares.size <= _CELLS)
    digits = 0 if np.nanmax(shares, initial=0) >= 10 else 1
    y, x = np.nonzero(shown)
    texts = ["×" if np.isnan(share) else text.number(share, f".{digits}f") for share in shares[shown]]
    return go.Scatter(x=x, y=y, mode="text", text=texts, hoverinfo="skip", showlegend=False)
