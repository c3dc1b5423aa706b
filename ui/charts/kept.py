"""Figures that are built once for everybody who asks for the same."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from data.text import language

_MOST = 256  # figures of a few dozen kilobytes
Asked = ParamSpec("Asked")
Figure = TypeVar("Figure")


@dataclass(frozen=True)
class _Question:
    """What is asked of a builder, the same as another of the same content."""

    digest: str
    build: Callable[[], object] = field(compare=False)


@functools.lru_cache(maxsize=_MOST)
def _built(question: _Question) -> object:
    return question.build()


def kept(build: Callable[Asked, Figure]) -> Callable[Asked, Figure]:
    """Build a figure once for the same arguments and language; what it gives is shared by all: never changed.

    The arguments are known by their content: for the small tables behind a figure that takes a twentieth of the time in
    which Plotly builds it.
    """

    @functools.wraps(build)
    def asked(*given: Asked.args, **named: Asked.kwargs) -> Figure:
        import joblib  # which nothing else on the first page needs

        digest = joblib.hash((build.__module__, build.__qualname__, language(), given, named))
        return _built(_Question(digest, functools.partial(build, *given, **named)))  # type: ignore[return-value]

    return asked


def forget() -> None:
    """Build every figure anew from now on."""
    _built.cache_clear()
