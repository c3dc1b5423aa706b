"""Profiles: kinds of accidents that happen in similar conditions, how serious they are and how they change."""

from data.text import _
from ui.components import exploration, profiles

view = exploration.begin(_("Profiles"))
found = profiles.find(view)

profiles.overview(view, found)
profiles.number(view)
profiles.each(view, found)
profiles.change(view, found)
