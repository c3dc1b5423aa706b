"""The form that starts a search for better settings of any kind of model that says where to look for them."""

from __future__ import annotations

import streamlit as st

from data.errors import AppError
from data.text import _
from models import durations, jobs, tuning
from models.registry import Kind
from models.settings import Config, Range, settings_of
from models.tuning import Budget
from ui.components import access, job_words, notices, settings_form, training_data, training_form


def form() -> None:
    """Choose what to tune and for how long, and start; the page shows the new tuning then."""
    st.fragment(_form, key="tuning-form")()


def _form() -> None:
    target = training_form.choose_target()
    kind = training_form.choose_kind(target, tuning.tunable)
    preset, config = training_form.choose_preset(kind)
    try:
        daily = target == training_form.DAILY
        chosen = training_data.daily(whole=False, anew=True) if daily else training_data.accidents(target)
    except AppError as error:
        notices.problem(error)
        return
    values = settings_form.fields(config, key=f"tune-{kind.name}-{preset}", shown=())
    device = training_form.choose_device(config)
    given = settings_form.fields(Budget(), key="tune-budget")
    problem = chosen.problem
    try:
        config = settings_form.revised(config, values)
        budget = settings_form.revised(Budget(), given)
    except ValueError as error:
        problem = str(error)
    if problem:
        notices.problem(AppError(problem))
    else:
        st.caption(searched_words(config))
        _estimate(kind, config, chosen, device, budget)
    access.notice()
    pressed = st.button(
        _("Start tuning"), type="primary", icon=":material/tune:", disabled=bool(problem) or access.looking()
    )
    if pressed and not problem:
        asked = {"kind": kind.name, "target": target, "device": device, "preset": preset, "settings": values}
        again = _("This very tuning is under way already; here it is.")
        training_form.begin({**asked, **chosen.fields}, lambda spec: access.checked(jobs.tune)(spec, budget), again)


def searched_words(config: Config) -> str:
    """Which settings are searched, and where."""
    labels = {item.name: _(item.label) for item in settings_of(config)}
    parts = []
    for name, search in tuning.space(config).items():
        if isinstance(search, Range):
            where = _("{low:g} to {high:g}").format(low=search.low, high=search.high)
        else:
            where = ", ".join(str(value) for value in search)
        parts.append(f"{labels[name]} ({where})")
    return _("Searched: {settings}. All others stay as they are.").format(settings=" · ".join(parts))


def _estimate(kind: Kind, config: Config, chosen: training_data.Chosen, device: str, budget: Budget) -> None:
    """About how many trials fit into the time."""
    where = "cuda" if device != "cpu" and training_form.gpu() else "cpu"
    found = durations.estimate(kind.name, config, chosen.rows, device=where)
    if found is None:
        st.caption(_("How long a trial takes is not known: no such model has been trained here yet."))
        return
    fitting, time = int(budget.minutes * 60 / max(found.seconds, 1.0)), job_words.roughly(found.seconds)
    if fitting < 2:
        message = _(
            "A training of these settings takes about {time}: there would be little time for others than those. Give "
            "it more minutes, or begin with a quicker preset or model."
        )
        st.warning(message.format(time=time), icon=":material/timer:")
        return
    message = _("A training of these settings takes about {time}, so some {n} trials may fit; hopeless ones end early.")
    st.caption(":material/timer: " + message.format(time=time, n=min(fitting, budget.trials)))
