"""What do people wait for? A model's policy, against an earlier winback, and a contact list with many columns.

Called by: python3 run.py bench; alone: python benchmarks/waiting.py. The earlier winback is checked out into a
temporary folder and runs in processes of its own.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from timing import Row, apart, in_turn, report, show

HERE = Path(__file__).resolve()
BEFORE = "805d206"  # the last commit before data and terms were read once
FORMULAS = {  # of the notebook on policies
    "reacquisition": "offer * complaints + reason + referrals + complaints_resolved + contact_attempts + months_away",
    "tenure": "offer + reason + log(first_tenure) + referrals",
    "margin": "offer + reason + first_margin",
}
N_CUSTOMERS, N_EXTRA = 600, 40


def model_policy() -> Callable:
    """Return the notebook's call, as it is written now, for the gain and its standard error."""
    import winback as wb

    study = wb.load_telecom_study()
    policy = wb.model_policy(**FORMULAS)
    return lambda: gain_of(wb.evaluate_policy(study.trial, policy, splits=wb.Splits(folds=3)))


def model_policy_before() -> Callable:
    """Return the same call as it was written at the earlier commit."""
    import winback as wb

    study = wb.load_telecom_study()
    policy = wb.model_policy(**FORMULAS)
    return lambda: gain_of(wb.evaluate_policy(study.lapsed, study.offers, policy, folds=3))


def gain_of(evaluation) -> list[float]:
    """Return the gain per customer over the best single offer, with its interval."""
    return evaluation.frame[["honest_gain", "honest_gain_low", "honest_gain_high"]].iloc[0].tolist()


def contact_lists() -> tuple[Callable, Callable]:
    """Return the contact list of a small trial, with extra columns and without."""
    import winback as wb

    study = wb.load_telecom_study()
    few = study.lapsed[study.lapsed["eligible"]].head(N_CUSTOMERS)
    extra = np.random.default_rng(0).standard_normal((N_CUSTOMERS, N_EXTRA))
    many = few.assign(**{f"extra_{place}": column for place, column in enumerate(extra.T)})
    with_extra, without = (wb.read_trial(table, study.offers) for table in (many, few))
    return tuple(lambda trial=trial: wb.learn_policy(trial).contact_list() for trial in (with_extra, without))


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """Check a commit out into a temporary folder, beside this one."""
    git = ["git", "-C", str(HERE.parents[1]), "worktree"]
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / commit
        subprocess.run([*git, "add", "--quiet", "--detach", str(tree), commit], check=True)
        try:
            yield tree
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)


def task(name: str, tree: Path) -> list[str]:
    """Return the command that reports a call with the winback of a tree."""
    return ["env", f"PYTHONPATH={tree / 'src'}", sys.executable, str(HERE), name]


def rows(rounds: int = 3) -> Iterator[Row]:
    """Time the model's policy in both trees, then the contact list."""
    with checked_out(BEFORE) as tree:
        yield apart(
            f"model policy of the notebook / the same at {BEFORE}",
            task("model_policy", HERE.parents[1]),
            task("model_policy_before", tree),
            at_most=1 / 3,
            rounds=rounds,
        )
    yield in_turn(
        f"contact list of {N_CUSTOMERS} customers with {N_EXTRA} extra columns / without",
        *contact_lists(),
        at_most=3.0,
        rounds=rounds,
    )


if __name__ == "__main__":
    if len(sys.argv) == 2:
        report({"model_policy": model_policy, "model_policy_before": model_policy_before}[sys.argv[1]]())
    else:
        show(rows())
