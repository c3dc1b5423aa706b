"""The launcher: what it installs and when, the commands it builds on each system, and what it says when it cannot."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import run

PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository whose virtual environment seems to exist."""
    (tmp_path / "requirements.txt").write_text("a==1\n")
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\nb==1\n")
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(run, "STAMP", tmp_path / ".venv" / "installed.json")
    monkeypatch.setattr(run, "venv_version", lambda: PYTHON)
    return tmp_path


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that would have been run; every one succeeds."""
    seen: list[list[str]] = []
    monkeypatch.setattr(run, "run", lambda command: seen.append(command) or 0)
    return seen


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_paths_on_each_system() -> None:
    assert run.venv_python(windows=False).parts[-3:] == (".venv", "bin", "python")
    assert run.venv_python(windows=True).parts[-3:] == (".venv", "Scripts", "python.exe")


def test_app_command_serves_this_machine_only() -> None:
    command = run.app_command(8123)
    assert command[1:4] == ["-m", "streamlit", "run"]
    assert command[4] == str(run.ROOT / "ui" / "components" / "server.py")
    assert {"--server.address=127.0.0.1", "--server.port=8123"} <= set(command)


def test_checks_run_the_tests_last_with_their_arguments() -> None:
    checks = run.check_commands(["-k", "clean"])
    assert [name for name, _ in checks] == ["lint", "format", "types", "tests"]
    assert checks[-1][1][1:] == ["-m", "pytest", *run.EVERY_CORE, "-k", "clean"]


def test_pip_keeps_its_own_settings() -> None:
    command = run.pip_command("requirements.txt")
    assert command[1:4] == ["-m", "pip", "install"]
    assert command[-2:] == ["--requirement", str(run.ROOT / "requirements.txt")]
    assert not [
        o for o in command if o.startswith(("--isolated", "--index", "--extra-index", "--find-links", "--no-index"))
    ]


def test_commands_get_the_environment_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "/some/wheels")
    code = "import os, sys; sys.exit(0 if os.environ.get('PIP_FIND_LINKS') == '/some/wheels' else 9)"
    assert run.run([sys.executable, "-c", code]) == 0


def test_installs_once(repository: Path, commands: list[list[str]]) -> None:
    run.install("requirements.txt")
    run.install("requirements.txt")
    assert commands == [run.pip_command("requirements.txt")]


def test_installs_again_when_the_file_changes(repository: Path, commands: list[list[str]]) -> None:
    run.install("requirements-dev.txt")
    (repository / "requirements.txt").write_text("a==2\n")
    run.install("requirements-dev.txt")
    assert commands == [run.pip_command("requirements-dev.txt")] * 2


def test_tests_bring_all_the_app_needs(repository: Path, commands: list[list[str]]) -> None:
    run.install("requirements-dev.txt")
    run.install("requirements.txt")
    assert commands == [run.pip_command("requirements-dev.txt")]


def test_app_does_not_bring_what_tests_need(repository: Path, commands: list[list[str]]) -> None:
    run.install("requirements.txt")
    run.install("requirements-dev.txt")
    assert commands == [run.pip_command("requirements.txt"), run.pip_command("requirements-dev.txt")]


def test_failed_install_is_done_again(
    repository: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    run.install("requirements.txt")
    (repository / "requirements.txt").write_text("a==2\n")
    with monkeypatch.context() as patch:
        patch.setattr(run, "run", lambda command: 1)
        with pytest.raises(run.Refused, match=r"pip could not install requirements\.txt.*start again"):
            run.install("requirements.txt")
    assert not run.STAMP.exists()
    run.install("requirements.txt")
    assert commands == [run.pip_command("requirements.txt")] * 2


def test_interrupted_install_is_done_again(
    repository: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(command: list[str]) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(run, "run", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run.install("requirements.txt")
    run.install("requirements.txt")
    assert commands == [run.pip_command("requirements.txt")]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"requirements.txt": "0"}'])
def test_damaged_stamp_counts_for_nothing(repository: Path, commands: list[list[str]], content: str) -> None:
    run.STAMP.write_text(content)
    run.install("requirements.txt")
    assert commands == [run.pip_command("requirements.txt")]
    assert json.loads(run.STAMP.read_text()).keys() == {"requirements.txt"}


@pytest.mark.parametrize("version", [None, "3.9"])
def test_environment_of_another_python_is_made_anew(
    repository: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch, version: str | None
) -> None:
    monkeypatch.setattr(run, "venv_version", lambda: version)
    run.install("requirements.txt")
    assert commands[0] == [sys.executable, "-m", "venv", "--clear", str(run.VENV)]
    assert commands[1] == run.pip_command("requirements.txt")


def test_broken_environment_has_no_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "VENV", tmp_path)
    assert run.venv_version() is None
    if os.name != "nt":
        run.venv_python().parent.mkdir()
        run.venv_python().write_text("#!/bin/sh\nexit 3\n")
        run.venv_python().chmod(0o755)
        assert run.venv_version() is None


@pytest.mark.parametrize("absent", ["venv", "ensurepip"])
def test_missing_module_is_one_sentence(repository: Path, monkeypatch: pytest.MonkeyPatch, absent: str) -> None:
    monkeypatch.setattr(run, "venv_version", lambda: None)
    monkeypatch.setattr(run.importlib.util, "find_spec", lambda name: None if name == absent else object())
    with pytest.raises(run.Refused, match=rf"no {absent} module: install it .*apt install python3\.\d+-venv"):
        run.install("requirements.txt")


@pytest.mark.parametrize("version", [(3, 10, 9), (3, 14, 0), (2, 7, 18)])
def test_other_pythons_are_refused(version: tuple[int, int, int]) -> None:
    with pytest.raises(
        run.Refused, match=r"needs Python 3\.11, 3\.12 or 3\.13 and this is " + ".".join(map(str, version))
    ):
        run.check_python(version)


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 4), (3, 13, 9)])
def test_supported_pythons_pass(version: tuple[int, int, int]) -> None:
    run.check_python(version)


def test_busy_port_is_one_sentence_before_anything_is_installed(
    busy_port: int, commands: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.main(["--port", str(busy_port)]) == 1
    said = capsys.readouterr()
    assert f"Port {busy_port} of 127.0.0.1 is in use" in said.err
    assert f"--port {busy_port + 1}" in said.err
    assert said.err.count("\n") == 1
    assert commands == []


def test_port_of_a_server_just_stopped_is_free() -> None:
    port = free_port()
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", port))
        server.listen()
        with socket.create_connection(("127.0.0.1", port)) as client:
            server.accept()[0].close()  # the side that closes first leaves the port in TIME_WAIT
            client.recv(1)
    run.check_port(port)


@pytest.mark.parametrize("port", ["0", "65536", "web"])
def test_impossible_port_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        run.main(["--port", port])
    assert "--port" in capsys.readouterr().err


def test_start_tells_the_address(
    repository: Path, commands: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    assert run.main(["--port", str(port)]) == 0
    assert f"http://127.0.0.1:{port}" in capsys.readouterr().out
    assert commands[-1] == run.app_command(port)


@pytest.fixture
def no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the secrets would be; what a start tells the server is forgotten after the test."""
    monkeypatch.setattr(run, "SECRETS", tmp_path / "secrets.toml")
    monkeypatch.setenv(run.OPEN, "0")
    monkeypatch.delenv(run.HOSTS, raising=False)
    return tmp_path / "secrets.toml"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "[2001:db8::1]"])
