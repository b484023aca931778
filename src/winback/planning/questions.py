"""How many customers does each question need? One row of the plan per question."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pandas as pd

from winback.clusters import FEW_CLUSTERS
from winback.planning import sizes
from winback.planning.asked import Asked
from winback.planning.figures import ProfitFigures
from winback.planning.holdout import Split, holdout_of
from winback.skewness import TOO_SKEWED
from winback.tables import NO_OFFER, ProblemList
from winback.trial.design_findings import FEW_RETURNED
from winback.uncertainty import normal_quantile


def compared_pairs(figures: ProfitFigures, asked: Asked) -> list[tuple[int, int]]:
    """Return which arms are compared, as positions: the one expected to earn more first, the untreated second."""
    k, untreated = len(figures.offers), asked.ratio(figures) > 0
    compare = asked.compare.pairs
    if not isinstance(compare, str):
        places = [sorted(map(figures.place, pair)) for pair in compare]
        return [(one, other) for one, other in dict.fromkeys(map(tuple, places))]
    between = list(combinations(range(k), 2)) if compare != NO_OFFER else []
    against_none = [(one, k) for one in range(k)] if untreated and compare != "offers" else []
    return [*between, *against_none]


def check_pairs(figures: ProfitFigures, asked: Asked, problems: ProblemList) -> None:
    """Add what cannot be compared: equal profits, a single arm, the untreated where nobody is left untreated."""
    pairs = compared_pairs(figures, asked)
    several = len(figures.offers) > 1
    if not pairs and not several:
        remedy = "Add a row none: the share who return without an offer, and their value."
        problems.add("offer", "names one offer and no untreated: there is nothing to compare", remedy)
    for one, other in dict.fromkeys([*pairs, (0, 1)] if several else pairs):  # the best two are chosen between
        pair = f"{figures.names[one]} and {figures.names[other]}"
        if asked.difference is None and np.isclose(figures.profit[one], figures.profit[other], rtol=1e-12, atol=0):
            text = f"is not given, and {pair} are expected to earn the same: no trial tells them apart"
            problems.add("difference", text, "Say difference=, the smallest that is worth finding.")
        if figures.names[other] == NO_OFFER and asked.ratio(figures) == 0:
            problems.add("holdout", f"is 0, and {pair} are to be compared", "Leave some customers untreated.")


def n_comparisons(figures: ProfitFigures, asked: Asked) -> int:
    """Return over how many comparisons the level is split."""
    return asked.compare.n or max(len(compared_pairs(figures, asked)), 1)


def pair_weights(figures: ProfitFigures, one: int, other: int, ratio: float) -> np.ndarray:
    """Return by how much each arm's variance counts in the difference of two arms, for one customer an arm."""
    weights = np.zeros(len(figures.names))
    weights[[one, other]] = 1.0, 1 / ratio if figures.names[other] == NO_OFFER else 1.0
    return weights


def pair_variance(figures: ProfitFigures, one: int, other: int, ratio: float) -> float:
    """Return the variance that a difference of two arms carries, for one customer an arm."""
    size = ratio if figures.names[other] == NO_OFFER else 1.0
    return float(figures.variance[one] + figures.variance[other] / size)


def pair_skewness(figures: ProfitFigures, one: int, other: int, ratio: float) -> Callable[[np.ndarray], np.ndarray]:
    """Return the skewness of a difference, in the direction expected of it, as a function of customers an offer."""
    ahead = -1.0 if figures.profit[one] < figures.profit[other] else 1.0
    return lambda n: ahead * figures.skewness(one, other, ratio, n)


def rows_of_plan(figures: ProfitFigures, asked: Asked) -> pd.DataFrame:
    """Return every question with the customers it needs."""
    rows = [_difference_row(figures, asked, *pair) for pair in compared_pairs(figures, asked)]
    if len(figures.offers) > 1:
        profit, variance, choice = figures.of_offers(figures.profit), figures.of_offers(figures.variance), asked.choice
        zone = profit[0] - profit[1] if asked.difference is None else asked.difference
        n = sizes.customers_for_best(choice.probability_correct, variance, profit, asked.difference)
        rows.append(_offers_row("best", f"best of {len(profit)} offers", figures, asked, n) | {"difference": zone})
        if choice.expected_loss is not None:
            n = sizes.customers_for_loss(choice.expected_loss, variance)
            rows.append(_offers_row("loss", "loss from the choice", figures, asked, n))
    frame = pd.DataFrame(rows)
    with_holdout = frame["second"].eq(NO_OFFER) | (asked.holdout is not None)
    holdouts = [holdout_of(n, figures, asked) for n in frame["n_per_arm"]]
    frame["n_holdout"] = np.where(with_holdout, holdouts, 0.0)
    frame["n_customers"] = len(figures.offers) * frame["n_per_arm"] + frame["n_holdout"]
    frame["n_returned"] = [_fewest_returned(row, figures) for row in frame.itertuples()]
    whole = ["n_per_arm", "n_holdout", "n_customers"]
    if figures.drawn is not None and figures.drawn.whole:
        frame["n_clusters"], frame["n_clusters_holdout"] = map(
            figures.drawn.clusters, (frame[name] for name in whole[:2])
        )
        whole += ["n_clusters", "n_clusters_holdout"]
    frame["remark"] = _remarks(frame)
    return frame.astype(dict.fromkeys(whole, int))


