"""What many people at once have to wait for: python -m benchmarks.load [--data FOLDER] [--sessions 20] [--minutes 10]

Starts a server and visits it as browsers do, over Streamlit's own websocket: each person opens all pages, one after
the other, looks at each for a while, sometimes changes a filter, describes an accident, and begins anew in another tab.
What counts is the time from the question until the script has finished, as the tab has it; drawing is the browser's.
Somebody has seen all pages before: what that first visitor waited for stands beside, and the processor time of a page
that nobody else asks for, which a busy machine changes little. `--training` lets a model learn meanwhile,
`--minutes 60` shows whether memory grows, and `--collection` compares with Streamlit's own setting of the garbage
collector, half of the minutes each. Run on an idle machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import responsiveness, waits
from benchmarks.server import Served, serving
from benchmarks.visitor import FIRST, Lost, Shown, Visitor
from benchmarks.waits import Measured, Visit
from data import schema
from data.filters import column_of, values

FILTERED = frozenset({"overview", "trends", "map", "conditions", "profiles"})  # pages with the filters in the sidebar
DESCRIBED = "prediction"
_FILTERS = ("departements", "hours", "weekdays", "months", "light", "weather", "users", "road_class")
_INPUTS = ("month", "weekday", "hour", "departement", "built_up", "light", "weather", "road_class")
_OFTEN = 0.3  # part of the visits to pages with filters on which one is changed
_AFTER_LOSS = 5.0  # seconds until somebody whose page was lost opens another
_SAMPLES = 120  # of memory, over the whole time
_ALONE = 3  # visits to each page whose processor time is taken
_COLLECTION = "STREAMLIT_RUNNER_POST_SCRIPT_GC"


def tour(pages: Sequence[str], draw: random.Random) -> list[str]:
    """All pages in the order of the navigation, from any of them on."""
    start = draw.randrange(len(pages))
    return [*pages[start:], *pages[:start]]


def filters(draw: random.Random) -> str:
    """The address of one or two filters."""
    chosen = []
    for name in draw.sample(_FILTERS, draw.choice([1, 1, 2])):
        some = values(column_of(name))
        chosen.append((name, draw.sample(some, min(len(some) - 1, draw.randint(1, 4)))))
    return "&".join(f"{name}={'%2C'.join(map(str, some))}" for name, some in chosen)


def accident(draw: random.Random) -> str:
    """The address of a described accident."""
    return "&".join(f"{name}={draw.choice(list(schema.values(name)))}" for name in _INPUTS)


class Crowd:
    """People who visit one server, always the same ones in the same order."""

    def __init__(self, server: Served, pages: Sequence[str], measured: Measured, think: float, seconds: float) -> None:
        self.server, self.pages, self.think = server, pages, think
        self.begun = time.monotonic()
        self.ends = self.begun + seconds
        self.measured = measured

    async def person(self, seed: str) -> None:
        """Visit all pages, again and again, each time in another tab."""
        draw = random.Random(seed)
        await self._look(draw)  # people do not come all at once
        while time.monotonic() < self.ends:
            at = [FIRST, "connected"]
            tab = Visitor(self.server.address)
            try:
                async with tab:
                    await self._round(tab, draw, at)
            except Lost as lost:
                self._note(at[0], at[1], time.monotonic(), Shown(errors=[str(lost)]))
                await asyncio.sleep(_AFTER_LOSS)
            self.measured.refreshed += tab.refreshed

    async def _round(self, tab: Visitor, draw: random.Random, at: list[str]) -> None:
        """One tour in one tab; `at` is kept to what is done there.

        Raises: Lost.
        """
        for number, page in enumerate(tour(self.pages, draw)):
            at[:] = page, "clicked" if number else "opened"
            self._note(*at, time.monotonic(), await tab.visit(page))
            await self._look(draw)
            query = ""
            if page in FILTERED and draw.random() < _OFTEN:
                at[1], query = "filtered", filters(draw)
            elif page == DESCRIBED:
                at[1], query = "described", accident(draw)
            if query and time.monotonic() < self.ends:
                self._note(*at, time.monotonic(), await tab.change(query))
                await self._look(draw)
            if time.monotonic() >= self.ends:
                return

    def _note(self, page: str, what: str, answered: float, shown: Shown) -> None:
        begun = answered - self.begun
        visit = Visit(page, what, begun, shown.seconds, shown.received, tuple(shown.errors))
        self.measured.visits.append(visit)

    async def _look(self, draw: random.Random) -> None:
        left = self.ends - time.monotonic()
        await asyncio.sleep(max(0.0, min(draw.expovariate(1 / self.think), left)))

    async def watch(self) -> None:
        """Note the memory of the server."""
        every = (self.ends - self.begun) / _SAMPLES
        while True:
            self.measured.memory.append((time.monotonic() - self.begun, self.server.held()))
            await asyncio.sleep(every)


async def alone(server: Served) -> Measured:
    """What somebody waits for who opens each page first, and what a page takes of the server when nobody else asks.

    Raises: Lost.
    """
    measured = Measured()
    async with Visitor(server.address) as tab:
        measured.first[FIRST] = (await tab.visit(FIRST)).seconds
        for page in [name for name in tab.page.hashes if name != FIRST]:
            measured.first[page] = (await tab.visit(page)).seconds
        await tab.visit(DESCRIBED)
        await tab.change(accident(random.Random(0)))
        for page in measured.first:
            measured.calculated[page] = 0.0
            for _time in range(_ALONE):
                before = server.calculated()
                await tab.visit(page)
                measured.calculated[page] += (server.calculated() - before) / _ALONE
    return measured


async def crowded(server: Served, options: argparse.Namespace, seconds: float) -> Measured:
    """Let people visit a server for some time."""
    measured = await alone(server)
    pages = list(measured.first)
    unknown = sorted(set(options.pages or []) - set(pages))
    if unknown:
        raise SystemExit(f"There is no page {', '.join(unknown)}; the pages are {', '.join(pages)}.")
    wanted = [page for page in pages if page in (options.pages or pages)]
    crowd = Crowd(server, wanted, measured, options.think, seconds)
    before = (server.calculated(), time.process_time(), os.getloadavg())
    watching = asyncio.create_task(crowd.watch())
    await asyncio.gather(*(crowd.person(f"{options.seed} {number}") for number in range(options.sessions)))
    watching.cancel()
    measured.seconds = time.monotonic() - crowd.begun
    measured.memory.append((measured.seconds, server.held()))
    measured.cores = (server.calculated() - before[0]) / measured.seconds
    measured.cores_of_visitors = (time.process_time() - before[1]) / measured.seconds
    measured.load_average = [before[2], os.getloadavg()]
    return measured


def measure(options: argparse.Namespace, seconds: float, **environment: str) -> Measured:
    """A new server, visited for some time, beside a training where one is asked for."""
    with serving(**environment) as server:
        if not options.training:
            return asyncio.run(crowded(server, options, seconds))
        with responsiveness.learning(options.training) as runs:
            measured = asyncio.run(crowded(server, options, seconds))
            measured.trainings = len(runs)
            return measured


def collections(options: argparse.Namespace) -> dict[str, Measured]:
    """The same visits to a server that collects all garbage after every run, and to one as this app sets it."""
    found = {}
    for name, value in (("after every run", "true"), ("as the app has it", "false")):
        found[name] = measure(options, 30 * options.minutes, **{_COLLECTION: value})
        print(f"\ngarbage collected {name}\n{waits.printed(found[name])}", flush=True)
    before, after = found.values()
    one, other = waits.waits(before.visits), waits.waits(after.visits)
    shares = ", ".join(f"{share} {other[share] / one[share]:.2f}" for share in ("p50", "p95", "p99"))
    taken = waits.calculated(after) / waits.calculated(before)
    print(f"\nas the app has it / after every run: processor time of a visit {taken:.2f}; on an idle machine {shares}")
    return found


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__.partition("\n")[0])
    parser.add_argument("--data", metavar="FOLDER", help="a store of imported years, as BALISE_DATA; else simulated")
    parser.add_argument("--sessions", type=int, default=20, help="people at once")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--think", type=float, default=10.0, help="seconds that a person looks at a page, on average")
    parser.add_argument("--seed", type=int, default=0, help="of what people do")
    parser.add_argument("--pages", nargs="+", metavar="NAME", help="only these, as addresses name them")
    parser.add_argument(
        "--training", nargs="?", const="tab-transformer", metavar="KIND", help="a model learns meanwhile"
    )
    parser.add_argument("--collection", action="store_true", help="compare settings of the garbage collector")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write everything that was seen")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["BALISE_RUNS"] = str(Path(temporary) / "runs")
        os.environ["BALISE_DATA"] = options.data or str(Path(temporary) / "data")
        if options.collection:
            found = collections(options)
        else:
            found = {"": measure(options, 60 * options.minutes)}
            print(waits.printed(found[""]))
    if options.json:
        told = {name: waits.as_json(measured) for name, measured in found.items()}
        options.json.write_text(json.dumps(told if options.collection else told[""]), encoding="utf-8")


if __name__ == "__main__":
    main()