def test_an_address_of_others_is_refused_before_anything_is_installed(
    no_secrets: Path, commands: list[list[str]], capsys: pytest.CaptureFixture[str], host: str
) -> None:
    assert run.main(["--host", host]) == 1
    said = capsys.readouterr().err
    assert "nobody would have to sign in" in said
    assert "--without-sign-in" in said
    assert "docs/security.md" in said
    assert commands == []


@pytest.mark.parametrize("content", ["", "auth = 3", "[auth]", "[auth", "[other]\nclient_id = 'x'"])
def test_secrets_without_a_provider_open_nothing(no_secrets: Path, content: str) -> None:
    no_secrets.write_text(content)
    with pytest.raises(run.Refused, match="nobody would have to sign in"):
        run.check_exposure("0.0.0.0", without_sign_in=False)


def test_with_sign_in_an_address_of_others_is_served(
    no_secrets: Path, repository: Path, commands: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    no_secrets.write_text("[auth]\nclient_id = 'x'\n")
    port = free_port()
    assert run.main(["--host", "0.0.0.0", "--port", str(port)]) == 0
    assert "--server.address=0.0.0.0" in commands[-1]
    assert "BALISE_HOSTS" in capsys.readouterr().out
    assert os.environ[run.OPEN] == "0"


def test_without_sign_in_only_by_that_word(
    no_secrets: Path, repository: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run.main(["--host", "0.0.0.0", "--port", str(free_port()), "--without-sign-in"]) == 0
    assert "--server.address=0.0.0.0" in commands[-1]
    assert os.environ[run.OPEN] == "1"


@pytest.mark.parametrize(("host", "served"), [("localhost", "127.0.0.1"), ("127.0.0.2", "127.0.0.2")])
def test_this_machine_needs_no_sign_in(
    no_secrets: Path, repository: Path, commands: list[list[str]], host: str, served: str
) -> None:
    assert run.main(["--host", host, "--port", str(free_port())]) == 0
    assert f"--server.address={served}" in commands[-1]


@pytest.mark.parametrize("host", ["balise.example.org", "", "1.2.3", "0.0.0.0:80", "http://127.0.0.1"])
def test_what_is_no_address_is_refused(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        run.main([f"--host={host}"])
    assert "--host: takes an IP address" in capsys.readouterr().err


def test_an_address_of_another_machine_is_said(no_secrets: Path) -> None:
    with pytest.raises(run.Refused, match=r"192\.0\.2\.77 is no address of this machine"):
        run.check_port(free_port(), "192.0.2.77")


def test_failed_checks_are_named_and_the_others_still_run(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[str] = []

    def failing(command: list[str]) -> int:
        seen.append(command[2])
        return int(command[2] in {"ruff", "mypy"})

    monkeypatch.setattr(run, "install", lambda requirements: None)
    monkeypatch.setattr(run, "run", failing)
    assert run.main(["test", "-x"]) == 1
    assert seen == ["ruff", "ruff", "mypy", "pytest"]
    assert capsys.readouterr().out.splitlines()[-1] == "Failed: lint, format, types."


def test_passed_checks_end_with_what_pytest_says(
    repository: Path, commands: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.main(["test", "-k", "one"]) == 0
    assert commands[0] == run.pip_command("requirements-dev.txt")
    assert capsys.readouterr().out.splitlines()[-1] == f"== tests: pytest {' '.join(run.EVERY_CORE)} -k one"


def test_compiled_code_is_kept_for_the_processes_of_the_checks(
    repository: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert run.main(["test"]) == 0
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ


def test_ctrl_c_ends_without_traceback(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(command: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "install", lambda requirements: None)
    monkeypatch.setattr(run, "run", interrupted)
    assert run.main(["--port", str(free_port())]) == 0
    assert "stopped" in capsys.readouterr().out
    assert run.main(["test"]) == 130


FAKE_STREAMLIT = """
import http.server, signal, sys
signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
port = int([a for a in sys.argv if a.startswith("--server.port=")][0].split("=")[1])
http.server.ThreadingHTTPServer(("127.0.0.1", port), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


@pytest.mark.skipif(os.name == "nt", reason="signals are sent differently on Windows")
def test_whole_start_from_another_folder(tmp_path: Path) -> None:
    """A real virtual environment, with nothing to install and a small server in place of Streamlit."""
    home, elsewhere = tmp_path / "product", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    shutil.copy(run.__file__, home / "run.py")
    (home / "requirements.txt").write_text("# nothing\n")
    (home / "streamlit.py").write_text(textwrap.dedent(FAKE_STREAMLIT))
    port = free_port()
    said = [serve_and_stop(home / "run.py", elsewhere, port, stop) for stop in (signal.SIGINT, signal.SIGTERM)]
    assert "Making a virtual environment" in said[0]
    assert "Installing requirements.txt" in said[0]
    assert "Making" not in said[1]
    assert "Installing" not in said[1]
    for text in said:
        assert f"http://127.0.0.1:{port}" in text
        assert "Traceback" not in text
    assert not list(elsewhere.iterdir())


def serve_and_stop(script: Path, folder: Path, port: int, stop: signal.Signals) -> str:
    """Start the launcher, stop it once it serves, and return what it said; the port must be free again."""
    launcher = subprocess.Popen(
        [sys.executable, str(script), "--port", str(port)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    until = time.monotonic() + 90
    while time.monotonic() < until and launcher.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    # a terminal sends Ctrl+C to all it started, while a service manager may end the launcher alone
    (os.killpg if stop == signal.SIGINT else os.kill)(launcher.pid, stop)
    said = launcher.communicate(timeout=30)[0]
    assert launcher.returncode == (0 if stop == signal.SIGINT else 128 + stop), said
    run.check_port(port)
    return said
