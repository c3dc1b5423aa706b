import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from models import archive, champions, registry, versions

PAGE = "pages/models/model.py"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def show(open_page):
    """Open a tab of the page about a model, as a link does."""

    def run(name=None, view=None):
        app = open_page("pages/explore/overview.py")
        app.switch_page(PAGE)
        if name is not None:
            app.query_params["model"] = name
        if view is not None:
            app.query_params["view"] = view
        app.run()
        assert not app.exception
        return app

    return run


def said(app):
    return " ".join(m.value for m in [*app.markdown, *app.caption, *app.info, *app.warning, *app.error, *app.success])


def own(trained, name="20260101-000000-000-xgboost-aaaa", of="severity-xgboost"):
    """A model of `trained` as if it had been trained here."""
    folder = trained.parent / "runs" / name
    shutil.copytree(trained / of, folder / "model")
    return folder


def test_without_a_model_it_says_where_to_get_one(show, demo_data):
    app = show()
    assert "There is no model yet. Train one on the Training page" in said(app)
    assert not app.selectbox


def test_a_card_says_what_a_tree_model_is(show, trained):
    app = show("severity-xgboost")
    assert app.selectbox(key="model_choice").value == "severity-xgboost"
    assert app.header[0].value == "XGBoost · Severity · comes with Balise"
    titles = [s.value for s in app.subheader]
    assert titles[:4] == ["What it is", "Data", "Scores on what it had not seen", "Limits"]
    assert "It learnt from simulated accidents" in said(app)
    scores = app.table[2].value
    assert "Log-loss" in scores.index
    assert "registry.load" in app.code[0].value
    assert str(trained / "severity-xgboost") in app.code[0].value


def test_the_speed_is_measured_when_it_is_asked_for(show, trained):
    app = show("severity-xgboost")
    assert not any("One answer on this machine" in t.value.index for t in app.table)
    next(b for b in app.button if b.label == "Measure one answer").click().run()
    assert not app.exception
    (table,) = [t.value for t in app.table if "One answer on this machine" in t.value.index]
    assert table.loc["One answer on this machine"].iloc[0].endswith(" ms")


