"""The form that starts a training of any kind of model, made from the registry and the settings of each kind."""

from __future__ import annotations

import importlib.metadata
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from data import features
from data.errors import AppError
from data.text import _
from models import durations, jobs, registry
from models.registry import KINDS, Entry, Kind
from models.settings import Config, settings_of
from ui.components import access, forecasting, job_words, notices, settings_form, training_data

if TYPE_CHECKING:
    from models.train import TrainSpec

TARGET = "predict"  # in an address too: a link may ask for one
DAILY = "daily"
_BEFORE = "target_before"  # the last one chosen, for whoever comes back from another page
_ANEW = ""
_TUNED = ("epochs", "learning_rate")
_TUNING = {"epochs": 10, "learning_rate": 5e-4}  # where one goes on from a model that has learnt most already


def form() -> None:
    """Choose, see about how long it takes, and start; the page shows the new training then."""
    # a fragment, so that the estimate follows each choice without drawing the curves again
    st.fragment(_form, key="training-form")()


def _form() -> None:
    target = choose_target()
    kind = choose_kind(target)
    start = _start_from(kind) if target == DAILY else None
    preset, config = choose_preset(kind, start)
    try:
        chosen = _data(target, config, start)
    except AppError as error:
        notices.problem(error)
        return
    values = _settings(kind, preset, config, start)
    device = choose_device(config)
    freeze = start is not None and st.checkbox(
        _("Keep what reads the past as it is"),
        help=_("Only the part that forecasts learns on: steadier where there are few days."),
        key="train_freeze",
        persist_state="session",
    )
    problem = chosen.problem
    try:
        config = settings_form.revised(config, values)
    except ValueError as error:
        problem = str(error)
    if problem:
        notices.problem(AppError(problem))
    else:
        _estimate(kind, config, chosen, device)
    access.notice()
    pressed = st.button(
        _("Start training"), type="primary", icon=":material/play_arrow:",
        disabled=bool(problem) or access.looking(),
    )  # fmt: skip
    if not pressed or problem:
        return
    asked: dict[str, Any] = {"kind": kind.name, "target": target, "device": device, **chosen.fields}
    if start is None:
        asked |= {"preset": preset, "settings": values}
    else:
        tuned = {name: getattr(config, name) for name in _TUNED}
        asked |= {"settings": tuned, "start_from": str(start.folder), "freeze_encoder": freeze}
    begin(asked, access.checked(jobs.start), _("This very training is under way already; here it is."))


def choose_target() -> str:
    """What the model is to predict."""
    labels = {**{t: _(features.TARGETS[t]) for t in features.TARGETS}, DAILY: _("Accidents a day")}
    if TARGET not in st.session_state:
        asked = st.query_params.get(TARGET, st.session_state.get(_BEFORE))
        st.session_state[TARGET] = asked if asked in labels else next(iter(labels))
    chosen = st.segmented_control(
        _("What to predict"), list(labels), format_func=labels.__getitem__, required=True, key=TARGET, wrap=True
    )
    st.session_state[_BEFORE] = chosen
    return str(chosen)


def choose_kind(target: str, fits: Callable[[Kind], bool] = lambda kind: True) -> Kind:
    """One of the kinds that learn a target and fit."""
    kinds = {kind.name: kind for kind in KINDS.values() if target in kind.targets and fits(kind)}
    # a key of its own for each target: the kinds of one are not those of another
    name = st.selectbox(
        _("Model"), list(kinds), format_func=lambda name: kinds[name].label, key=f"train_kind_{target}",
        persist_state="session",
    )  # fmt: skip
    st.caption(_(kinds[name].good_for))
    return kinds[name]


def _start_from(kind: Kind) -> Entry | None:
    """The forecaster to go on from; None to begin anew."""
    usable = {e.name: e for e in registry.entries(DAILY) if e.metadata and e.metadata["kind"] == kind.name}
    if not usable:
        return None
    name = st.selectbox(
        _("Begin"),
        [_ANEW, *usable],
        format_func=lambda n: (
            _("Go on from {model}").format(model=forecasting.model_label(usable[n])) if n else _("Anew")
        ),
        key=f"train_from_{kind.name}",
        help=_("Going on teaches a trained model newer days, or one département, in a few epochs."),
    )
    return usable.get(name)


