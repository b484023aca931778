"""How fast are scores, side by side with econml's doubly robust learner in its own environment?

Called by: python3 run.py bench; alone: python benchmarks/scores.py [rounds]. Both say how to make the other environment
where WINBACK_ECONML, the path of its Python, is not set.

Each library runs in a fresh process, in turn; importing and making the data are not timed. Both get the same 64,000
customers, as many as in Hillstrom's trial, with seven columns and three groups, predict what they spend by least
squares from customers of four folds, and give the mean effect of two offers against none with its standard error.
econml's least squares has one set of coefficients for all groups (its usual regression), winback's one for each.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import numpy as np
from policies import FOLDS, NO_PEERS, N, draw, numbers

HERE = Path(__file__).resolve()
BOUND = 1  # of the ratio theirs / ours
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
    """Time one library in this process; print its median seconds and the answer."""
    import warnings

    warnings.simplefilter("ignore")
    call = {"winback": ours, "econml": theirs}[library](*draw())
    answer, seconds = call(), []
    for _ in range(5):
        start = time.perf_counter()
        answer = call()
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"seconds": median(seconds), "answer": answer.tolist()}))


def main(rounds: int) -> None:
    """Print one line, or that there is nothing to compare with."""
    if "WINBACK_ECONML" not in os.environ:
        print(NO_PEERS)
        return
    peers = {"winback": sys.executable, "econml": os.environ["WINBACK_ECONML"]}
    found = {library: [] for library in peers}
    for _ in range(rounds):
        for library, python in peers.items():
            done = subprocess.run([python, str(HERE), library], check=True, capture_output=True, text=True)
            found[library].append(json.loads(done.stdout))
    own, other = (median(one["seconds"] for one in found[library]) for library in peers)
    answers = [np.array(found[library][0]["answer"]) for library in peers]
    gap = (np.abs(answers[0] - answers[1])[::2] / answers[0][1::2]).max()
    print(f"{'scores':<16}{'ours, s':>10}{'theirs, s':>11}{'ratio':>8}{'bound':>7}")
    print(f"{'64,000 x 3':<16}{own:>10.3f}{other:>11.3f}{other / own:>8.1f}{BOUND:>7}   ", end="")
    print(f"effects differ by {gap:.3f} standard errors")


if __name__ == "__main__":
    if len(sys.argv) == 2 and sys.argv[1] in ("winback", "econml"):
        work(sys.argv[1])
    else:
        main(int(sys.argv[1]) if len(sys.argv) == 2 else 5)