def test_a_card_needs_no_library_of_models(trained):
    """Whatever is in this process already, a new server shows a card without torch."""
    code = (
        "import sys\nfrom streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('app.py', default_timeout=120)\n"
        f"app.switch_page('{PAGE}').run()\nassert not app.exception and app.header\n"
        "heavy = {'torch', 'xgboost', 'sklearn', 'shap'} & set(sys.modules)\nassert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_an_unknown_model_in_the_address_is_said(show, trained):
    app = show("gone")
    assert "There is no model gone; it may have been deleted" in said(app)
    assert app.selectbox(key="model_choice").value == "collision-random-forest"


def test_a_broken_model_says_why(show, trained):
    (trained / "severity-xgboost" / "metadata.json").write_text("{")
    app = show("severity-xgboost")
    assert "metadata.json cannot be read" in app.error[0].value
    assert not app.tabs


@pytest.mark.parametrize("view", ["Layers", "Name and files"])
def test_a_damaged_file_is_an_error_where_it_is_needed(show, trained, view):
    path = trained / "severity-random-forest" / "forest.skops"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    app = show("severity-random-forest", view)
    assert "is damaged" in app.error[0].value


def test_trees_are_counted(show, trained):
    app = show("severity-random-forest", "Layers")
    assert app.metric[0].label == "Trees"
    assert app.metric[0].value == "8"


def test_layers_of_a_network_are_listed(show, trained):
    app = show("severity-tab-transformer", "Layers")
    metadata = json.loads((trained / "severity-tab-transformer" / "metadata.json").read_text())
    assert f"{metadata['parameters']:,} weights in" in said(app)
    assert app.dataframe[0].value["Weights"].sum() == metadata["parameters"]


def test_embeddings_are_labelled_in_words(show, trained):
    app = show("severity-tab-transformer", "Embeddings")
    app.selectbox(key="embedding-severity-tab-transformer").select("light").run()
    assert not app.exception
    assert "Daylight" in app.table[0].value.index
    assert "of what tells the values apart" in said(app)


def test_attention_is_marked_as_where_the_model_looked(show, trained):
    app = show("severity-tab-transformer", "Attention")
    assert ("Most looked at: **" in said(app)) != ("No input stands out" in said(app))
    assert "Where the model looked, not why" in said(app)
    app.segmented_control(key="attention_block").set_value(1).run()
    assert not app.exception


@pytest.mark.parametrize(("view", "words"), [("Embeddings", "learns no embedding"), ("Attention", "has no attention")])
def test_what_a_tree_model_does_not_have_is_said(show, trained, view, words):
    assert words in said(show("severity-xgboost", view))


@pytest.fixture
def forecaster(demo_data):
    shutil.copytree(ROOT / "checkpoints" / "daily-lstm", demo_data / "checkpoints" / "daily-lstm")


@pytest.mark.parametrize("view", ["Card", "Champion", "Layers", "Embeddings", "Attention", "Name and files"])
def test_every_tab_of_a_forecaster_works(show, forecaster, view):
    app = show("daily-lstm", view)
    assert not app.error
    assert app.header[0].value == "LSTM · Accidents a day · comes with Balise"


def scored(folder, log_loss, fingerprint="same"):
    """Keep another main score with a checkpoint, of data with another fingerprint."""
    path = folder / "metadata.json"
    metadata = json.loads(path.read_text())
    metadata["metrics"]["held_out"]["log_loss"] = log_loss
    metadata["data"]["fingerprint"] = fingerprint
    path.write_text(json.dumps(metadata))


@pytest.mark.parametrize(
    ("log_loss", "fingerprint", "words"),
    [
        (0.7, "same", "They were scored on the same days: this model is worse."),
        (0.5, "other", "They were scored on other days, so they cannot be compared."),
    ],
)
def test_what_is_not_known_to_be_better_becomes_the_champion_after_a_second_question(
    show, trained, log_loss, fingerprint, words
):
    scored(trained / "severity-xgboost", 0.6)
    scored(trained / "severity-random-forest", log_loss, fingerprint)
    app = show("severity-random-forest", "Champion")
    start = "Log-loss (less is better): this model **{:.3f}**, the champion **0.600**. "
    assert start.format(log_loss) + words in said(app)
    assert not any(b.label == "Make this model the champion" for b in app.button)
    next(b for b in app.button if b.label == "Make it the champion all the same").click().run()
    assert champions.champion("severity").name == "severity-random-forest"


def test_a_model_becomes_the_champion_and_is_rolled_back(show, trained):
    scored(trained / "severity-xgboost", 0.6)
    scored(trained / "severity-random-forest", 0.5)
    app = show("severity-random-forest", "Champion")
    assert "Champion for Severity: **XGBoost" in said(app)
    next(b for b in app.button if b.label == "Make this model the champion").click().run()
    assert not app.exception
    assert "is the champion now" in app.success[0].value
    assert champions.champion("severity").name == "severity-random-forest"
    assert app.table[0].value["What"].tolist() == ["promoted"]
    next(b for b in app.button if b.label.startswith("Roll back to XGBoost")).click().run()
    assert champions.champion("severity").name == "severity-xgboost"
    assert champions.champion("collision").name == "collision-xgboost"


def test_the_history_calls_models_as_they_are_called_now(show, trained):
    named, gone = own(trained), own(trained, "20260102-000000-000-xgboost-bbbb")
    champions.promote(gone.name)
    champions.promote(named.name)
    versions.describe(registry.runs_folder(), named.name, "For the prefect", "")
    champions.delete(gone.name)
    app = show("severity-xgboost", "Champion")
    history = app.table[0].value
    assert history["Champion"].tolist() == ["For the prefect", f"{gone.name}, since deleted"]
    assert history["Before"].tolist() == [f"{gone.name}, since deleted", "XGBoost · Severity · comes with Balise"]


def test_models_of_the_same_words_can_both_be_chosen(show, trained):
    names = [own(trained, f"20260101-000000-000-xgboost-{end}").name for end in ("aaaa", "bbbb")]
    box = show(names[1]).selectbox(key="model_choice")
    assert box.value == names[1]
    assert len(set(box.options)) == len(box.options)


def test_what_does_not_load_does_not_become_the_champion(show, trained):
    scored(trained / "severity-xgboost", 0.6)
    scored(trained / "severity-random-forest", 0.5)
    path = trained / "severity-random-forest" / "forest.skops"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    app = show("severity-random-forest", "Champion")
    next(b for b in app.button if b.label == "Make this model the champion").click().run()
    assert "is damaged" in app.error[0].value
    assert champions.champion("severity").name == "severity-xgboost"


def test_who_is_compared_can_be_chosen(show, trained):
    app = show("severity-random-forest", "Champion")
    app.toggle[0].set_value(False).run()
    assert not app.exception
    assert [e.name for e in champions.compared("severity")] == ["severity-xgboost", "severity-tab-transformer"]
    app.toggle[0].set_value(True).run()
    assert "severity-random-forest" in [e.name for e in champions.compared("severity")]


def test_a_page_that_stood_open_does_not_take_back_what_another_person_chose(show, trained):
    app = show("severity-random-forest", "Champion")
    app.toggle[0].set_value(False).run()
    champions.compare("severity-random-forest", wanted=True)
    app.run()
    assert app.toggle[0].value is True
    assert "severity-random-forest" in [e.name for e in champions.compared("severity")]


def test_a_choice_that_cannot_be_kept_is_said_and_the_switch_stays(show, trained):
    app = show("severity-random-forest", "Champion")
    folder = registry.runs_folder() / versions.FOLDER
    folder.mkdir(parents=True)
    (folder / versions.FILE).write_text("[]")
    app.toggle[0].set_value(False).run()
    assert not app.exception
    assert "is damaged" in app.error[0].value
    assert app.toggle[0].value is True


def test_a_model_is_named_beside_its_files(show, trained):
    app = show("severity-xgboost", "Name and files")
    app.text_input[0].set_value("For the prefect")
    app.text_area[0].set_value("Line *one*\nline two")
    next(b for b in app.button if b.label == "Save").click().run()
    assert not app.exception
    assert app.header[0].value == "For the prefect"
    assert registry.find("severity-xgboost").notes == "Line *one*\nline two"
    assert any(m.value == "Line \\*one\\*  \nline two" for m in app.markdown)
    app.text_input[0].set_value("<b>")
    next(b for b in app.button if b.label == "Save").click().run()
    assert "at most 60" in app.error[0].value


def test_own_models_are_deleted_after_a_second_question_and_others_stay(show, trained):
    folder = own(trained)
    assert "comes with Balise and stays" in said(show("severity-xgboost", "Name and files"))
    app = show(folder.name, "Name and files")
    next(b for b in app.button if b.label == "Delete for good").click().run()
    assert not app.exception
    assert "was deleted" in app.success[0].value
    assert not folder.exists()
    box = app.selectbox(key="model_choice")
    assert box.value == app.query_params["model"] == "collision-random-forest"
    assert box.proto.set_value  # the browser is told, and does not go on showing the deleted one
    assert not app.warning
    app.run()
    assert not app.success
    assert not app.warning


def test_a_champion_says_why_it_stays(show, trained):
    folder = own(trained)
    champions.promote(folder.name)
    app = show(folder.name, "Name and files")
    assert "Promote another model or roll back first" in said(app)
    assert not any(b.label == "Delete for good" for b in app.button)


def test_a_broken_own_model_can_be_deleted(show, trained):
    folder = own(trained)
    (folder / "model" / "metadata.json").write_text("{")
    app = show(folder.name)
    next(b for b in app.button if b.label == "Delete for good").click().run()
    assert not folder.exists()


def test_a_zip_is_imported_and_shown(show, trained):
    versions.describe(registry.runs_folder(), "severity-xgboost", "Sent by mail", "")
    packed = archive.export(registry.find("severity-xgboost"))
    shutil.rmtree(trained / "severity-xgboost")
    app = show("severity-random-forest")
    app.file_uploader[0].set_value(("model.zip", packed, "application/zip")).run()
    next(b for b in app.button if b.label == "Import").click().run(timeout=120)
    assert not app.exception
    assert "Sent by mail was added" in app.success[0].value
    assert app.header[0].value == "Sent by mail"
    app.file_uploader[0].set_value(("model.zip", io.BytesIO(b"x" * 100).getvalue(), "application/zip")).run()
    next(b for b in app.button if b.label == "Import").click().run()
    assert "This file is no model to import" in app.error[0].value
