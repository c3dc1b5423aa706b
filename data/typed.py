"""How one input of the classifiers is typed and verified: codes as categories, numbers as float64, communes as text."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import pandas as pd

from data import cells, schema
from data.errors import DataError
from data.text import _

if TYPE_CHECKING:
    from data.features import Input

_INSEE = re.compile(cells.COMMUNE)
_TYPES: dict[str, tuple[type, ...]] = {"commune": (str,), "number": (int, float)}


def described(item: Input, given: list[object]) -> pd.Categorical | pd.api.extensions.ExtensionArray | np.ndarray:
    """Values as a form gives them, in the type of a table of inputs.

    Raises: KeyError or TypeError where they are of other types, or no codes.
    """
    if item.kind == "category":
        places = _places(item.name)
        codes = [-1 if value is None else places[value] for value in given]
        return pd.Categorical.from_codes(codes, dtype=dtype_of(item.name))
    if not all(value is None or type(value) in _TYPES[item.kind] for value in given):
        raise TypeError(item.name)
    if item.kind == "commune":
        texts: pd.api.extensions.ExtensionArray = pd.Series(given, dtype=pd.StringDtype(na_value=np.nan)).array
        return texts
    return np.array([np.nan if value is None else value for value in given], dtype=np.float64)


def coded(accidents: pd.DataFrame, name: str) -> pd.Series:
    """A column of codes as a category, missing throughout where there is none, on an index of its own."""
    dtype = dtype_of(name)
    if name not in accidents:
        return pd.Series(pd.NA, index=range(len(accidents))).astype(dtype)
    return _ordered(_codes(accidents[name]), dtype).reset_index(drop=True)


@cache
def dtype_of(name: str) -> pd.CategoricalDtype:
    """The type of a category: all of its codes, in the order of `schema.values`."""
    return pd.CategoricalDtype(list(schema.values(name)))


def category(given: pd.Series, item: Input) -> pd.Series:
    """Codes in any type as a category.

    Raises: DataError naming the first that is none.
    """
    dtype = dtype_of(item.name)
    if given.dtype == dtype:  # every value is one of the codes already
        return _ordered(given, dtype)
    allowed = list(schema.values(item.name))
    codes = _codes(given)
    wrong = codes[codes.notna() & ~codes.isin(allowed)]
    if len(wrong):
        message = _("{column} cannot be {value!r}; it takes one of {allowed}.")
        raise DataError(message.format(column=item.name, value=wrong.tolist()[0], allowed=", ".join(allowed)))
    return _ordered(codes, dtype)


def commune(codes: pd.Series, item: Input) -> pd.Series:
    """INSEE codes as text.

    Raises: DataError naming the first that is none.
    """
    texts = codes if codes.dtype == "str" else codes.map(_code, na_action="ignore").astype("str")
    different = dict.fromkeys(texts.tolist())  # in the order of the rows
    wrong = [text for text in different if isinstance(text, str) and not _INSEE.fullmatch(text)]
    if wrong:
        message = _("{column} cannot be {value!r}; it is an INSEE code of five characters, such as 59350 or 2A004.")
        raise DataError(message.format(column=item.name, value=wrong[0]))
    return texts


def same(found: object, wanted: object) -> bool:
    """Whether types are equal, categories in their order included: models read their positions."""
    if found is wanted or not isinstance(wanted, pd.CategoricalDtype):
        return found == wanted
    return found == wanted and found.categories.equals(wanted.categories)


def refuse(item: Input, value: object) -> NoReturn:
    """Raises: DataError for a number that is not possible, with the bounds of its input."""
    message = _("{column} cannot be {value!r}; it lies between {low:g} and {high:g} {unit}.")
    if item.whole:
        message = _("{column} cannot be {value!r}; it is a whole number between {low:g} and {high:g} {unit}.")
    value = value.item() if isinstance(value, np.generic) else value
    raise DataError(
        message.format(column=item.name, value=value, low=item.minimum, high=item.maximum, unit=_(item.unit)).replace(
            " .", "."
        )
    )


@cache
def _places(name: str) -> dict[object, int]:
    return {code: place for place, code in enumerate(schema.values(name))}


def _codes(given: pd.Series) -> pd.Series:
    if isinstance(given.dtype, pd.CategoricalDtype):
        return given.cat.rename_categories(_code)
    return given.astype("object").map(_code, na_action="ignore")


def _code(value: object) -> str:
    """A code as text; a table program that finds a gap in a column turns 7 into 7.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _ordered(codes: pd.Series, dtype: pd.CategoricalDtype) -> pd.Series:
    """Codes as a type; `astype` alone would leave the same categories in another order, which count as equal."""
    typed = codes.astype(dtype)
    return typed if same(typed.dtype, dtype) else typed.cat.set_categories(dtype.categories)
