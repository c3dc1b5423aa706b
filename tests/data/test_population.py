from data import population, schema

TERRITORIES = ("975", "977", "978", "986", "987", "988")


def test_every_departement_has_inhabitants_and_no_other_territory():
    people = population.inhabitants()
    assert tuple(people.index) == tuple(schema.DEPARTEMENTS)
    assert tuple(people.index[people.isna()]) == TERRITORIES
    assert people.drop(list(TERRITORIES)).between(50_000, 3_000_000).all()  # the smallest is Lozère, the largest Nord


def test_the_table_adds_up_to_france():
    # France had 66.9 to 67.4 million inhabitants from 2018 to 2020
    assert 66.0e6 < population.inhabitants().sum() < 67.5e6
    assert population.inhabitants().idxmax() == "59"
    assert population.inhabitants().idxmin() == "48"


def test_the_table_names_its_source():
    head = [line for line in population.TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    assert "INSEE" in head[0]
    assert "Licence Ouverte 2.0" in head[0]
    assert "2018" in population.source()
