"""Why a forecast is what it is: which past days and which effects of the calendar, by exact Shapley values.

What is known at an origin is put into a few players. What a coalition is worth is the mean forecast where its players
are those of the origin explained, and all others those of earlier origins on the same weekday. Where the weekday is
absent, the calendar ahead is told other weekdays in turn. Past counts are shapes, as parts of the level of the days
looked back on; the level is a player of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from data import calendar
from data.errors import DataError
from data.text import N_, _
from models import coalitions
from models import device as devices
from models import forecast_windows as windows
from models.base import Explanation
from models.explain import require_additive
from models.forecast_designs import Design, Direct, OneStep
from models.forecast_networks import LSTMMember
from models.forecasts import HORIZON, checked

if TYPE_CHECKING:
    from models.lstm_forecasting import LSTMForecaster

PLAYERS: dict[str, str] = {
    "level": N_("Level of the days looked back on"),
    "last_week": N_("The last week"),
    "month_before": N_("The three weeks before it"),
    "earlier": N_("Earlier weeks"),
    "last_year": N_("The same days of last year"),
    "weekday": N_("Days of the week ahead"),
    "season": N_("Season"),
    "public_holidays": N_("Public holidays and bridge days"),
    "school_holidays": N_("School holidays"),
}
GAME = N_(
    "exact Shapley values over all coalitions of these players: an absent one is that of earlier forecasts, or of "
    "other weekdays"
)
UNIT = N_("accidents a day")
_PAST = ("last_week", "month_before", "earlier")
_WEEK, _MONTH = 7, 28
_BACKGROUND = 14  # origins, each weekday twice
_YEARS = 728  # days back that they are taken from
_FEWEST = 2
_BLOCK = 512
_OWN_COLUMNS = 4  # of `Window.ahead`, before those of the calendar

Told = Callable[[float], None]


@dataclass(frozen=True)
class ForecastReasons:
    """Parts of the mean forecast of each day ahead.

    Shapes: base (horizon,), shares and errors (players, horizon); errors are standard errors. Units: accidents a day.
    `background`: the first days of the forecasts compared with.
    """

    dates: pd.DatetimeIndex
    players: tuple[str, ...]
    base: np.ndarray
    shares: np.ndarray
    errors: np.ndarray
    background: pd.DatetimeIndex

    def of(self, day: int | None = None, horizon: int | None = None) -> Explanation:
        """Of one day ahead, by its position, or of the mean of the first days."""
        days = slice(0, horizon) if day is None else slice(day, day + 1)
        shares, base = self.shares[:, days].mean(axis=1), float(self.base[days].mean())
        dates = self.dates[days]
        name = str(dates[0].date()) if len(dates) == 1 else f"{dates[0].date()} - {dates[-1].date()}"
        return Explanation(
            accident=name,
            target_class="daily",
            base=base,
            contributions=dict(zip(self.players, map(float, shares), strict=True)),
            output=base + float(shares.sum()),
            unit=UNIT,
            game=GAME,
            # days of one forecast share their errors, so these are not divided by how many there are
            errors=dict(zip(self.players, map(float, self.errors[:, days].mean(axis=1)), strict=True)),
        )


def explain(model: LSTMForecaster, history: pd.Series | None = None, told: Told | None = None) -> ForecastReasons:
    """Why the forecast of France that follows a history, by default the model's own days, is what it is.

    Raises: DataError where the history is too short to compare with earlier forecasts; NotFitted; NotAdditive.
    """
    series = checked(model.context if history is None else history, model.days_needed)
    design = model._design
    origins = _background(series, design.window)
    with devices.LOCK:
        game = _game(design, series, origins)
        members = coalitions.every(len(game.players))
        worth = []
        step = max(1, _BLOCK // len(origins))
        for start in range(0, len(members), step):
            worth.append(game.worth(torch.as_tensor(members[start : start + step])))
            if told:
                told(min(1.0, (start + step) / len(members)))
    values = np.concatenate(worth).reshape(len(members), len(origins), HORIZON).astype(np.float64)
    parts = coalitions.shapley(values)
    shares, base = parts.mean(axis=1), values[0].mean(axis=0)
    mean = model.paths(series, np.array([len(series)]), HORIZON).mean[0]
    scale = np.maximum(1.0, np.abs(mean))
    whole = np.concatenate([shares, base[None]]).T
    require_additive((whole / scale[:, None])[None], (mean / scale)[None])
    index = pd.DatetimeIndex(series.index)
    return ForecastReasons(
        dates=pd.date_range(index[-1] + pd.Timedelta(days=1), periods=HORIZON),
        players=game.players,
        base=base,
        shares=shares,
        errors=parts.std(axis=1, ddof=1) / np.sqrt(len(origins)),
        background=pd.DatetimeIndex([index[0] + pd.Timedelta(days=int(o)) for o in origins]),
    )


def _game(design: Design, series: pd.Series, origins: np.ndarray) -> _Windows | _Counts:
    if isinstance(design, Direct):
        return _Windows(design, series, origins)
    if isinstance(design, OneStep):
        return _Counts(design, series, origins)
    raise TypeError(type(design).__name__)


def _background(series: pd.Series, window: int) -> np.ndarray:
    """Earlier origins on the weekday of the one after the series, evenly over two years.

    Raises: DataError where there are too few.
    """
    index = pd.DatetimeIndex(series.index)
    covid = np.concatenate([[0], np.cumsum(calendar.is_covid(index))])
    first = max(window, _MONTH, len(series) - _YEARS)
    earlier = np.arange(len(series) - _WEEK, first - 1, -_WEEK)[::-1]
    earlier = earlier[covid[earlier] == covid[earlier - window]]
    informed = earlier[earlier >= windows.YEAR + windows.LEVEL]
    usable = informed if len(informed) >= _BACKGROUND // 2 else earlier
    if len(usable) < _FEWEST:
        message = _("The series has {n} days; at least {needed} are needed to compare with earlier forecasts.")
        raise DataError(message.format(n=len(series), needed=max(window, _MONTH) + _FEWEST * _WEEK))
    evenly = np.linspace(0, len(usable) - 1, min(_BACKGROUND, len(usable))).round().astype(int)
    return np.asarray(usable[np.unique(evenly)])


class _Windows:
    """The game of networks that read a `Window`."""

    players = tuple(PLAYERS)

    def __init__(self, design: Direct, series: pd.Series, origins: np.ndarray) -> None:
        self.network = design.network
        place = next(self.network.parameters()).device
        source = windows.days(series, HORIZON, place)

        def window(at: np.ndarray) -> windows.Window:
            return windows.window(source, torch.as_tensor(at, device=place), design.window, HORIZON)

        self.own, self.other = window(np.array([len(series)])), window(origins)
        names = list(calendar.COVARIATES)
        weekday = [_OWN_COLUMNS + names.index(f"weekday_{n}") for n in range(1, 8)]
        turned = [self.other.ahead[k, :, weekday].roll(k % _WEEK, dims=1) for k in range(len(origins))]
        self.other.ahead[:, :, weekday] = torch.stack(turned)
        past = np.full(design.window, self.players.index("earlier"))
        past[-_MONTH:], past[-_WEEK:] = self.players.index("month_before"), self.players.index("last_week")
        self.past = torch.as_tensor(past)
        ahead = ["last_week", *["last_year"] * 3, *(_player(name) for name in names)]  # the first is made anew
        self.ahead = torch.as_tensor([self.players.index(name) for name in ahead])
        self.readers = [
            member for member in self.network.members if type(member) is LSTMMember
        ]  # one that attends rereads its past
        self.memories = self._read()

    @torch.inference_mode()
    def worth(self, members: Tensor) -> np.ndarray:
        """Shapes: (coalitions, players) -> (coalitions, background, horizon)."""
        place, n = self.own.past.device, len(self.other.level)
        members = members.to(place)
        past = self._past(members)
        ahead = torch.where(members[:, self.ahead][:, None, None, :], self.own.ahead, self.other.ahead)
        level = torch.where(members[:, [self.players.index("level")]][:, None], self.own.level, self.other.level)
        # as `forecast_windows` makes it of the last four weeks, whoever's they are
        month = past[:, :, -_MONTH:, 0].unflatten(2, (_MONTH // _WEEK, _WEEK)).mean(dim=2)
        ahead[..., 0] = month[..., torch.arange(HORIZON, device=place) % _WEEK]
        ahead[..., 1] = torch.where(ahead[..., 2] > 0, ahead[..., 1], ahead[..., 0])
        found = windows.Window(past=past.flatten(0, 1), ahead=ahead.flatten(0, 1), level=level.flatten(0, 1))
        mean = self._remembered(found, members) if self.memories else self.network(found)[0]
        means: np.ndarray = mean.mean(dim=0).float().cpu().numpy().reshape(len(members), n, HORIZON)
        return means

    def _past(self, members: Tensor) -> Tensor:
        return torch.where(members[:, self.past][:, None, :, None], self.own.past, self.other.past)

    @torch.inference_mode()
    def _read(self) -> list[tuple[Tensor, Tensor]]:
        """What each network keeps of every past there can be; most of the time of a forecast goes into reading it.

        Empty for networks that look back at the past from the days ahead.
        """
        if len(self.readers) < len(self.network.members):
            return []
        every = torch.zeros(2 ** len(_PAST), len(self.players), dtype=torch.bool)
        every[:, [self.players.index(name) for name in _PAST]] = torch.as_tensor(coalitions.every(len(_PAST)))
        pasts = self._past(every.to(self.own.past.device))
        shape = pasts.shape[:2]
        kept = [network.remember(pasts.flatten(0, 1)) for network in self.readers]
        return [(hidden.unflatten(1, shape), cell.unflatten(1, shape)) for hidden, cell in kept]

    def _remembered(self, found: windows.Window, members: Tensor) -> Tensor:
        """Means of each network (networks, n, horizon)."""
        bits = torch.tensor([1 << bit for bit in range(len(_PAST))], device=members.device)
        which = (members[:, [self.players.index(name) for name in _PAST]] * bits).sum(dim=1)
        means = []
        for network, (hidden, cell) in zip(self.readers, self.memories, strict=True):
            memory = (hidden[:, which].flatten(1, 2), cell[:, which].flatten(1, 2))
            means.append(network.answer(found.ahead, memory, found.level)[0])
        return torch.stack(means)


class _Counts:
    """The game of the preset `base`, which reads counts alone."""

    players = ("level", "last_week", "month_before")

    def __init__(self, design: OneStep, series: pd.Series, origins: np.ndarray) -> None:
        self.design = design
        counts = series.to_numpy(dtype=float)
        rows = np.stack([counts[o - design.window : o] for o in (len(series), *origins)])
        self.levels = np.maximum(rows.mean(axis=1, keepdims=True), 1e-6)
        self.shapes = rows / self.levels
        self.past = np.where(np.arange(design.window) >= design.window - _WEEK, 1, 2)

    def worth(self, members: Tensor) -> np.ndarray:
        """Shapes: (coalitions, players) -> (coalitions, background, horizon)."""
        there = members.numpy()
        shapes = np.where(there[:, None, self.past], self.shapes[0], self.shapes[1:])
        levels = np.where(there[:, None, :1], self.levels[0], self.levels[1:])
        counts = (shapes * levels).reshape(-1, self.design.window)
        days = pd.Series(counts.ravel())
        ends = (np.arange(len(counts)) + 1) * self.design.window
        mean = self.design.paths(days, ends, HORIZON).mean
        return mean.reshape(len(there), -1, HORIZON)


def _player(covariate: str) -> str:
    if covariate.startswith("weekday_"):
        return "weekday"
    if covariate.startswith("school_"):
        return "school_holidays"
    if covariate in ("public_holiday", "eve", "day_after", "bridge", "christmas_week"):
        return "public_holidays"
    return "season"
