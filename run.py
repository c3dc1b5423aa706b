#!/usr/bin/env python3
"""Start the app, or run its checks: `python3 run.py [--port N] [--host ADDRESS]`, `python3 run.py test [pytest ...]`.

Standard library only, and nothing of the product is imported: this runs before anything is installed, and on a Python
that is too old it must get far enough to say so.
"""

from __future__ import annotations

import argparse
import errno
import hashlib
import importlib.util
import ipaddress
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.json"
OLDEST, NEWEST = (3, 11), (3, 13)
SERVER = ROOT / "ui" / "components" / "server.py"  # serves app.py
HOST = "127.0.0.1"
PORT = 8501
SECRETS = ROOT / ".streamlit" / "secrets.toml"
OPEN = "BALISE_WITHOUT_SIGN_IN"  # tells the server, which refuses too, that this was asked for
HOSTS = "BALISE_HOSTS"
SECONDS_TO_STOP = 5
APP, TESTS = "requirements.txt", "requirements-dev.txt"
# Of pytest-xdist; tests/conftest.py says what stays together. One process more than cores, for tests of browsers and of
# other processes wait much. `-n 0` at the end does without.
EVERY_CORE = ["-n", str(min(4, (os.cpu_count() or 1) + 1)), "--no-loadscope-reorder"]


class Refused(Exception):
    """What keeps the app from starting, in one sentence for the person who started it."""


