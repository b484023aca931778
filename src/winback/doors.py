"""Does every argument have a kind that its function can use? One check at the door, read from the annotations.

What a value must be beyond its kind (a share between 0 and 1, a column that is there) is checked where it is known.
Tables and nouns speak for themselves further in, with the remedy: the door lets anything pass for them.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache, wraps
from numbers import Integral, Real
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

Function = TypeVar("Function", bound=Callable)
WORDS = {str: "text", bool: "True or False", int: "a whole number", float: "a number", type(None): "None"}
NAMES = {"DataFrame": "a table", "Series": "a column", "HasTables": "a trial"}
WORDS |= {Path: "a path", np.random.Generator: "a numpy Generator"}
MANY = {"text": "texts", "a whole number": "whole numbers", "a number": "numbers", "a path": "paths"}
MOST_LOOKED_AT = 10_000  # elements of a collection: past that, looking takes longer than the call
SPEAK_FOR_THEMSELVES = ("Trial", "HasTables", "_Buffer", "_SupportsArray")  # these, and all arrays, are looked at later
TABLES = ("DataFrame", "Series")
OF_A_TABLE = ("columns", "table_of", "__dataframe__", "__arrow_c_stream__")  # what any package's table has
OTHER_PACKAGES = ("polars", "pyarrow", "duckdb", "pyspark", "narwhals", "modin", "dask", "ibis")  # asking starts work


class ArgumentError(TypeError, ValueError):
    """An argument is of a kind that the function cannot use; every such argument is listed at once."""


def door(function: Function) -> Function:
    """Let a public function, or the making of a public class, check the kinds of its arguments before it starts.

    Examples
    --------
    >>> @door
    ... def horizon(months: float, name: str = "") -> float:
    ...     return months
    >>> horizon(24)
    24
    >>> horizon("two years")
    Traceback (most recent call last):
    winback.doors.ArgumentError: horizon: `months` must be a number; got 'two years'.
    """
    return _with_door(function, lambda hint: True)


def door_of_settings(function: Function) -> Function:
    """Let a function check settings and fits only: its own check lists kinds and bounds of all else together."""
    return _with_door(function, _is_no_plain_value)


def _with_door(function: Function, looked_at: Callable[[object], bool]) -> Function:
    if isinstance(function, type):
        function.__init__ = _with_door(function.__init__, looked_at)  # type: ignore[misc]
        return function

    @wraps(function)
    def checked(*args, **kwargs):
        bound = _bound(function, args, kwargs)
        wrong = list(_wrong(function, bound, looked_at))
        if len(wrong) == 1:
            raise ArgumentError(f"{_name_of(function)}: {wrong[0]}.")
        if wrong:
            lines = "\n".join(f"  {number}. {text}." for number, text in enumerate(wrong, start=1))
            raise ArgumentError(f"{_name_of(function)}: {len(wrong)} arguments cannot be used:\n{lines}")
        return function(*args, **kwargs)

    return typing.cast(Function, checked)


def _name_of(function: Callable) -> str:
    """Return a function's name, or that of the class that it makes."""
    return function.__qualname__.split(".")[0] if function.__name__ == "__init__" else function.__name__


def _wrong(function: Callable, bound: inspect.BoundArguments, looked_at) -> Iterator[str]:
    """Yield what is wrong with each argument that is looked at."""
    signature, hints = _read(function)
    for name, value in bound.arguments.items():
        if signature.parameters[name].kind in _VARIADIC or name not in hints:
            continue
        if name == "rng":
            if (isinstance(value, Integral) and value < 0) or not fits(value, hints[name]):
                yield f"`rng` must be a whole number from 0, a numpy Generator or None; got {_shown(value)}"
        elif not looked_at(hints[name]):
            continue
        elif not fits(value, hints[name]):
            yield f"`{name}` must be {in_words(hints[name])}; got {_shown(value)}"
        elif isinstance(value, pd.DataFrame) and value.columns.nlevels > 1:
            yield f"`{name}` must have one row of headings; it has {value.columns.nlevels}"


def _is_no_plain_value(hint) -> bool:
    """Say whether an annotation names nothing but winback's own classes, or None."""
    parts = [part for part in typing.get_args(hint) or (hint,) if part is not type(None)]
    return bool(parts) and all(getattr(part, "__module__", "").startswith("winback.") for part in parts)


def _bound(function: Callable, args: tuple, kwargs: Mapping[str, object]) -> inspect.BoundArguments:
    signature, _ = _read(function)
    try:
        return signature.bind(*args, **kwargs)
    except TypeError as error:
        raise ArgumentError(f"{_name_of(function)}: {_unbound(signature, kwargs, str(error))}") from None


_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


@cache
def _read(function: Callable) -> tuple[inspect.Signature, dict[str, object]]:
    """Return a function's signature and those of its annotations that can be looked up."""
    signature, hints = inspect.signature(function), {}
    for name, parameter in signature.parameters.items():
        try:
            hints[name] = _looked_up(parameter.annotation, function.__globals__)
        except (NameError, AttributeError, TypeError):  # a name that only type checkers import
            continue
    return signature, hints


def _looked_up(annotation, names: dict) -> object:
    if annotation is inspect.Parameter.empty:
        return Any
    return eval(annotation, names) if isinstance(annotation, str) else annotation


def _unbound(signature: inspect.Signature, kwargs, message: str) -> str:
    """Say what is wrong with the names of arguments, and which name may have been meant."""
    known = [name for name in signature.parameters if name != "self"]
    unknown = [name for name in kwargs if name not in known]
    close = get_close_matches(unknown[0], known, n=1) if unknown else []
    meant = f" Did you mean {close[0]}?" if close else f" There are {', '.join(known)}." if unknown else ""
    return f"{message}.{meant}"


def fits(value: object, hint: object) -> bool:
    """Say whether a value is of the kind that an annotation names; what cannot be told fits.

    Examples
    --------
    >>> fits(np.int64(3), int), fits(True, int), fits(3, float), fits("3", float | None), fits(["a"], Iterable[str])
    (True, False, True, False, True)
    """
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if type(value).__module__.startswith("winback."):
        return True  # the function knows what to do with another of winback's own results
    if origin in (typing.Union, types.UnionType):
        return any(fits(value, each) for each in inside)
    if origin is typing.Literal:
        return any(value is each or value == each for each in inside)
    if origin is typing.Annotated:
        return fits(value, inside[0])
    kind = origin or hint
    if kind is None or kind is type(None):
        return value is None
    if kind in _PLAIN:
        return _PLAIN[kind](value)
    if not isinstance(kind, type) or kind is object or kind.__name__ in SPEAK_FOR_THEMSELVES:
        return True  # Any, type variables, protocols of arrays
    if kind.__name__ in TABLES:
        return _is_table(value, kind)
    return _is_instance(value, kind, inside)


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
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


def _many(hint) -> str:
    """Say the same of several."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return " or ".join(dict.fromkeys(_many(each) for each in typing.get_args(hint)))
    words = in_words(hint)
    return MANY.get(words, words.replace("a list of ", "lists of ").replace("a mapping of ", "mappings of "))


def _shown(value: object) -> str:
    """Write a value as it came, or its kind where that is long."""
    text = repr(value) if isinstance(value, str | bytes | bool | Real | list | tuple | dict | set | type(None)) else ""
    kind = type(value).__name__
    return text if text and len(text) <= 40 else f"{'an' if kind[0].lower() in 'aeiou' else 'a'} {kind}"
