"""Does the best offer stay the best once its contacts are paid for? Before anything else is learned from a trial."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.money import format_money
from winback.offers.comparison import compare_offers
from winback.offers.told_apart import leads_narrowly
from winback.outreach.playbook import Playbook
from winback.results import Result, Sentences, format_percent
from winback.trial.trial import Trial

FREE, SAME = 1e-300, 1e-9  # a cost above nothing; what is apart by rounding alone
EXTRA = "extra (more than without contact)"


@dataclass(frozen=True, repr=False, kw_only=True)
class ContactsCounted(Result):
    """Offers with and without what their contacts cost, see `contacts_counted`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per offer, the best with contacts paid first: ``offer``, and per customer it was sent to
        ``contact_cost``, ``own_cost`` (of contacts by the offer's own terms, which that replaces), ``cost`` (offer and
        contacts), ``profit_before`` (as the offers were counted before) and ``profit``, with contacts paid, with
        ``profit_low`` and ``profit_high``.
    kind : str
        ``incremental``, where it is known what comes back anyway, else ``gross``.
    best_before : str
        The offer that earned most before.
    best_per_cost : str
        The offer that earns most for each unit of its cost; nothing where that is not known.
    is_narrow : bool
        Whether the best offer leads, and little more scatter than was assumed would undo that.
    second : str
        The offer that comes next; nothing where there is one alone.
    ahead : tuple of float
        By how much the best offer leads it per customer, with low and high, which allow for every pair compared.
    with_remedies : bool
        Whether what goes with the offers is among what contacts cost.
    """

    frame: pd.DataFrame = field(repr=False)
    kind: str
    best_before: str
    best_per_cost: str = ""
    is_narrow: bool = False
    second: str = ""
    ahead: tuple[float, float, float] = (0.0, 0.0, 0.0)
    with_remedies: bool = False
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "offer": ("Offer", "text"),
        "contact_cost": ("Contacts and remedies cost", "money"),
        "profit_before": ("Profit, contacts not counted", "money"),
        "profit": ("Profit, contacts paid", "money"),
    }

    def describe(self) -> Sentences:
        """Say which offer earns most once its contacts are paid for, whether that is another one, and how far ahead."""
        best = self.frame.iloc[0]
        lead = "earns most, narrowly" if self.is_narrow else "earns most"
        figures = self._figures(best)
        if len(self.frame) == 1:
            return Sentences.of([f"With its contacts paid for, {best['offer']} earns {figures}."])
        if best["offer"] == self.best_before:
            said = f"With its contacts paid for, {best['offer']} still {lead}: {figures}."
            return Sentences.of([said, *self._lead(), *self._by_budget()])
        return Sentences.of(
            [
                f"With contacts paid for, {best['offer']} {lead}, no longer {self.best_before}: {figures}. "
                "Everything that follows counts them.",
                *self._lead(),
                *self._by_budget(),
            ]
        )

    def _lead(self) -> Iterator[str]:
        """Say how far the best offer is ahead of the next, which their own intervals do not show."""
        if self.second:
            by, *ends = self.formats(self.ahead, "money")
            verdict = "" if self.ahead[1] > 0 else ": that may be chance"
            yield f"It is {by} per customer ahead of {self.second} [{', '.join(ends)}]{verdict}."

    def _figures(self, best: pd.Series) -> str:
        """Say what an offer earns now and before, and what lies between: to the cent, as the amounts are read."""
        own, before, now = (round(float(best[name]), 2) for name in ("own_cost", "profit_before", "profit"))
        added = format_money(abs(before - now), self.currency)
        earned, without = self.formats([now, before], "money")
        more = f"{earned} {EXTRA if self.kind == 'incremental' else 'brought in'} per customer"
        if not own:
            what = "contact and remedy costs" if self.with_remedies else "contact costs"
            return f"{more} after {added} of {what} (without them {without})"
        cost, stated = (format_money(amount, self.currency) for amount in (before - now + own, own))
        moved = f"{added} {'less' if before > now else 'more'} than before ({without})"
        what = "contacts and remedies" if self.with_remedies else "contacts"
        return f"{more}, {moved}, as {what} cost {cost} by the playbook, in place of the {stated} that the offers state"

    @property
    def enough(self) -> float | None:
        r"""The share of the best offer's cost for all from which on it earns most, below it the best per cost; or None.

        With budget :math:`B` per customer an offer of cost :math:`c` and profit :math:`\pi` is sent to the part
        :math:`\min(1, B / c)`. The best per cost, sent to all, earns :math:`\pi_2`; as much earns the best offer with
        :math:`B = c_1 \pi_2 / \pi_1`. None where with some budget a third offer earns more than both: what is earned is
        linear between the costs of offers, so that only these budgets are looked at, and that one.
        """
        profit, cost = (self.frame[name].to_numpy(dtype=float) for name in ("profit", "cost"))
        names = self.frame["offer"].tolist()
        if self.best_per_cost not in names[1:] or not cost[0] > 0:
            return None
        second = names.index(self.best_per_cost)
        share = float(profit[second] / profit[0])
        budgets = np.array([share * cost[0], *cost[(cost > 0) & (cost <= cost[0])]])
        sent = np.minimum(1, budgets / np.maximum(cost, FREE)[:, None])  # (offers, budgets)
        earned = profit[:, None] * sent
        of_both = np.where(budgets < share * cost[0], earned[second], earned[0])
        return share if (earned <= of_both + SAME * profit[0]).all() else None

    def _by_budget(self) -> Iterator[str]:
        if self.enough is not None:
            cost = self.frame.set_index("offer")["cost"]
            all_cost, less = self.formats([cost.iloc[0], cost[self.best_per_cost]], "money")
            yield (
                f"Sending {cost.index[0]} to all costs {all_cost} per customer, contacts and offer: with at least "
                f"{format_percent(self.enough, 0)} of that money send {cost.index[0]}, with less {self.best_per_cost} "
                f"({less}), which earns most for its cost."
            )


def contacts_counted(trial: Trial) -> ContactsCounted:
    """Compare the offers of a trial that counts a playbook's costs with what they earned before.

    Examples
    --------
    >>> import winback as wb
    >>> trial = wb.load_telecom_study().trial.over(contact_costs=wb.load_playbook())
    >>> contacts_counted(trial).frame["offer"].head(2).tolist()
    ['discount', 'upgrade']
    """
    found_now, plain = compare_offers(trial), trial.over(contact_costs=None)
    now, before = found_now.to_frame(), compare_offers(plain).to_frame()
    kind = "incremental" if "incremental_profit" in now else "gross"
    name = f"{kind}_profit"
    found = now[["offer", "cost_per_customer", name, f"{name}_low", f"{name}_high"]]
    found = found.set_axis(["offer", "cost", "profit", "profit_low", "profit_high"], axis=1)
    earned = before.set_index("offer")[name]
    free = replace(plain.offers, offers=tuple(replace(offer, contact_cost=0.0) for offer in plain.offers))
    costs = {"contact_cost": trial.contact_cost, "own_cost": plain.cost - replace(plain, offers=free).cost}
    paid = pd.DataFrame(costs).groupby(trial.customers["offer"].astype(str).to_numpy()).mean()
    found = found.join(paid, on="offer").assign(profit_before=found["offer"].map(earned))
    return ContactsCounted(
        frame=found.reset_index(drop=True),
        kind=kind,
        best_before=str(before["offer"].iloc[0]),
        best_per_cost=_best_per_cost(now, kind),
        is_narrow=leads_narrowly(found_now),
        **_lead_of(found_now),
        with_remedies=remedies_are_counted(trial),
        currency=trial.currency,
    )


def _lead_of(found: Result) -> dict[str, object]:
    """Return the second offer of a comparison and how far the first is ahead of it; nothing where there is none."""
    if len(found.frame) == 1:
        return {}
    pair = found.differences.iloc[0]
    ends = (float(pair[f"difference{end}"]) for end in ("", "_low", "_high"))
    return {"second": str(pair["second"]), "ahead": tuple(ends)}


def remedies_are_counted(trial: Trial) -> bool:
    """Tell whether what contacts cost in a trial holds what goes with the offers."""
    book = trial.contact_costs
    if not isinstance(book, Playbook) or not any(remedy.cost for remedy in book.remedies):
        return False
    alone = trial.over(contact_costs=replace(book, remedies=()))
    return bool((trial.contact_cost > alone.contact_cost).any())


def _best_per_cost(now: pd.DataFrame, kind: str) -> str:
    """Return the offer of the highest ROI where it pays and is shown to be above that of the offer that earns most."""
    roi = f"{kind}_roi"
    if now[roi].isna().all():
        return ""
    best, first = now.loc[now[roi].idxmax()], now.iloc[0]
    shown = best["offer"] == first["offer"] or best[f"{roi}_low"] > first[f"{roi}_high"]
    return str(best["offer"]) if shown and best[f"{kind}_profit_low"] > 0 else ""
