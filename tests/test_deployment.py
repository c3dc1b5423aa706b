"""The container and the service say only what is so: without an engine, as far as it can be checked."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
VARIABLES = re.compile(r"BALISE_[A-Z_]+")


def known_variables() -> set[str]:
    """Those that the code reads."""
    sources = [*ROOT.glob("*.py"), *(p for part in ("data", "models", "ui") for p in (ROOT / part).rglob("*.py"))]
    return {name for path in sources for name in VARIABLES.findall(path.read_text(encoding="utf-8"))}


def test_the_linter_of_dockerfiles_finds_nothing():
    program = Path(sys.executable).with_name("hadolint")
    found = shutil.which("hadolint") or (str(program) if program.exists() else None)
    if found is None:
        pytest.skip("hadolint is not installed")
    done = subprocess.run([found, str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_image_runs_as_nobody_in_particular_and_tells_how_it_is():
    steps = DOCKERFILE.splitlines()
    assert steps.index("USER 10001") < next(i for i, line in enumerate(steps) if line.startswith("CMD"))
    assert "HEALTHCHECK" in DOCKERFILE
    assert "/api/ready" in DOCKERFILE
    assert "pip install" not in DOCKERFILE[DOCKERFILE.index("USER 10001") :]


def test_what_the_image_starts_is_there():
    [command] = re.findall(r"^CMD (\[.*\])$", DOCKERFILE, flags=re.MULTILINE)
    script = next(part for part in yaml.safe_load(command) if part.endswith(".py"))
    assert (ROOT / script).is_file()
    trainer = COMPOSE["services"]["trainer"]["command"]
    assert (ROOT / trainer[-1].replace(".", "/")).with_suffix(".py").is_file()


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml", "docs/balise.service", "docs/deployment.md"])
def test_every_variable_that_is_named_is_one_that_the_code_reads(name):
    assert set(VARIABLES.findall((ROOT / name).read_text(encoding="utf-8"))) <= known_variables()


def test_everything_written_to_lies_on_a_volume_that_both_containers_have():
    [volumes] = re.findall(r"^VOLUME (\[.*\])$", DOCKERFILE, flags=re.MULTILINE)
    folders = yaml.safe_load(volumes)
    assert re.findall(r"^    BALISE_\w+=(\S+)", DOCKERFILE, flags=re.MULTILINE) == folders
    for service in COMPOSE["services"].values():
        assert [mount.partition(":")[2] for mount in service["volumes"]] == folders
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
    assert set(COMPOSE["volumes"]) == {mount.partition(":")[0] for mount in COMPOSE["services"]["app"]["volumes"]}


def test_only_this_machine_reaches_the_container_until_somebody_changes_it():
    [port] = COMPOSE["services"]["app"]["ports"]
    assert port.startswith("127.0.0.1:")


def test_what_the_image_leaves_out_is_nothing_that_it_needs():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    for needed in ("app.py", "pages", "ui", "models", "data/tables", "checkpoints/daily-lstm", "locale", "docs"):
        assert not any(needed == path or needed.startswith(f"{path}/") for path in ignored), needed
    assert {".streamlit/secrets.toml", "data/processed", "checkpoints/runs"} <= set(ignored)


def test_the_service_starts_what_starts_the_app_and_keeps_trainings():
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(ROOT / "docs" / "balise.service", encoding="utf-8")
    service = unit["Service"]
    assert service["ExecStart"].split()[1:] == ["run.py", "--port", "8501"]
    assert service["KillMode"] == "process"
    assert service["User"] != "root"
