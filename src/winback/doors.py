"""Does every argument have a kind that its function can use? One check at the door, read from the annotations.

What a value must be beyond its kind (a share between 0 and 1, a column that is there) is checked where it is known.
Tables and nouns speak for themselves further in, with the remedy: the door lets anything pass for them.
"""

from __future__ import annotations

import inspect
import sys
import typing
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache, wraps
from numbers import Integral
from typing import TypeVar

import pandas as pd

from winback.annotations import OneOf, fits, in_words, looked_up, shown

Function = TypeVar("Function", bound=Callable)


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
        if signature.parameters[name].kind in _VARIADIC:
            yield from _wrong_terms(hints.get(name), value)
            continue
        if name == "rng":
            if (not _is_seed(value) and not fits(value, hints[name])) or (isinstance(value, Integral) and value < 0):
                yield f"`rng` must be a whole number from 0, a numpy Generator or None; got {shown(value)}"
        elif not looked_at(hints[name]):
            continue
        elif not fits(value, hints[name]):
            yield f"`{name}` must be {in_words(hints[name])}; got {shown(value)}"
        elif isinstance(value, pd.DataFrame) and value.columns.nlevels > 1:
            yield f"`{name}` must have one row of headings; it has {value.columns.nlevels}"


def _is_seed(value) -> bool:
    """Say whether these are several whole numbers, which numpy takes for a seed, too."""
    return isinstance(value, list | tuple) and all(isinstance(each, Integral) and each >= 0 for each in value)


def _wrong_terms(hint, given) -> Iterator[str]:
    """Yield what is wrong with the terms that a dictionary of types (``**terms: Unpack[...]``) describes."""
    if typing.get_origin(hint) is not typing.Unpack:
        return
    (described,) = typing.get_args(hint)
    where = vars(sys.modules[described.__module__])
    for name in set(given) & set(described.__annotations__):
        annotation = described.__annotations__[name]
        text = getattr(annotation, "__forward_arg__", annotation)
        try:
            wanted = looked_up(text, where)
        except (NameError, AttributeError, TypeError):
            continue
        if not fits(given[name], wanted):
            yield f"`{name}` must be {in_words(wanted)}; got {shown(given[name])}"


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
            hints[name] = looked_up(parameter.annotation, function.__globals__)
        except (NameError, AttributeError, TypeError):  # names that only type checkers import
            hints[name] = OneOf.named(str(parameter.annotation))
    return signature, hints


def _unbound(signature: inspect.Signature, kwargs, message: str) -> str:
    """Say what is wrong with the names of arguments, and which name may have been meant."""
    known = [name for name in signature.parameters if name != "self"]
    unknown = [name for name in kwargs if name not in known]
    close = get_close_matches(unknown[0], known, n=1) if unknown else []
    meant = f" Did you mean {close[0]}?" if close else f" There are {', '.join(known)}." if unknown else ""
    return f"{message}.{meant}"
