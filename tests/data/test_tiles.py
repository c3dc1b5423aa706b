from data import schema, territories, tiles
from data.borders import MAINLAND


def test_each_departement_has_a_square_of_its_own():
    places = tiles.places()
    assert set(places) == set(schema.DEPARTEMENTS)
    assert len(set(places.values())) == len(places)


def test_the_overseas_ones_stand_in_a_row_of_their_own_below_the_others():
    places = tiles.places()
    overseas = {places[code][0] for code in schema.DEPARTEMENTS if code not in MAINLAND}
    assert len(overseas) == 1
    assert min(overseas) > max(places[code][0] for code in MAINLAND) + 1


def test_squares_lie_roughly_where_the_departements_do():
    # every département that lies wholly north (or west) of another by two degrees also stands there on the grid
    places, boxes = tiles.places(), territories.boxes()
    for a in MAINLAND:
        for b in MAINLAND:
            if boxes[a][0] > boxes[b][1] + 2:
                assert places[a][0] < places[b][0], (a, b)
            if boxes[a][3] < boxes[b][2] - 2:
                assert places[a][1] < places[b][1], (a, b)


def test_paris_is_surrounded_by_its_neighbours():
    places = tiles.places()
    row, column = places["75"]
    near = {code for code, (r, c) in places.items() if abs(r - row) <= 1 and abs(c - column) <= 1}
    assert near == {"75", "78", "95", "93", "92", "94", "41", "91", "45"}
