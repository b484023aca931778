"""How fast is the exact search for a policy tree, side by side with econml's greedy one in its own environment?

Called by: python3 run.py bench; alone: python benchmarks/policies.py. Both say how to make the other environment where
WINBACK_ECONML, the path of its Python, is not set.

Each task runs in a fresh process of either library, in turn; importing and making the data are not timed. Both get the
same 64,000 customers, as many as in Hillstrom's trial, with seven columns and three offers. "search" finds a tree of
depth two from given scores; "search rows" does so for four fifths of the customers, as honest evaluation does again and
again; "cuts" are made once before them, with pandas' labels read and every column checked, where econml gets a matrix
of numbers; "whole" starts from outcomes, with the same linear model of the outcome and known shares of the offers,
crossed over five folds (with its own default models DRPolicyTree takes minutes, and is not timed).
econml splits without holding half of the customers back (honest=False), as winback's search does. The value is the mean
score under the tree.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from timing import Row, apart, report, show

HERE = Path(__file__).resolve()
N, N_OFFERS, SMALLEST_LEAF, FOLDS = 64_000, 3, 200, 5
TASKS = {"search": 1 / 5, "search rows": 1 / 3, "cuts + search": None, "whole": 1 / 2}  # bound of ours / theirs
PEER = "WINBACK_ECONML"
NO_PEER = (
    "Against econml (Python 3.11 or 3.12): python3 -m venv econml && econml/bin/pip install econml==0.17.0 "
    "&& export WINBACK_ECONML=$PWD/econml/bin/python; then again."
)


def draw() -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Draw customers, the offer each was sent at random, and what each then spent: mostly nothing."""
    rng = np.random.default_rng(20160301)
    customers = pd.DataFrame(
        {
            "months_away": rng.integers(1, 13, N).astype(float),
            "past_spend": rng.gamma(0.9, 270, N).round(2),
            "bought_mens": rng.random(N) < 0.55,
            "bought_womens": rng.random(N) < 0.55,
            "zip_area": rng.choice(["Urban", "Suburban", "Rural"], N, p=[0.4, 0.45, 0.15]),
            "new_customer": rng.random(N) < 0.5,
            "channel": rng.choice(["Web", "Phone", "Both"], N, p=[0.44, 0.44, 0.12]),
        }
    )
    offer = rng.integers(0, N_OFFERS, N)
    suits = np.where(offer == 2, customers["bought_womens"], customers["past_spend"] < 200)
    bought = rng.random(N) < 0.006 + 0.006 * (offer > 0) * suits
    return customers, offer, np.where(bought, rng.gamma(1.2, 95, N), 0.0)


def numbers(customers: pd.DataFrame) -> np.ndarray:
    """Return the customers as a matrix, labels as indicators."""
    return pd.get_dummies(customers).to_numpy(dtype=float)


def aipw_scores(customers: pd.DataFrame, offer: np.ndarray, spend: np.ndarray) -> np.ndarray:
    """Return cross-fitted scores with a linear model of spend per offer and known shares, shape (N, 3)."""
    matrix = np.column_stack([np.ones(N), pd.get_dummies(customers, drop_first=True).to_numpy(dtype=float)])
    fold, scores = np.random.default_rng(0).permutation(N) % FOLDS, np.empty((N, N_OFFERS))
    for arm in range(N_OFFERS):
        for left_out in range(FOLDS):
            fit_on, use = (offer == arm) & (fold != left_out), fold == left_out
            expected = matrix[use] @ np.linalg.lstsq(matrix[fit_on], spend[fit_on], rcond=None)[0]
            scores[use, arm] = expected + (offer[use] == arm) * N_OFFERS * (spend[use] - expected)
    return scores


def ours(task: str, trial, scores: np.ndarray):
    """Return a call of winback's that gives the mean score under its tree."""
    from winback.policies.exact_tree import exact_tree
    from winback.policies.questions import split_table

    customers, by, some = trial[0], list(trial[0]), np.arange(N) % FOLDS != 0
    splits = split_table(customers, by)
    if task == "search rows":
        return lambda: exact_tree(scores[some], splits.rows(some), 2, SMALLEST_LEAF).value
    if task == "search":
        return lambda: exact_tree(scores, splits, 2, SMALLEST_LEAF).value
    if task == "cuts + search":
        return lambda: exact_tree(scores, split_table(customers, by), 2, SMALLEST_LEAF).value
    return lambda: exact_tree(aipw_scores(*trial), split_table(customers, by), 2, SMALLEST_LEAF).value


def theirs(task: str, trial, scores: np.ndarray):
    """Return the same call of econml's."""
    from econml.policy import DRPolicyTree, PolicyTree
    from sklearn.dummy import DummyClassifier
    from sklearn.linear_model import LinearRegression

    tree = {"max_depth": 2, "min_samples_leaf": SMALLEST_LEAF, "min_balancedness_tol": 0.5, "honest": False}
    some = np.arange(N) % FOLDS != 0 if task == "search rows" else np.ones(N, dtype=bool)
    customers, offer, spend = trial
    everyone = numbers(customers)

    def search():
        matrix, wanted = everyone[some], scores[some]
        arms = PolicyTree(random_state=0, **tree).fit(matrix, wanted).predict(matrix)
        return wanted[np.arange(len(wanted)), arms].mean()

    def whole():
        model = DRPolicyTree(
            model_regression=LinearRegression(), model_propensity=DummyClassifier(), cv=FOLDS, random_state=0, **tree
        )
        model.fit(spend, offer, X=everyone)
        return scores[np.arange(N), model.predict(everyone).ravel()].mean()

    return whole if task == "whole" else search


def work(library: str, task: str, path: str) -> None:
    """Report the mean score under one library's tree from this process."""
    import warnings

    warnings.simplefilter("ignore")
    call = {"winback": ours, "econml": theirs}[library](task, draw(), np.load(path))
    report(lambda: [call()])


def rows(rounds: int = 3) -> Iterator[Row]:
    """Time each task, where there is a peer to compare with."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scores.npy"
        np.save(path, aipw_scores(*draw()))
        for task, bound in TASKS.items():
            own, other = ([python, str(HERE), library, task, str(path)] for library, python in peers().items())
            yield apart(f"policy tree, {task} / econml", own, other, at_most=bound, rounds=rounds, gap=values)


def values(ours: list[float], theirs: list[float]) -> str:
    """Say what the trees found are worth: an exact one and a greedy one."""
    return f"value {ours[0]:.4f} and {theirs[0]:.4f}"


def peers() -> dict[str, str]:
    """Return the Python of each library."""
    return {"winback": sys.executable, "econml": os.environ[PEER]}


if __name__ == "__main__":
    if len(sys.argv) == 4:
        work(*sys.argv[1:])
    else:
        show(rows() if PEER in os.environ else sys.exit(NO_PEER))
