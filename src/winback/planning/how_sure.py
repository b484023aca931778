"""How sure is the choice of an offer, and what would make it surer? A comparison and the plan of the next trial."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from winback.doors import door
from winback.offers.compared import OfferComparison
from winback.offers.told_apart import lead
from winback.planning.trial_plan import TrialPlan
from winback.results import Result, Sentences, format_chance, format_count, join_words
from winback.tables import NO_OFFER


@dataclass(frozen=True, repr=False)
class HowSure(Result):
    """The sureness of a comparison, and what the next trial takes, see `how_sure`.

    Attributes
    ----------
    comparison : OfferComparison
    plan : TrialPlan
    """

    comparison: OfferComparison = field(repr=False)
    plan: TrialPlan = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per question of the plan."""
        return self.plan.to_frame()

    def table(self) -> pd.DataFrame:
        """Return the plan's table."""
        return self.plan.table()

    def describe(self) -> Sentences:
        """Say how sure the choice is and what the next trial takes, the lead, and the doubt that matters most."""
        doubt = self.plan.describe().splitlines()[-1]
        leading = list(lead(self.comparison)) or [self.comparison.describe().splitlines()[-1]]
        return Sentences.of([f"{_sure(self.comparison)}{_takes(self.plan)}.", leading[0], doubt])

    def what_to_do(self) -> Sentences:
        """Say what to do next: the trial to draw."""
        return self.plan.what_to_do()


@door
def how_sure(comparison: OfferComparison, plan: TrialPlan) -> HowSure:
    """Put what is known of the offers beside what a next trial would take to know more.

    Examples
    --------
    >>> import winback as wb
    >>> trial = wb.load_telecom_study().trial
    >>> found = how_sure(wb.compare_offers(trial), wb.plan_trial(trial, compare=[("discount", "upgrade")]))
    >>> print(found.describe().splitlines()[0].replace("customers per offer.", "..."))
    Discount is the best offer with probability 99.7%; to find $19.33 between discount and upgrade takes 10,555 ...
    """
    return HowSure(comparison, plan)


def _sure(comparison: OfferComparison) -> str:
    first = comparison.frame.iloc[0]
    if first[f"{comparison.kind}_profit_low"] <= 0:
        return "No offer is shown to pay"
    if len(comparison.frame) == 1:
        gross = "" if comparison.kind == "incremental" else ", before what would have come anyway"
        return f"{first['offer']} is shown to pay{gross}"
    chance = format_chance(first["probability_best"])
    apart = comparison.winners
    unclear = f", not told apart from {join_words(apart[1:])}" if len(apart) > 1 else ""
    return f"{first['offer']} is the best offer with probability {chance}{unclear}"


def _takes(plan: TrialPlan) -> str:
    """Say what it takes to find the first difference of the plan."""
    rows = plan.frame[plan.frame["kind"] == "difference"]
    if rows.empty:
        return ""
    row = rows.iloc[0]
    amount, n = plan.format(row["difference"], "money"), format_count(row["n_per_arm"])
    gap = f"{amount} between {row['first']} and {row['second']}"
    gap = f"the {amount} that {row['first']} adds" if row["second"] == NO_OFFER else gap
    return f"; to find {gap} takes {n} customers per offer"
