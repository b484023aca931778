"""Are speed and memory measured as they are, on a busy machine and from a large process?"""

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

PATH = Path(__file__).parents[1] / "benchmarks" / "timing.py"


@pytest.fixture(scope="module")
def timing():
    spec = importlib.util.spec_from_file_location("benchmark_timing", PATH)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def reporting(n_bytes):
    code = f"import timing\nheld = bytearray({n_bytes})\ntiming.LONG_ENOUGH = 0.001\ntiming.report(lambda: [2.0])"
    return ["env", f"PYTHONPATH={PATH.parent}", sys.executable, "-c", code]


def test_a_child_does_not_inherit_the_peak_of_a_large_parent(timing):
    large = np.ones(400_000_000, dtype=np.uint8)  # touched, so that it counts
    found = timing.fresh(reporting(1))
    assert found["peak"] < 100 < large.nbytes / 1e6
    assert found["answer"] == [2.0]


def test_memory_that_a_child_holds_is_counted(timing):
    assert timing.fresh(reporting(200_000_000))["peak"] == pytest.approx(210, abs=20)


def test_the_ratio_is_the_median_of_the_pairs(timing):
    """Load in one round slows both of its calls: medians of either side would say 2.0 here."""
    row = timing.Row("ours / theirs", [(1.0, 2.0), (10.0, 20.0), (40.0, 5.0)], at_most=0.5)
    assert row.ratio == 0.5
    assert not row.is_missed
    assert timing.Row("ours / theirs", [(3.0, 2.0)], at_most=1.0).is_missed


def test_both_sides_run_in_turn_and_each_goes_first(timing):
    order = []
    pairs = timing.alternately(lambda: order.append("ours") or 1, lambda: order.append("theirs") or 2, rounds=2)
    assert order == ["ours", "theirs", "theirs", "ours"]
    assert pairs == [(1, 2), (1, 2)]


def test_missed_bounds_are_named_at_the_end(timing, capsys):
    rows = [timing.Row("slow / fast", [(3.0, 2.0)], at_most=1.0), timing.Row("fast / slow", [(1.0, 2.0)], at_most=1.0)]
    with pytest.raises(SystemExit, match="1 of 2 bounds missed: slow / fast"):
        timing.show(rows)
    assert "MISSED" in capsys.readouterr().out


CALLS = """
import tempfile
from pathlib import Path
import numpy as np, pandas as pd
import logs, lost, outreach, policies, purchases, ratios, scores
with tempfile.TemporaryDirectory() as folder:
    for task in ("bg_nbd 2357", "pareto_nbd 2357", "gamma_gamma 946", "expected 3000", "summary 5000"):
        with np.load(purchases.draw(task, Path(folder))) as stored:
            table = pd.DataFrame(dict(stored))
        assert np.isfinite(np.asarray(purchases.ours(task.split()[0], table)(), dtype=float)).all(), task
    path = lost.draw(5_000, Path(folder))
    assert 0 < lost.ours(path)()[1] < lost.ours(path)()[0] <= lost.theirs(path)()[0]
    files = logs.draw(5_000, 2, Path(folder))
    for engine in ("duckdb", "polars", "pandas"):
        answers = [call(engine, files)() for call in (logs.ours, logs.by_hand)]
        assert np.allclose(answers[0][: len(answers[1])], answers[1], rtol=1e-12), engine
from schedules import one_after_the_other
problem = outreach.draw(60, 1 / 100)
assert np.array_equal(outreach.schedule(*problem), one_after_the_other(*problem), equal_nan=True)
assert outreach.planned()() == outreach.counted()(), "the plan costs what the trial counts, to the cent"
trial = policies.draw()
values = [policies.ours(task, trial, policies.aipw_scores(*trial))() for task in policies.TASKS]
assert np.isfinite(values).all() and np.isfinite(scores.ours(*trial)()).all()
"""


@pytest.mark.slow
def test_benchmarks_call_what_is_there():
    """Peers are not at hand in the tests: our side of every comparison with them is called once."""
    subprocess.run([sys.executable, "-c", CALLS], cwd=PATH.parent, check=True)