def _remarks(frame: pd.DataFrame) -> list[str]:
    """Return what speaks against each row's size."""
    skewness = frame["skewness"].abs() if "skewness" in frame else pd.Series(0.0, frame.index)
    clusters = fewest_clusters(frame)
    doubts = {
        f"fewer than {FEW_RETURNED} would return in an arm: take more": frame["n_returned"] < FEW_RETURNED,
        "a few large amounts would decide it: take more, or a larger holdout": skewness >= TOO_SKEWED,
        f"fewer than {FEW_CLUSTERS} clusters in an arm: take more": clusters < FEW_CLUSTERS,
    }
    return ["; ".join(text for text, rows in doubts.items() if rows[place]) for place in frame.index]


def fewest_clusters(frame: pd.DataFrame) -> pd.Series:
    """Return the clusters of the smallest arm of each question; endlessly many where customers are independent."""
    if "n_clusters" not in frame:
        return pd.Series(np.inf, frame.index)
    holdout = frame["n_clusters_holdout"].astype(float).replace(0.0, np.inf)
    return np.minimum(frame["n_clusters"], holdout)


def _fewest_returned(row, figures) -> float:
    """Return how many are expected to return in the arm where the fewest do."""
    back = row.n_per_arm * figures.of_offers(figures.acceptance)
    if row.kind != "difference":
        return float(back.min())
    second = row.n_holdout * figures.acceptance[-1] if row.second == NO_OFFER else back[figures.place(row.second)]
    return float(min(back[figures.place(row.first)], second))


def _difference_row(figures, asked, one, other) -> dict:
    expected = figures.profit[one] - figures.profit[other]
    difference = abs(expected) if asked.difference is None else asked.difference
    ratio = asked.ratio(figures)
    variance = pair_variance(figures, one, other, ratio)
    settings = (asked.power, asked.level, n_comparisons(figures, asked))
    skewness = pair_skewness(figures, one, other, ratio)
    n = sizes.customers_for_difference(difference, variance, *settings, skewness=skewness)
    weights = pair_weights(figures, one, other, ratio)
    high, (first, second) = _at_high_variance(n, figures, asked, weights), (figures.names[one], figures.names[other])
    row = {"kind": "difference", "question": f"{first} against {second}", "first": first, "second": second}
    row |= {"expected_difference": expected, "difference": difference, "variance": variance}
    return row | {"skewness": float(skewness(n)), "n_per_arm": n, "n_per_arm_high": high}


def _offers_row(kind, question, figures, asked, n) -> dict:
    weights = (np.arange(len(figures.names)) < len(figures.offers)).astype(float)
    high = _at_high_variance(n, figures, asked, weights)
    return {"kind": kind, "question": question, "first": "", "second": "", "n_per_arm": n, "n_per_arm_high": high}


def _at_high_variance(n, figures, asked, weights) -> float:
    """Return the size if the pilot's variance was as high as its interval allows; NaN without a pilot.

    Every size is in proportion to variance, and the interval is normal on the log scale.
    """
    if not figures.from_pilot:
        return float("nan")
    total, error = weights @ figures.variance, np.sqrt(weights**2 @ figures.variance_error**2)
    return float(sizes.whole(n * np.exp(normal_quantile(asked.level) * error / total)))


def with_available(frame: pd.DataFrame, figures: ProfitFigures, asked: Asked, split: Split) -> pd.DataFrame:
    """Add what the customers at hand can tell: the chance to answer each question, and the loss at worst."""
    n, ratio = split.n_per_arm, split.n_holdout / split.n_per_arm
    profit, variance = figures.of_offers(figures.profit), figures.of_offers(figures.variance)
    chance, loss, lean = (np.full(len(frame), np.nan) for _ in range(3))
    m = n_comparisons(figures, asked)
    for place, row in enumerate(frame.itertuples()):
        if row.kind == "difference":
            pair = figures.place(row.first), figures.place(row.second), ratio
            spread, lean[place] = pair_variance(figures, *pair), pair_skewness(figures, *pair)(n)
            chance[place] = sizes.power_for_difference(
                n, row.difference, spread, asked.level, n_comparisons=m, skewness=lean[place]
            )
        elif row.kind == "best":
            chance[place] = sizes.chance_of_best(variance, n, profit, asked.difference)
        else:
            loss[place] = sizes.largest_loss(variance, n)
    return frame.assign(chance_available=chance, loss_available=loss, skewness_available=lean)
