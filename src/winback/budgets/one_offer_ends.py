"""Both ends of a frontier may be one offer for everybody: what did the whole trial measure for the two?

Where nothing is chosen customer by customer nothing was predicted either, so no customer need be left out of the
measure, and it is the comparison of the offers itself: plain means, unless the trial declares an adjustment.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from winback.budgets.choices import Choices
from winback.budgets.measured import Measured, Scored, measuring_trial, price_of_a_customer
from winback.tables import NO_OFFER
from winback.trial.scores import offer_scores
from winback.trial.skewed_scores import own_arm, score_length
from winback.trial.trial import Trial
from winback.uncertainty import RatioInterval, normal_quantile

NEARLY_ALL = 0.995  # of the customers: who gets something else hardly counts


@dataclass(frozen=True)
class OneOfferEnds:
    """Two offers, each for everybody, as a whole trial measured them; totals are over all customers to choose from."""

    offers: tuple[str, str]  # where profit is largest, where customers are most
    n: int  # customers of the trial
    columns: dict[str, list[float]]  # of both ends, as in a frontier's frame
    between: dict[str, Measured]  # ``regained`` more and ``profit`` less
    price: RatioInterval  # the one for each of the other


def one_offer_ends(
    choices: Choices, trial: Trial, chosen: tuple[np.ndarray, np.ndarray], level: float
) -> OneOfferEnds | None:
    """Measure both ends in a whole trial; None where one of them is not one offer, or over what is not measured.

    ``chosen`` are the choices at the ends, of each customer, 0 for no offer.
    """
    trial = measuring_trial("the frontier", choices, trial)
    places = tuple(_nearly_all(each) for each in chosen)
    names = tuple(choices.offers[place - 1] for place in places if place)
    measured = NO_OFFER in trial.arms if choices.kind == "incremental" else True
    if len(names) < len(places) or names[0] == names[1] or not measured or not {*names} <= {*trial.arms}:
        return None
    columns, between = {}, {}
    for name, outcome, sign in (("profit_total", "profit", -1), ("regained", "returned", 1)):
        scored = _scored(choices, trial, names, outcome, level)
        ends = [scored.each(np.full(len(scored.rows), place)) for place in (1, 2)]
        columns |= scored.columns(f"measured_{name}", ends)
        between[outcome] = sign * (ends[1] - ends[0])
    totals = {
        name: scored.total(between[outcome]) for name, outcome in (("profit", "profit"), ("regained", "returned"))
    }
    price = price_of_a_customer(scored, between["profit"], between["returned"], level)
    return OneOfferEnds(names, len(scored.rows), columns, totals, price)


def _nearly_all(chosen: np.ndarray) -> int:
    """Return the choice of nearly all customers; 0 where there is none, or it is no offer."""
    counts = np.bincount(chosen)
    return int(counts.argmax()) if counts.max() >= NEARLY_ALL * len(chosen) else 0


def _scored(choices: Choices, trial: Trial, names: tuple[str, str], outcome: str, level: float) -> Scored:
    """Return all customers of the trial scored under two offers, over no offer where gains are."""
    if trial.assignment == "known":
        trial = trial.over(covariates=list(trial.adjust))
    scores = offer_scores(trial, outcome=outcome).scores
    own = pd.DataFrame(own_arm(trial), columns=trial.choices)
    over = [NO_OFFER] if choices.kind == "incremental" else []
    gains, counts = (
        np.column_stack(
            [np.zeros(len(each)), each[list(names)].to_numpy() - each[over].sum(axis=1).to_numpy()[:, None]]
        )
        for each in (scores, own)
    )
    rows = np.arange(len(own))
    terms = "" if choices.trial is not None else trial.terms_in_words
    asked = {"clusters": trial.clusters, "n": len(choices.profits), "terms": terms, "z": normal_quantile(level)}
    return Scored(gains, counts, rows, partial(score_length, trial, outcome=outcome, rows=rows), **asked)
