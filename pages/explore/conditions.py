"""Conditions: how serious accidents are by light, road, weather and users, and for whom."""

from data.text import _
from ui.components import conditions, conditions_people, exploration, odds

view = exploration.begin(_("Conditions"))

outcome = conditions.measure()
condition, reference = conditions.one(view, outcome)
odds.section(view, outcome, condition, reference)
conditions.two(view, outcome)
conditions_people.section(view, outcome)
conditions.not_comparable(view, outcome, condition)
