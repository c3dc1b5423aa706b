"""What the Comparison page costs: python -m benchmarks.comparison [--target severity] [--accidents 10000] [--moves 20]

Asks the page as the server does, without a browser, for all compared models on the same accidents of the loaded data
(BALISE_DATA; the simulated ones where none are): seconds until every model has answered for the first time, until the
page is ready for a new visitor afterwards, for each of its views, and until a moved threshold is drawn. Run on an idle
machine.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
VIEWS = ("Scores", "Curves and threshold", "Kinds of accidents", "Disagreements", "Learning and cost")
_TARGETS = {"ready": 1500.0, "threshold": 150.0}
_VISITORS = 5


def opened(target: str, accidents: int, view: str) -> Any:
    """The page of somebody new, not yet run."""
    from streamlit.runtime.context import ContextProxy
    from streamlit.testing.v1 import AppTest

    # a browser tells its theme, and figures are then coloured for it
    ContextProxy.theme = property(lambda _self: SimpleNamespace(type="light"))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=900)
    app.switch_page("pages/models/comparison.py")
    asked = {"compare_scores": "same", "compare_target": target, "compare_accidents": "all", "compare_view": view}
    for name, value in {**asked, "compare_size": str(accidents)}.items():
        app.query_params[name] = value
    return app


def milliseconds(app: Any) -> float:
    """How long a run of the page takes.

    Raises: SystemExit where it fails.
    """
    start = time.perf_counter()
    app.run()
    took = (time.perf_counter() - start) * 1000
    if app.exception:
        raise SystemExit(app.exception[0].message)
    return took


@contextmanager
def fragments_alone(app: Any) -> Iterator[None]:
    """Runs as the browser asks for them when a field of the threshold's fragment changes: that fragment alone."""
    from streamlit.testing.v1 import local_script_runner as runner

    whole = runner.RerunData
    last = list(app._fragment_storage._fragments)[-1]  # the page's own; those before it are of the frame
    runner.RerunData = lambda **asked: whole(**asked, fragment_id=last)
    try:
        yield
    finally:
        runner.RerunData = whole


def moves(app: Any, count: int) -> list[float]:
    """Milliseconds of each of some moves of the threshold; the whole page has run before."""
    milliseconds(app)
    found = []
    with fragments_alone(app):
        for number in range(count):
            app.slider(key="threshold").set_value(round(0.02 + 0.9 * number / count, 2))
            found.append(milliseconds(app))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.comparison", description=__doc__.split("\n")[0])
    parser.add_argument("--target", choices=("collision", "severity"), default="severity")
    parser.add_argument("--accidents", type=int, choices=(1_000, 2_000, 5_000, 10_000), default=10_000)
    parser.add_argument("--moves", type=int, default=20, help="of the threshold")
    options = parser.parse_args()

    first = opened(options.target, options.accidents, VIEWS[0])
    print(f"first answers of all models: {milliseconds(first) / 1000:.1f} s", flush=True)
    print(f"models: {len(first.multiselect(key=f'models_{options.target}').value)}")
    for view in VIEWS:
        new = milliseconds(opened(options.target, options.accidents, view))
        ready = [milliseconds(opened(options.target, options.accidents, view)) for _visitor in range(_VISITORS)]
        told = f"{statistics.median(ready):.0f} ms for a new visitor (<= {_TARGETS['ready']:g})"
        print(f"{view}: {told}, {new:.0f} ms the first time", flush=True)
    found = moves(opened(options.target, options.accidents, VIEWS[1]), options.moves)
    most = statistics.quantiles(found, n=20)[-1]
    said = f"median {statistics.median(found):.0f} ms, 95 % within {most:.0f} ms, slowest {max(found):.0f} ms"
    said += f" (<= {_TARGETS['threshold']:g})"
    print(f"a moved threshold: {said}")


if __name__ == "__main__":
    main()