def choose_preset(kind: Kind, start: Entry | None = None) -> tuple[str, Config]:
    """The name and the settings to begin with."""
    if start is not None and start.metadata is not None:
        config = kind.settings(None, start.metadata["config"])[1]
        return str(start.metadata["preset"]), replace(config, **_TUNING)  # type: ignore[type-var]
    # quick first: whoever tries something out should not wait
    names = sorted(kind.presets, key=lambda name: name != "quick")
    preset = names[0]
    if len(names) > 1:
        preset = st.segmented_control(
            _("Preset"), names, default=names[0], required=True, format_func=settings_form.in_words, wrap=True,
            key=f"train_preset_{kind.name}", persist_state="session",
        )  # fmt: skip
    st.caption(_(kind.preset_help[preset]))
    return preset, kind.presets[preset]


def _data(target: str, config: Config, start: Entry | None) -> training_data.Chosen:
    if target == DAILY:
        return training_data.daily(whole=getattr(config, "architecture", "") != "base", anew=start is None)
    return training_data.accidents(target)


def _settings(kind: Kind, preset: str, config: Config, start: Entry | None) -> dict[str, Any]:
    """What a person changed of the settings."""
    if start is not None:
        key = f"train-{kind.name}-from-{start.name}"
        return settings_form.fields(config, key=key, shown=_TUNED, only=_TUNED)
    shown = [item.name for item in settings_of(config) if not item.advanced or item.name == "seed"]
    return settings_form.fields(config, key=f"train-{kind.name}-{preset}", shown=shown)


def choose_device(config: Config) -> str:
    """Where networks compute; other models always use the processor."""
    if not _network(config) or not gpu():
        return "auto"
    labels = {"auto": _("Automatic"), "cuda": _("Graphics card (CUDA)"), "cpu": _("Processor (CPU)")}
    return st.selectbox(
        _("Compute on"), list(labels), format_func=labels.__getitem__, key="train_device",
        persist_state="session",
    )  # fmt: skip


def _network(config: Config) -> bool:
    return bool({"epochs", "tab_transformer"} & set(type(config).__dataclass_fields__))


@cache
def gpu() -> bool:
    """Whether this machine has a CUDA GPU that torch was built for, told without loading torch."""
    return shutil.which("nvidia-smi") is not None and not importlib.metadata.version("torch").endswith("+cpu")


def _estimate(kind: Kind, config: Config, chosen: training_data.Chosen, device: str) -> None:
    places = "departements" in chosen.fields and "departement" not in chosen.fields
    where = "cuda" if device != "cpu" and gpu() else "cpu"
    found = durations.estimate(kind.name, config, chosen.rows, places=places, device=where)
    st.caption(f":material/timer: {estimate_words(found)}")


def estimate_words(found: durations.Estimate | None) -> str:
    """How long it takes and how that is known."""
    if found is None:
        return _("How long it takes is not known: none has been trained here yet.")
    about = job_words.roughly(found.seconds)
    if not found.trainings:
        return _("Rough guess: about {time}. The first training here will tell better.").format(time=about)
    if found.trainings == 1:
        return _("About {time}, from 1 training with these settings here.").format(time=about)
    return _("About {time}, from {n} trainings with these settings here.").format(time=about, n=found.trainings)


def begin(asked: Mapping[str, Any], start: Callable[[TrainSpec], Path], again: str) -> None:
    """Start what was asked for and show it; `again` is said where the very same is under way already."""
    from models.train import TrainSpec

    try:
        before = {run.name for run in jobs.runs()}
        folder = start(TrainSpec(**asked))
    except (AppError, ValueError) as error:
        notices.problem(AppError(str(error)))
        return
    said = again if folder.name in before else _("Started. You may leave this page; it goes on.")
    st.toast(said, icon=":material/model_training:")
    st.query_params[job_words.RUN] = folder.name
    st.rerun()  # the badge and what is shown were drawn before
