"""Compare: two periods or two areas, what differs by more than chance, and what it comes from."""

from data.text import _
from ui.components import compare, compare_choice, exploration

view = exploration.begin(_("Compare"))
sides = compare_choice.choose(view)

compare.limits(sides, view.filters.years)
compare.figures(sides)
compare.drivers(sides)
compare.profiles(sides)
