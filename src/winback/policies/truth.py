"""Were the honest gains honest? Policies held against a truth that only a simulation knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

import numpy as np
import pandas as pd

from winback.money import format_alike
from winback.policies.honest import BEST_SINGLE, HonestGains
from winback.results import Result, Sentences, join_words
from winback.trial.same_terms import check_same_trial
from winback.trial.trial import Trial

NOT_KNOWN = (
    "What every customer would have earned under every offer is known of simulations only, under the terms they were "
    "drawn for."
)

A_CHECK = "A check of the method, which only simulated data allow"


class Judged(Protocol):
    """A policy that was judged in a trial."""

    trial: Trial
    choices: tuple[str, ...]
    best_single: str
    gains: HonestGains
    frame: pd.DataFrame


@dataclass(frozen=True, repr=False, kw_only=True)
class TruthComparison(Result):
    """Policies beside the truth, see `PolicyEvaluation.check`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per policy: ``policy``, ``honest_gain`` over the best single offer with ``honest_gain_low``,
        ``honest_gain_high``, ``true_gain`` of the very decisions judged, ``std_errors_off`` between the two,
        ``in_sample_gain``, ``true_profit`` per customer and ``regret``, what an oracle would earn beyond it.
    oracle : float
        Profit per customer if each got what is truly best for them, which nobody can know beforehand.
    singles : pandas.Series
        True profit per customer if everybody got the same, by offer.
    best_single : str
        The offer that the trial found best for everybody.
    """

    frame: pd.DataFrame = field(repr=False)
    oracle: float
    singles: pd.Series = field(repr=False, default_factory=lambda: pd.Series(dtype=float))
    best_single: str = ""
    catalogue: tuple[str, ...] = field(repr=False, default=())
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "policy": ("Policy", "text"),
        "honest_gain": ("Estimated, on customers not seen", "money"),
        "true_gain": ("True gain", "money"),
        "std_errors_off": ("Apart, in standard errors", "times"),
        "in_sample_gain": ("On those learned from (flattering)", "money"),
        "true_profit": ("True profit per customer", "money"),
        "regret": ("Less than an oracle", "money"),
    }

    def describe(self) -> Sentences:
        """Say whether the estimates were right, and how far from perfect the policies are."""
        return Sentences.of(_lines(self))


def compare_with_truth(found: Mapping[str, Judged], true_profits: pd.DataFrame | None) -> TruthComparison | Sentences:
    """Hold policies of one trial against what their decisions truly earned, see `PolicyEvaluation.check`."""
    first = next(iter(found.values()))
    for name, each in found.items():
        check_same_trial(f"the policy {name!r}", each.trial, first.trial)
    true_profits = first.trial.true_profits if true_profits is None else true_profits
    if true_profits is None:
        return Sentences(NOT_KNOWN)
    choices = list(dict.fromkeys(choice for each in found.values() for choice in each.choices))
    money = _in_order(true_profits, first.trial.customers["customer_id"], choices)
    oracle = float(money.max(axis=1).mean())
    frame = pd.DataFrame([_row(name, each, money) for name, each in found.items()])
    frame = frame.assign(regret=oracle - frame["true_profit"])
    known = {"best_single": first.best_single, "catalogue": first.trial.offers.names}
    return TruthComparison(frame=frame, oracle=oracle, singles=money.mean(), **known, currency=first.trial.currency)


def _in_order(true_profits: pd.DataFrame, customers: pd.Series, choices: list[str]) -> pd.DataFrame:
    """Return the true profits of the trial's customers under the choices, or say what they lack."""
    without = [choice for choice in choices if choice not in true_profits]
    if without:
        raise ValueError(f"true_profits lacks a column of {join_words(without)}, which a policy may choose.")
    if true_profits.index.has_duplicates:
        first = true_profits.index[true_profits.index.duplicated()][0]
        raise ValueError(f"true_profits has customers twice (first: customer {first}). Keep one row each.")
    money = true_profits[choices].reindex(customers)
    lacking = money.isna().any(axis=1)
    if lacking.any():
        first = f"first: customer {lacking.index[lacking.argmax()]}"
        count = f"{int(lacking.sum()):,} of the {len(money):,} customers of the trial"
        raise ValueError(f"true_profits lacks {count} ({first}).")
    return money


def _row(name: str, found: Judged, money: pd.DataFrame) -> dict:
    first = found.frame.iloc[0]
    gains = found.gains.true_gains(money)
    true = float(gains.loc[gains["against"] == BEST_SINGLE, "true_gain"].median())
    columns = money[list(found.choices)].to_numpy()
    earned = np.mean([columns[np.arange(len(columns)), chosen].mean() for chosen in found.gains.decided])
    off = (first["honest_gain"] - true) / first["std_error"] if first["std_error"] > 0 else 0.0
    kept = first[["honest_gain", "honest_gain_low", "honest_gain_high", "in_sample_gain"]].to_dict()
    return {"policy": name, **kept, "true_gain": true, "std_errors_off": off, "true_profit": earned}


def _lines(found: TruthComparison) -> Iterator[str]:
    frame = found.frame
    held = frame["true_gain"].between(frame["honest_gain_low"], frame["honest_gain_high"])
    if held.all():
        yield f"{A_CHECK}: every interval holds the true gain of the decisions it judged."
    else:
        missed = join_words(frame["policy"][~held])
        yield f"{A_CHECK}: {held.sum()} of {len(frame)} intervals hold the true gain; that of {missed} does not."
    flattered = frame.loc[(frame["in_sample_gain"] - frame["true_gain"]).idxmax()]
    seen, true = format_alike(flattered[["in_sample_gain", "true_gain"]], found.currency)
    if flattered["in_sample_gain"] > flattered["true_gain"]:
        yield (
            f"Most flattered where learned and judged on the same customers: {flattered['policy']}, with {seen} where "
            f"the truth is {true}."
        )
    best = frame.loc[frame["regret"].idxmin()]
    oracle, regret = format_alike((found.oracle, best["regret"]), found.currency)
    yield (
        f"An oracle who knew what each customer would do under every offer would earn {oracle} per customer, {regret} "
        f"more than the best of these ({best['policy']}). No rule from what is known beforehand can earn all of that."
    )