def main(arguments: list[str]) -> int:
    try:
        if arguments[:1] == ["test"]:
            return test(arguments[1:])
        asked = _options(arguments)
        return start(asked.port, asked.host, without_sign_in=asked.without_sign_in)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Balise could not start, and nothing was lost: {error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print()
        return 128 + signal.SIGINT


def start(port: int, host: str = HOST, *, without_sign_in: bool = False) -> int:
    """Install what is missing, then serve the app until it is stopped."""
    check_python(sys.version_info[:3])
    check_exposure(host, without_sign_in=without_sign_in)
    check_port(port, host)
    install(APP)
    check_port(port, host)  # installing may have taken minutes
    shown = f"[{host}]" if ":" in host else host
    print(f"Balise is starting at http://{shown}:{port} (Ctrl+C stops it).", flush=True)
    if ipaddress.ip_address(host).is_unspecified and not os.environ.get(HOSTS):
        print(f"It answers under localhost only: name others in {HOSTS}, for example {HOSTS}=balise.example.org.")
    if without_sign_in:
        os.environ[OPEN] = "1"
    try:
        return run(app_command(port, host))
    except KeyboardInterrupt:
        print("\nBalise has stopped.")
        return 0


def test(pytest_arguments: list[str]) -> int:
    """Install what is missing, then run lint, types and tests, all of them even if one fails."""
    check_python(sys.version_info[:3])
    install(TESTS)
    # the tests start hundreds of processes, each of which would compile all code anew
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    failed = []
    for name, command in check_commands(pytest_arguments):
        print(f"== {name}: {' '.join(command[2:])}", flush=True)
        if run(command) != 0:
            failed.append(name)
    if failed:
        print(f"Failed: {', '.join(failed)}.", flush=True)
    return 1 if failed else 0


def app_command(port: int, host: str = HOST) -> list[str]:
    options = [f"--server.address={host}", f"--server.port={port}", "--server.headless=true"]
    return [str(venv_python()), "-m", "streamlit", "run", str(SERVER), *options]


def check_commands(pytest_arguments: list[str]) -> list[tuple[str, list[str]]]:
    """Name and command of each check, the tests last."""
    python = [str(venv_python()), "-m"]
    return [
        ("lint", [*python, "ruff", "check"]),
        ("format", [*python, "ruff", "format", "--check"]),
        ("types", [*python, "mypy"]),
        ("tests", [*python, "pytest", *EVERY_CORE, *pytest_arguments]),
    ]


def install(requirements: str) -> None:
    """Make .venv and install a file of requirements, unless both were done for this Python and these files.

    Raises: Refused where the virtual environment cannot be made or pip fails.
    """
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if venv_version() != python:
        make_venv()
    wanted = fingerprints(requirements)
    done = installed()
    if wanted.items() <= done.items():
        return
    STAMP.unlink(missing_ok=True)  # until pip has succeeded nothing is known to be complete
    print(f"Installing {requirements} into {VENV}; the first time this downloads much and takes minutes.", flush=True)
    if run(pip_command(requirements)) != 0:
        raise Refused(
            f"pip could not install {requirements}, for the reason in its last lines above; once that is mended "
            "(network, free disk space, or pip's settings), start again."
        )
    partial = STAMP.with_suffix(".partial")
    partial.write_text(json.dumps({**done, **wanted}), encoding="utf-8")
    partial.replace(STAMP)


def make_venv() -> None:
    """Make .venv, replacing one that is broken or belongs to another Python.

    Raises: Refused where Python comes without venv or ensurepip, or the folder cannot be written.
    """
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        raise Refused(
            f"This Python has no {missing[0]} module: install it (Debian and Ubuntu: sudo apt install {package}), "
            "then start again."
        )
    print(f"Making a virtual environment in {VENV}.", flush=True)
    if run([sys.executable, "-m", "venv", "--clear", str(VENV)]) != 0:
        raise Refused(
            f"The virtual environment {VENV} could not be made, for the reason above; mend it and start again."
        )


def pip_command(requirements: str) -> list[str]:
    """Nothing here overrides pip's own settings: PIP_FIND_LINKS, PIP_EXTRA_INDEX_URL and pip.conf all count."""
    options = ["--disable-pip-version-check", "--requirement", str(ROOT / requirements)]
    return [str(venv_python()), "-m", "pip", "install", *options]


def venv_python(windows: bool = os.name == "nt") -> Path:
    return VENV / "Scripts" / "python.exe" if windows else VENV / "bin" / "python"


def venv_version() -> str | None:
    """Python version of .venv as '3.11'; None where there is none that works, pip included."""
    question = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([str(venv_python()), "-c", question], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def fingerprints(requirements: str) -> dict[str, str]:
    """Hash of each file that is installed with this one; the tests' file includes the app's."""
    names = [APP, TESTS] if requirements == TESTS else [APP]
    return {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in names}


def installed() -> dict[str, str]:
    """What was installed completely, as `fingerprints` writes it."""
    try:
        found = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def check_python(version: tuple[int, int, int]) -> None:
    """Raises: Refused for a Python outside the supported versions."""
    if not OLDEST <= version[:2] <= NEWEST:
        raise Refused(
            "Balise needs Python 3.11, 3.12 or 3.13 and this is {}.{}.{}: install one of them and start with it, "
            "for example python3.12 run.py.".format(*version)
        )


def check_exposure(host: str, *, without_sign_in: bool) -> None:
    """Raises: Refused where others could reach the app and nobody would have to sign in."""
    if ipaddress.ip_address(host).is_loopback or without_sign_in or sign_in_configured():
        return
    raise Refused(
        f"At {host} others could reach Balise and nobody would have to sign in: set sign-in up in {SECRETS} "
        "(docs/security.md says how), or add --without-sign-in if everybody who reaches it may see, change and delete "
        "all there is."
    )


def sign_in_configured() -> bool:
    """Whether the secrets hold a provider to sign in with; the server looks at it more closely."""
    import tomllib  # a Python without it is told so first

    try:
        secrets = tomllib.loads(SECRETS.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(secrets.get("auth"), dict) and bool(secrets["auth"])


def check_port(port: int, host: str = HOST) -> None:
    """Raises: Refused where the port cannot be opened on this machine."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name != "nt":
            # connections of a server stopped a moment ago do not make the port busy
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Refused(f"Port {port} needs rights you do not have: choose one above 1023 with --port.") from None
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise Refused(f"{host} is no address of this machine: choose another with --host.") from None
            raise Refused(
                f"Port {port} of {host} is in use: stop the program that uses it, or choose another port, "
                f"for example python3 run.py --port {port + 1 if port < 65535 else PORT}."
            ) from None


def run(command: list[str]) -> int:
    """Run a command in the repository with the caller's environment and wait; it never outlives this process.

    Raises: KeyboardInterrupt once the command has ended after Ctrl+C.
    """
    child = subprocess.Popen(command, cwd=ROOT)
    try:
        return child.wait()
    except KeyboardInterrupt:
        # the terminal has sent Ctrl+C to the child too, which may have files to close
        _wait(child)
        raise
    finally:
        if child.poll() is None:
            child.terminate()
            _wait(child)
            child.kill()


def _wait(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(timeout=SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        return


def _address(text: str) -> str:
    host = HOST if text == "localhost" else text.strip("[]")
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        raise argparse.ArgumentTypeError(f"takes an IP address such as 0.0.0.0, not {host!r}") from None


def _options(arguments: list[str]) -> argparse.Namespace:
    """Port, address, and whether nobody has to sign in."""
    parser = argparse.ArgumentParser(
        prog="run.py",
        description="Start Balise and tell its address. `run.py test` runs lint, types and tests instead.",
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"port of the app (default {PORT})")
    parser.add_argument(
        "--host", type=_address, default=HOST, help=f"address of this machine to serve at (default {HOST})"
    )
    parser.add_argument(
        "--without-sign-in", action="store_true", help="let everybody who reaches the app see, change and delete all"
    )
    asked = parser.parse_args(arguments)
    if not 1 <= asked.port <= 65535:
        parser.error(f"--port takes 1 to 65535, not {asked.port}")
    return asked


if __name__ == "__main__":
    # so that what was started is stopped too
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    sys.exit(main(sys.argv[1:]))
