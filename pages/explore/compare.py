"""Compare: two periods or two areas, what differs by more than chance, and what it comes from."""

from data.text import _
from ui.components import compare, compare_choice, compare_conditions, compare_limits, exploration

view = exploration.begin(_("Compare"))
sides = compare_choice.choose(view)

compare_limits.say(sides, view.filters.years)
compare.figures(sides)
compare_conditions.drivers(sides)
compare_conditions.profiles(sides)
