"""Which values does an annotation allow, and how is that said in words?"""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

WORDS = {str: "text", bool: "True or False", int: "a whole number", float: "a number", type(None): "None"}
NAMES = {"_Buffer": "numbers", "_SupportsArray": "numbers", "_NestedSequence": "numbers"}
NAMES |= {"DataFrame": "a table", "Series": "a column", "HasTables": "a trial"}
WORDS |= {Path: "a path", np.random.Generator: "a numpy Generator"}
MANY = {"text": "texts", "a whole number": "whole numbers", "a number": "numbers", "a path": "paths"}
MOST_LOOKED_AT = 10_000  # elements of a collection: past that, looking takes longer than the call
SPEAK_FOR_THEMSELVES = ("Trial", "HasTables")  # these are looked at further in
ARRAYS = ("_Buffer", "_SupportsArray", "_NestedSequence")  # of which arrays are made
OF_NUMBERS = (Real, np.ndarray, list, tuple, range, pd.Series, pd.Index, pd.api.extensions.ExtensionArray)
TABLES = ("DataFrame", "Series")
OF_A_TABLE = ("columns", "table_of", "__dataframe__", "__arrow_c_stream__")  # what any package's table has
OTHER_PACKAGES = ("polars", "pyarrow", "duckdb", "pyspark", "narwhals", "modin", "dask", "ibis")  # asking starts work


def looked_up(annotation, names: dict) -> object:
    """Return what an annotation written as text means where it stands."""
    if annotation is inspect.Parameter.empty:
        return Any
    return eval(annotation, names) if isinstance(annotation, str) else annotation


@dataclass(frozen=True)
class OneOf:
    """Classes known by their names alone."""

    names: tuple[str, ...]

    @classmethod
    def named(cls, annotation: str) -> object:
        """Read names with bars between them; anything else says nothing."""
        names = tuple(name.strip() for name in annotation.split("|"))
        return cls(names) if all(re.fullmatch(r"[A-Z]\w+", name) for name in names) else Any

    def has(self, value: object) -> bool:
        """Say whether a value is of one of these classes."""
        kinds = {kind.__name__ for kind in type(value).__mro__}
        return bool(kinds & set(self.names)) or (value is None and "None" in self.names)


def fits(value: object, hint: object) -> bool:
    """Say whether a value is of the kind that an annotation names; what cannot be told fits.

    Examples
    --------
    >>> fits(np.int64(3), int), fits(True, int), fits(3, float), fits("3", float | None), fits(["a"], Iterable[str])
    (True, False, True, False, True)
    """
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if isinstance(hint, OneOf):
        return hint.has(value)
    if type(value).__module__.startswith("winback."):
        return True  # the function knows what to do with another of winback's own results
    if origin in (typing.Union, types.UnionType):
        of_numbers = any(getattr(typing.get_origin(each) or each, "__name__", "") in ARRAYS for each in inside)
        return any(fits(value, each) for each in inside if not (of_numbers and each in (str, bytes, complex)))
    if origin is typing.Literal:
        return any(value is each or value == each for each in inside)
    if origin is typing.Annotated:
        return fits(value, inside[0])
    return _is_kind(value, origin or hint, inside)


def _is_kind(value, kind, inside: tuple) -> bool:
    name = getattr(kind, "__name__", "")
    if kind is None or kind is type(None):
        return value is None
    if kind in _PLAIN:
        return _PLAIN[kind](value)
    if name in ARRAYS:
        return isinstance(value, OF_NUMBERS)
    if not isinstance(kind, type) or kind is object or name in SPEAK_FOR_THEMSELVES:
        return True  # Any, type variables, protocols
    return _is_table(value, kind) if name in TABLES else _is_instance(value, kind, inside)


def _is_table(value, kind: type) -> bool:
    if type(value).__module__.split(".")[0] in OTHER_PACKAGES:
        return True
    has = ("index",) if kind.__name__ == "Series" else OF_A_TABLE
    plain = isinstance(value, str | bytes | tuple | list | type | range)
    return not plain and any(hasattr(value, each) for each in has)


def _is_instance(value, kind: type, inside: tuple) -> bool:
    if issubclass(kind, Mapping):
        return isinstance(value, Mapping) and all(_all_fit(part, inside, place) for place, part in _parts(value))
    if issubclass(kind, Iterable) and kind.__module__ in ("collections.abc", "builtins"):
        return _is_kind_of_list(value, kind, inside)
    try:
        return isinstance(value, kind)
    except TypeError:  # a protocol that cannot be asked
        return True


_PLAIN: dict[object, Callable[[Any], bool]] = {
    bool: lambda value: isinstance(value, bool | np.bool_),
    int: lambda value: isinstance(value, Integral) and not isinstance(value, bool | np.bool_),
    float: lambda value: isinstance(value, Real) and not isinstance(value, bool | np.bool_),
    str: lambda value: isinstance(value, str),
    Callable: callable,
}


def _parts(value: Mapping) -> tuple[tuple[int, Collection], ...]:
    return (0, value.keys()), (1, value.values())


def _all_fit(part: Collection, inside: tuple, place: int) -> bool:
    return not inside or len(part) > MOST_LOOKED_AT or all(fits(each, inside[place]) for each in part)


def _is_kind_of_list(value, kind, inside) -> bool:
    """Say whether a value may be looped over, and its elements fit; generators are not used up by asking."""
    element = inside[0] if inside else Any
    if isinstance(value, str | bytes):
        return isinstance(value, str) and element in (str, Any)  # one name in place of several
    if not isinstance(value, Iterable) or isinstance(value, Mapping):
        return False
    if kind is tuple and inside and inside[-1] is not Ellipsis:
        return isinstance(value, Collection) and len(value) == len(inside) and all(map(fits, value, inside))
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return False
    if not isinstance(value, Collection) or len(value) > MOST_LOOKED_AT:
        return True
    return all(fits(each, element) for each in value)


def in_words(hint: object) -> str:
    """Say what an annotation allows.

    Examples
    --------
    >>> in_words(float | None), in_words(Iterable[str]), in_words(Mapping[str, float])
    ('a number or None', 'a list of texts', 'a mapping of texts to numbers')
    """
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if isinstance(hint, OneOf):
        return " or ".join(name if name == "None" else _a(name) for name in hint.names)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(dict.fromkeys(in_words(each) for each in inside))
    if origin is typing.Literal:
        return f"one of {', '.join(map(repr, inside))}"
    kind = origin or hint
    if kind in WORDS:
        return WORDS[kind]
    if kind is None:
        return "None"
    if kind is Callable:
        return "a function"
    if isinstance(kind, type) and issubclass(kind, Mapping):
        return f"a mapping of {_many(inside[0])} to {_many(inside[1])}" if inside else "a mapping"
    if isinstance(kind, type) and issubclass(kind, Iterable) and kind.__module__ in ("collections.abc", "builtins"):
        return f"a list of {_many(inside[0])}" if inside else "a list"
    name = getattr(kind, "__name__", str(kind))
    if name in NAMES:
        return NAMES[name]
    return _a(name)


def _a(name: str) -> str:
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def _many(hint) -> str:
    """Say the same of several."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return " or ".join(dict.fromkeys(_many(each) for each in typing.get_args(hint)))
    words = in_words(hint)
    return MANY.get(words, words.replace("a list of ", "lists of ").replace("a mapping of ", "mappings of "))


def shown(value: object) -> str:
    """Write a value as it came, or its kind where that is long."""
    text = repr(value) if isinstance(value, str | bytes | bool | Real | list | tuple | dict | set | type(None)) else ""
    return text if text and len(text) <= 40 else _a(type(value).__name__)
