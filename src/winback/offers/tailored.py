"""Does a tailored offer earn what its own rule promises? The arm itself beside the same rule made of single offers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.money import format_alike
from winback.offers.told_apart import pair_verdicts, within_words
from winback.results import Result, Sentences, format_money, format_percent, join_words
from winback.terms.catalog import Offer
from winback.terms.costs import assigned_offers
from winback.trial.scores import trial_scores
from winback.trial.skewed_scores import mean_of_scores, own_arm
from winback.trial.splits import Splits
from winback.trial.trial import Trial

ADJUSTED = "Figures here are adjusted for how the groups differed by chance, so not quite the plain means."
NOT_SHOWN = "is not shown to earn other than its rule promises"
PARTS = {"returned": "percent", "value": "money", "cost": "money", "profit": "money"}


@dataclass(frozen=True, repr=False, kw_only=True)
class TailoredComparison(Result):
    """A tailored offer beside its own rule, see `OfferComparison.tailored`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per figure (returned, value, cost, profit; per customer): ``figure``, ``tailored`` (as it was tried),
        ``composed`` (the same rule, made of the single offers), ``difference`` = tailored - composed with
        ``std_error``, ``difference_low``, ``difference_high``.
    tailored : str
        The offer's name.
    """

    frame: pd.DataFrame = field(repr=False)
    tailored: str
    rule: str
    built_in: str = ""  # what a simulation planted, which is no finding
    adjusted: bool = False  # for how the groups differed by chance, unlike plain means
    equivalent_within: float | None = None  # the comparison's: a difference per customer that would not matter
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "figure": ("Per customer", "text"),
        "tailored": ("The tailored offer itself", "figure"),
        "composed": ("Its rule, of single offers", "figure"),
        "difference": ("Difference", "figure"),
    }

    def table(self) -> pd.DataFrame:
        """Return the rounded table, each figure in its own unit."""
        rows = []
        for place, figure in enumerate(self.frame["figure"]):
            form = {"figure": PARTS[figure], "text": "text"}
            shown = {name: (heading, form[kind]) for name, (heading, kind) in self.shown.items()}
            shown["figure"] = ("Per customer, adjusted" if self.adjusted else "Per customer", "text")
            rows.append(self.rounded(self.frame.iloc[[place]], shown))
        return pd.concat(rows, ignore_index=True)

    def details(self) -> Sentences:
        """Say why figures are not quite the plain means."""
        return Sentences.of([ADJUSTED] if self.adjusted else [])

    def describe(self) -> Sentences:
        """Say whether the tailored offer earns what its rule promises, and where the difference lies."""
        return Sentences.of(_lines(self))


def compare_tailored(
    trial: Trial, name: str | None, *, splits: Splits, level: float, equivalent_within: float | None = None
) -> TailoredComparison:
    r"""Set a tailored offer beside the same rule composed of the single offers it assigns.

    Both send the same offer to the same kind of customer, so nothing but chance should part them, unless tailoring is
    done differently from sending the offer to all. With scores :math:`\Gamma` and the rule's offer :math:`\pi(X_i)`,

    .. math:: \hat D = \frac{1}{n} \sum_i \Gamma_{i, \text{tailored}} - \Gamma_{i, \pi(X_i)}

    See `OfferComparison.tailored`.
    """
    offer = _tailored_offer(trial, name)
    assigned = assigned_offers(trial.customers, offer)
    untried = sorted(set(assigned) - set(trial.arms))
    if untried:
        fault = "which was not tried by itself: nothing to compare"
        raise ValueError(f"{offer.name} assigns {join_words(untried)}, {fault}.")
    places = pd.Index(trial.arms).get_indexer(assigned)
    dealt = trial.folds(splits.folds, np.random.default_rng(splits.rng))
    own, counts, everyone = trial.arms.index(offer.name), own_arm(trial), np.arange(len(trial.arm))
    rows = []
    for figure in PARTS:
        scores, _ = trial_scores(trial, figure, dealt)
        tailored, composed = scores[:, own], scores[everyone, places]
        paired = counts[:, own] - counts[everyone, places]
        difference = _difference(mean_of_scores(trial, tailored - composed, paired, outcome=figure, level=level))
        rows.append({"figure": figure, "tailored": tailored.mean(), "composed": composed.mean(), **difference})
    named = join_words(f"{value} gets {name}" for value, name in offer.tailored.items())
    rule = f"by {offer.tailored_by}, {named}"
    settings = {"equivalent_within": equivalent_within, "currency": trial.currency}
    settings["adjusted"] = bool(trial.covariates)
    settings["built_in"] = trial.built_in.get(offer.name, "")
    return TailoredComparison(frame=pd.DataFrame(rows), tailored=offer.name, rule=rule, **settings)


def _tailored_offer(trial: Trial, name: str | None) -> Offer:
    there = [offer for offer in trial.offers if offer.tailored and offer.name in trial.arms]
    named = [offer for offer in there if name is None or offer.name == name]
    if len(named) != 1:
        found = join_words(offer.name for offer in there)
        raise ValueError(f"Say which tailored offer to compare; tried in this trial: {found}.")
    return named[0]


def _difference(found: tuple) -> dict[str, float]:
    """Return a difference with its interval as columns."""
    return dict(zip(("difference", "std_error", "difference_low", "difference_high"), map(float, found), strict=True))


def _lines(found: TailoredComparison) -> Iterator[str]:
    rows = found.frame.set_index("figure")
    profit = rows.loc["profit"]
    difference = found.interval(profit, "difference", "money")
    ends = (profit["difference_low"], profit["difference_high"])
    verdict = {name: bool(each) for name, each in pair_verdicts(*ends, found.equivalent_within).items()}
    if not verdict["told_apart"]:
        within = within_words(found.equivalent_within, found.currency)
        what = f"earns what its rule promises within {within}" if verdict["equivalent"] else NOT_SHOWN
        yield (
            f"{found.tailored} {what} ({found.rule}): the difference from the same rule composed of single offers is "
            f"{difference} per customer, which includes zero."
        )
        return
    way = "less" if profit["difference"] < 0 else "more"
    amount = format_money(abs(profit["difference"]), found.currency)
    yield (
        f"{found.tailored} earns {amount} {way} per customer than the same rule composed of single offers "
        f"({found.rule}): {difference}."
    )
    yield from _where(found, rows)
    unexplained = "The same offers went to the same kinds of customers, so the rule does not explain it"
    if found.built_in:
        yield f"{unexplained}: {found.built_in}."
    else:
        yield f"{unexplained}. What else was different about tailoring, the trial does not say."


def _where(found, rows) -> Iterator[str]:
    """Say in which figure the difference lies: how many returned, what they brought, what it cost."""
    back, value = rows.loc["returned"], rows.loc["value"]
    shares = f"{format_percent(back['tailored'])} against {format_percent(back['composed'])}"
    each = [value[side] / back[side] for side in ("tailored", "composed")]
    worth = " against ".join(format_alike(each, found.currency))
    more = "not as many" if back["difference"] < 0 else "more"
    more = "not clearly more or fewer" if back["difference_low"] <= 0 <= back["difference_high"] else more
    yield f"{more} returned ({shares}); one who returned brought {worth} before cost."
