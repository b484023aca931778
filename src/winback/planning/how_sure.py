"""How sure is the choice of an offer, and what would make it surer? A comparison and the plan of the next trial."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from winback.doors import door
from winback.offers.compared import OfferComparison
from winback.offers.longer import other_when_longer, within_months
from winback.offers.told_apart import lead
from winback.planning.asked import FollowUp
from winback.planning.every_pair import for_every_pair, n_pairs
from winback.planning.figures import pilot_figures
from winback.planning.plan import plan_trial
from winback.planning.trial_plan import TrialPlan
from winback.results import Result, Sentences, format_chance, format_count, join_words
from winback.tables import NO_OFFER
from winback.trial.trial import Trial

PARTS = (0.25, 0.5, 0.75)  # of the horizon, over which a shorter trial may be watched


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
        doubt = self._doubts()[0]
        leading = list(lead(self.comparison)) or [self.comparison.describe().splitlines()[-1]]
        return Sentences.of([f"{_sure(self.comparison)}{_takes(self.plan)}.", leading[0], doubt])

    def details(self) -> Sentences:
        """Say the other doubts."""
        return Sentences.of(self._doubts()[1:])

    def _doubts(self) -> list[str]:
        """Return up to how many months the choice holds, where it does not hold for all, and the plan's own doubt."""
        return [*other_when_longer(self.comparison), self.plan.describe().splitlines()[-1]]

    def what_to_do(self) -> Sentences:
        """Say what to do next: the trial to draw."""
        return self.plan.what_to_do()


@door
def how_sure(
    comparison: OfferComparison, pair: tuple[str, str] | None = None, *, holdout: float | None = None
) -> HowSure:
    """Put what is known of the offers of a trial beside what a next trial would take to know more.

    Parameters
    ----------
    comparison : OfferComparison
        From `winback.compare_offers` of a trial.
    pair : tuple of str, optional
        The two offers one wavers between; by default the first two, or the only one and none.
    holdout : float, optional
        Share of the next trial to leave without an offer; it is asked for only where something is known or assumed of
        customers without one.

    Raises
    ------
    ValueError
        When only figures of each offer are known, or there is one offer and nothing beside it.

    Examples
    --------
    >>> import winback as wb
    >>> found = how_sure(wb.compare_offers(wb.load_telecom_study().trial))
    >>> print(found.describe().splitlines()[0][:91])
    Discount is the best offer within 27.8 months with probability 99.7%; to find $19.33 betwee
    """
    trial = comparison.trial
    if trial is None:
        raise ValueError("Only figures of each offer are known: plan the next trial from them by winback.plan_trial.")
    known = pilot_figures(trial).has_untreated
    names = [*comparison.frame["offer"].iloc[:2], *([NO_OFFER] if known else [])]
    if pair is None and len(names) < 2:
        raise ValueError("There is one offer and nothing beside it, so there is nothing a next trial could compare.")
    asked = {"compare": [pair or (names[0], names[1])], "holdout": holdout if known else None}
    return HowSure(comparison, plan_trial(trial, **asked, follow_up=_lengths(trial)))


def _lengths(trial: Trial) -> FollowUp | None:
    """Ask for a quarter, a half and three quarters of the horizon, where second lives are known."""
    if trial.horizon_months is None or "second_tenure" not in trial.customers:
        return None
    return FollowUp([float(round(part * trial.horizon_months)) or 1.0 for part in PARTS])


def _sure(comparison: OfferComparison) -> str:
    first = comparison.frame.iloc[0]
    if first[f"{comparison.kind}_profit_low"] <= 0:
        return "No offer is shown to pay"
    if len(comparison.frame) == 1:
        gross = "" if comparison.kind == "incremental" else ", before what would have come anyway"
        return f"{first['offer']} is shown to pay{gross}"
    chance = format_chance(first["probability_best"])
    apart = comparison.winners
    unclear = f", not clearly different from {join_words(apart[1:])}" if len(apart) > 1 else ""
    return f"{first['offer']} is the best offer{within_months(comparison)} with probability {chance}{unclear}"


def _takes(plan: TrialPlan) -> str:
    """Say what it takes to find the first difference of the plan."""
    rows = plan.frame[plan.frame["kind"] == "difference"]
    if rows.empty:
        return ""
    row = rows.iloc[0]
    amount, n = plan.format(row["difference"], "money"), format_count(row["n_per_arm"])
    gap = f"{amount} between {row['first']} and {row['second']}"
    gap = f"the {amount} that {row['first']} adds" if row["second"] == NO_OFFER else gap
    together, pairs = for_every_pair(plan), n_pairs(plan)
    by_all = (
        ""
        if together is None
        else f" for that pair alone, {format_count(together)} with all {pairs} pairs judged together"
    )
    return f"; to find {gap} takes {n} customers per offer{by_all}"
