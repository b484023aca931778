"""Does every damaged call end in a right result or in one clear error, and leave what it was given as it was?"""

from __future__ import annotations

import collections
import copy
import os
import time
import traceback
import warnings

import damages
import numpy as np
import pandas as pd
import pytest
import valid_calls
from matplotlib import pyplot

N_CASES = int(os.environ.get("WINBACK_FUZZ", 3_000))  # 100,000 in `run.py proof`
SEED = 20160301
LONGEST = 30.0  # seconds


def escape(call, instead: dict) -> str:
    """Make a damaged call; return what went wrong with how it went wrong, or nothing."""
    given = {**call.arguments, **instead}
    before = {
        name: copy.deepcopy(value) for name, value in given.items() if isinstance(value, pd.DataFrame | list | dict)
    }
    start = time.monotonic()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            result = call(**instead)
            str(result)
            if hasattr(result, "_repr_html_"):
                result._repr_html_()
    except (ValueError, OSError) as error:  # TableError and ArgumentError are such
        if type(error).__module__.split(".")[0] not in ("winback", "builtins"):
            return f"{type(error).__module__}.{type(error).__name__}: {error}"
        if not str(error).strip():
            return f"{type(error).__name__} without a word"
        own = traceback.extract_tb(error.__traceback__)[-1].filename
        if "winback" not in own:
            return f"{type(error).__name__} of {os.sep.join(own.split(os.sep)[-2:])}: {str(error)[:200]}"
    except Exception as error:
        where = [
            frame for frame in traceback.extract_tb(error.__traceback__) if f"src{os.sep}winback" in frame.filename
        ]
        where = where[-1] if where else traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} at {os.path.basename(where.filename)}:{where.lineno}: {str(error)[:200]}"
    if time.monotonic() - start > LONGEST:
        return f"took {time.monotonic() - start:.0f} s"
    changed = [name for name, value in before.items() if not alike(given[name], value)]
    return f"changed its argument {', '.join(changed)}" if changed else ""


def alike(one, other) -> bool:
    if isinstance(one, pd.DataFrame):
        return list(map(str, one.dtypes)) == list(map(str, other.dtypes)) and repr(one) == repr(other)
    return repr(one) == repr(other)


def run(n_cases: int, seed: int) -> tuple[collections.Counter, list[str]]:
    """Make damaged calls; return how many of each function, and every escape."""
    calls = dict(valid_calls.calls())
    if "WINBACK_DATA_DIR" not in os.environ:
        calls.pop("load_hillstrom")
    names, counts, escapes = list(calls), collections.Counter(), []
    for case in range(n_cases):
        rng = np.random.default_rng([seed, case])
        name = names[case % len(names)]
        what, instead = damages.damaged_arguments(calls[name], rng)
        counts[name] += 1
        if fault := escape(calls[name], instead):
            escapes.append(f"{name}({what}), case {case}: {fault}")
    return counts, escapes


@pytest.mark.parametrize("name", [name for name in valid_calls.calls() if name != "load_hillstrom"])
def test_the_call_is_valid(name):
    try:
        assert str(valid_calls.calls()[name]())
    finally:
        pyplot.close("all")


@pytest.mark.slow
def test_no_damage_escapes():
    counts, escapes = run(N_CASES, SEED)
    assert not escapes, "\n".join([f"{len(escapes)} of {sum(counts.values())} escaped:", *escapes[:60]])
