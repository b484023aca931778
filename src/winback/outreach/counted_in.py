"""Does the best offer stay the best once its contacts are paid for? Before anything else is learned from a trial."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from winback.money import format_money
from winback.offers.comparison import compare_offers
from winback.results import Result, Sentences
from winback.trial.trial import Trial

EXTRA = "extra (more than without contact)"


@dataclass(frozen=True, repr=False, kw_only=True)
class ContactsCounted(Result):
    """Offers with and without what their contacts cost, see `contacts_counted`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per offer, the best with contacts paid first: ``offer``, and per customer it was sent to
        ``contact_cost``, ``profit_before`` (as the offers were counted before) and ``profit``, with contacts paid, with
        ``profit_low`` and ``profit_high``.
    kind : str
        ``incremental``, where it is known what comes back anyway, else ``gross``.
    best_before : str
        The offer that earned most before.
    best_per_cost : str
        The offer that earns most for each unit of its cost; nothing where that is not known.
    """

    frame: pd.DataFrame = field(repr=False)
    kind: str
    best_before: str
    best_per_cost: str = ""
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "offer": ("Offer", "text"),
        "contact_cost": ("Contacts cost", "money"),
        "profit_before": ("Profit before", "money"),
        "profit": ("Profit, contacts paid", "money"),
    }

    def describe(self) -> Sentences:
        """Say which offer earns most once its contacts are paid for, and whether that is another one."""
        best = self.frame.iloc[0]
        cost, before, now = (
            format_money(float(best[name]), self.currency) for name in ("contact_cost", "profit_before", "profit")
        )
        more = EXTRA if self.kind == "incremental" else "brought in"
        figures = f"{now} {more} per customer after {cost} of contact costs ({before} before)"
        if len(self.frame) == 1:
            return Sentences.of([f"With its contacts paid for, {best['offer']} earns {figures}."])
        if best["offer"] == self.best_before:
            said = f"With its contacts paid for, {best['offer']} still earns most: {figures}."
            return Sentences.of([said, *self._by_budget()])
        return Sentences.of(
            [
                f"With contacts paid for, {best['offer']} earns most, no longer {self.best_before}: {figures}. "
                "Everything that follows counts them.",
                *self._by_budget(),
            ]
        )

    def _by_budget(self) -> Iterator[str]:
        if self.best_per_cost and self.best_per_cost != self.frame["offer"].iloc[0]:
            first = self.frame["offer"].iloc[0]
            yield f"Enough budget: {first}. Short budget: {self.best_per_cost}, which earns most for its cost."


def contacts_counted(trial: Trial) -> ContactsCounted:
    """Compare the offers of a trial that counts a playbook's costs with what they earned before.

    Examples
    --------
    >>> import winback as wb
    >>> trial = wb.load_telecom_study().trial.over(contact_costs=wb.load_playbook())
    >>> contacts_counted(trial).frame["offer"].head(2).tolist()
    ['discount', 'upgrade']
    """
    now, before = (compare_offers(each).to_frame() for each in (trial, trial.over(contact_costs=None)))
    kind = "incremental" if "incremental_profit" in now else "gross"
    name = f"{kind}_profit"
    found = now[["offer", name, f"{name}_low", f"{name}_high"]]
    found = found.set_axis(["offer", "profit", "profit_low", "profit_high"], axis=1)
    earned = before.set_index("offer")[name]
    paid = pd.Series(trial.contact_cost).groupby(trial.customers["offer"].astype(str).to_numpy()).mean()
    found = found.assign(contact_cost=found["offer"].map(paid), profit_before=found["offer"].map(earned))
    return ContactsCounted(
        frame=found.reset_index(drop=True),
        kind=kind,
        best_before=str(before["offer"].iloc[0]),
        best_per_cost=_best_per_cost(now, kind),
        currency=trial.currency,
    )


def _best_per_cost(now: pd.DataFrame, kind: str) -> str:
    """Return the offer of the highest ROI where it pays and is shown to be above that of the offer that earns most."""
    roi = f"{kind}_roi"
    if now[roi].isna().all():
        return ""
    best, first = now.loc[now[roi].idxmax()], now.iloc[0]
    shown = best["offer"] == first["offer"] or best[f"{roi}_low"] > first[f"{roi}_high"]
    return str(best["offer"]) if shown and best[f"{kind}_profit_low"] > 0 else ""
