"""Map: rates of the départements, where exactly accidents happen, and single accidents."""

from data.text import _
from ui.components import exploration, map_areas, map_places, map_record

view = exploration.begin(_("Map"))

map_areas.choropleth(view)
map_places.places(view)
map_record.drawer(view)
