"""How fast are scores, side by side with econml's doubly robust learner in its own environment?

Called by: python3 run.py bench; alone: python benchmarks/scores.py. Both say how to make the other environment where
WINBACK_ECONML, the path of its Python, is not set.

Each library runs in a fresh process, in turn; importing and making the data are not timed. Both get the same 64,000
customers, as many as in Hillstrom's trial, with seven columns and three groups, predict what they spend by least
squares from customers of four folds, and give the mean effect of two offers against none with its standard error.
econml's least squares has one set of coefficients for all groups (its usual regression), winback's one for each.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from policies import FOLDS, NO_PEER, PEER, N, draw, numbers, peers
from timing import Row, apart, report, show

HERE = Path(__file__).resolve()
ARMS = ("none", "mens", "womens")


def ours(customers, offer, spend):
    """Return a call of winback's that gives the two effects and their standard errors."""
    import winback as wb

    table = customers.assign(
        customer_id=np.arange(N),
        offer=np.array(ARMS)[offer],
        returned=spend > 0,
        value=np.where(spend > 0, spend, np.nan),
    )
    free = [wb.Offer(name=name, amount=0.0, paid="on_acceptance") for name in ARMS[1:]]

    def scores():
        frame = wb.offer_scores(wb.read_trial(table, free, covariates=list(customers)), folds=FOLDS).frame
        return frame[["effect", "effect_std_error"]].head(2).to_numpy().ravel()

    return scores


def theirs(customers, offer, spend):
    """Return the same call of econml's."""
    from econml.dr import LinearDRLearner
    from sklearn.dummy import DummyClassifier
    from sklearn.linear_model import LinearRegression

    def scores():
        matrix = numbers(customers)
        learner = LinearDRLearner(
            model_regression=LinearRegression(), model_propensity=DummyClassifier(), cv=FOLDS, random_state=0
        )
        learner.fit(spend, offer, X=None, W=matrix, inference="statsmodels")
        found = [learner.intercept__inference(T=arm) for arm in (1, 2)]
        return np.array([float(np.ravel(each)[0]) for one in found for each in (one.point_estimate, one.stderr)])

    return scores


def work(library: str) -> None:
    """Report one library's effects and standard errors from this process."""
    import warnings

    warnings.simplefilter("ignore")
    report({"winback": ours, "econml": theirs}[library](*draw()))


def rows(rounds: int = 3) -> Iterator[Row]:
    """Time both libraries, where there is a peer to compare with."""
    own, other = ([python, str(HERE), library] for library, python in peers().items())
    yield apart("scores, 64,000 x 3 / econml", own, other, at_most=1.0, rounds=rounds, gap=errors_apart)


def errors_apart(ours: list[float], theirs: list[float]) -> str:
    """Say by how many standard errors the effects differ: estimates and errors stand in turn."""
    gap = max(abs(a - b) / error for a, b, error in zip(ours[::2], theirs[::2], ours[1::2], strict=True))
    return f"effects differ by {gap:.3f} standard errors"


if __name__ == "__main__":
    if len(sys.argv) == 2:
        work(sys.argv[1])
    else:
        show(rows() if PEER in os.environ else sys.exit(NO_PEER))
