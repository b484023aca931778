"""Is an argument of the wrong kind refused at the door, in plain words, and everything else let in?"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import winback as wb
import winback.surface
from winback.doors import ArgumentError, door, fits, in_words


@door
def asked(months: float, name: str = "", *, offers: Iterable[str] | None = None, whole: bool = False, **more) -> tuple:
    """Return what came."""
    return months, name, offers, whole, more


def test_what_fits_comes_through_as_it_is():
    assert asked(24, "a", offers=["x"], whole=np.True_, other=object) == (24, "a", ["x"], np.True_, {"other": object})
    assert asked.__doc__ == "Return what came."


def test_every_argument_of_another_kind_is_named_at_once():
    with pytest.raises(ArgumentError) as refused:
        asked("two years", 3, offers=[1], whole="yes")
    said = str(refused.value)
    assert said.startswith("asked: 4 arguments cannot be used:")
    for line in (
        "`months` must be a number; got 'two years'.",
        "`name` must be text; got 3.",
        "`offers` must be a list of texts or None; got [1].",
        "`whole` must be True or False; got 'yes'.",
    ):
        assert line in said


def test_it_is_both_a_wrong_type_and_a_wrong_value():
    assert issubclass(ArgumentError, TypeError)
    assert issubclass(ArgumentError, ValueError)


def test_a_name_that_is_no_argument_brings_the_one_that_is_meant():
    with pytest.raises(ArgumentError, match=r"'levell'\. Did you mean level\?"):
        wb.compare_offers(wb.load_telecom_study().trial, levell=0.9)
    with pytest.raises(ArgumentError, match="missing a required argument: 'trial'"):
        wb.compare_offers()


@pytest.mark.parametrize(
    ("value", "hint", "fit"),
    [
        (3, int, True),
        (np.int32(3), int, True),
        (3.0, int, False),
        (True, int, False),
        (True, float, False),
        (np.float32(0.5), float, True),
        (float("nan"), float, True),  # a number; whether it makes sense is said further in
        ("3", float, False),
        (None, float | None, True),
        ("a", Iterable[str], True),  # one name in place of several
        ("a", Iterable[float], False),
        (b"a", Iterable[str], False),
        ({"a": 1}, Iterable[str], False),
        (np.array(["a"]), Iterable[str], True),
        (pd.Series([1.0]), Iterable[float], True),
        ({"a": 1}, Mapping[str, float], True),
        ({"a": "1"}, Mapping[str, float], False),
        ({1: 1}, Mapping[str, float], False),
        ([1], Mapping, False),
        ((1, 2), tuple[int, int], True),
        ((1, 2, 3), tuple[int, int], False),
        ((1, 2, 3), tuple[int, ...], True),
        (5, tuple[int, ...], False),
        (5, Sequence[int], False),
        ("all", Literal["all", "none"], True),
        ("some", Literal["all", "none"], False),
        (len, Callable, True),
        (5, Callable, False),
        (5, Any, True),
        (5, object, True),
        (5, pd.DataFrame, False),
        ([5], pd.DataFrame | None, False),
        (pd.DataFrame(), pd.DataFrame, True),
        (wb.Splits(), float, True),  # so does what is winback's own
        (np.random.default_rng(0), int | np.random.Generator, True),
        ("0", int | np.random.Generator, False),
    ],
)
def test_what_fits(value, hint, fit):
    assert fits(value, hint) is fit


def test_a_generator_is_not_used_up_by_asking():
    names = (name for name in "ab")
    assert fits(names, Iterable[str])
    assert list(names) == ["a", "b"]


@given(st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.binary(), st.lists(st.integers()), st.booleans()))
def test_every_value_fits_or_not_without_an_error(value):
    for hint in (float, str | None, Iterable[str], Mapping[str, float], tuple[int, str], Literal["a"], pd.Timestamp):
        assert fits(value, hint) in (True, False)


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        (Mapping[str, int | None], "a mapping of texts to whole numbers or None"),
        (Literal["a", "b"], "one of 'a', 'b'"),
        (wb.Splits, "a Splits"),
        (Callable, "a function"),
        (list[list[float]], "a list of lists of numbers"),
    ],
)
def test_kinds_in_words(hint, words):
    assert in_words(hint) == words


FREE = {"load_donations", "load_winback_book", "load_telecom_study"}  # take no arguments


@pytest.mark.parametrize("name", [name for name in wb.surface.NAMES if name[0].islower() and name not in FREE])
def test_every_public_function_has_a_door(name):
    assert hasattr(getattr(wb, name), "__wrapped__"), f"{name} has no @door"
    with pytest.raises(
        ArgumentError, match=f"^{name}: (got an unexpected keyword argument|missing a required argument)"
    ):
        getattr(wb, name)(no_such_argument=1)
