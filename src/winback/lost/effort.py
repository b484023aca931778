"""On whom is time spent, and what do they bring? Contacts and hours of the last year against profit."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from winback.base.base import Base
from winback.base.contract_base import ContractBase
from winback.lost.brought_in import brought_in_before
from winback.lost.classes import ABC, abc_classes
from winback.lost.served import service_of
from winback.periods import DAYS_IN_YEAR
from winback.uncertainty import normal_interval

KINDS = {"contact": "contacts", "hours": "hours"}


@dataclass(frozen=True, eq=False)
class Effort:
    """What was spent in the last year on each customer, shape (n,) by place in the base, and what they brought."""

    spent: dict[str, np.ndarray] = field(repr=False)  # contacts, hours: where events tell
    profit: np.ndarray = field(repr=False)  # money brought in that year
    yearly_margin: np.ndarray = field(repr=False)  # twelve months' margin: who came lately has brought little, not less
    served: np.ndarray = field(repr=False)  # bool: somebody served them then, who may have spent time
    who: str  # who counts as served, in words

    @property
    def main(self) -> str:
        """Hours where they are known, else contacts."""
        return "hours" if "hours" in self.spent else "contacts"

    def by_class(self, bounds: tuple[float, float]) -> pd.DataFrame:
        """Return one row per class: ``abc``, ``n`` served, ``profit_share``, ``hours_share``, ``contacts_share``."""
        rows = self.served
        abc = abc_classes(self.yearly_margin[rows], bounds)
        kept = abc >= 0
        columns = {"profit_share": self.profit, **{f"{name}_share": each for name, each in self.spent.items()}}
        found = {
            name: np.bincount(abc[kept], weights=each[rows][kept], minlength=3) / (each[rows][kept].sum() or np.nan)
            for name, each in columns.items()
        }
        return pd.DataFrame({"abc": list(ABC), "n": np.bincount(abc[kept], minlength=3), **found})

    def on_lowest(self, profit_share: float = 0.15, level: float = 0.95) -> dict[str, float]:
        r"""Return the share of effort spent on those who bring least, who together bring under a share of the profit.

        Who they are is known; the hours are what chance may have moved. With H their hours, n of them with variance
        :math:`v`, and :math:`H', n', v'` those of the others, the share is :math:`s = H / (H + H')` with variance
        :math:`((1 - s)^2 n v + s^2 n' v') / (H + H')^2`.

        Returns
        -------
        dict
            ``n`` of them, their ``profit_share``, and ``effort`` with ``_low`` and ``_high``.

        Examples
        --------
        >>> hours = np.array([60.0, 40.0])
        >>> found = Effort({"hours": hours}, np.array([14.0, 86.0]), np.array([14.0, 86.0]), hours > 0, "all")
        >>> found.on_lowest()["effort"], found.on_lowest()["profit_share"]
        (0.6, 0.14)
        """
        rows = np.flatnonzero(self.served & ~np.isnan(self.yearly_margin))
        order = rows[np.argsort(self.yearly_margin[rows], kind="stable")]
        profit, hours = self.profit[order], self.spent[self.main][order]
        total = profit.sum()
        low = np.cumsum(profit) < profit_share * total
        spent = hours.sum() or np.nan
        share = hours[low].sum() / spent
        variance = (1 - share) ** 2 * _variance_of_sum(hours[low]) + share**2 * _variance_of_sum(hours[~low])
        error = np.sqrt(variance) / spent
        ends = np.clip(normal_interval(share, error, level), 0, 1)
        found = {"n": int(low.sum()), "profit_share": profit[low].sum() / (total or np.nan), "effort": share}
        return {name: float(each) for name, each in {**found, "effort_low": ends[0], "effort_high": ends[1]}.items()}


def _variance_of_sum(hours: np.ndarray) -> float:
    return len(hours) * float(hours.var(ddof=1)) if len(hours) > 1 else 0.0


def effort_of(base: Base) -> Effort | None:
    """Return what was spent on customers in the last year of the data; None where no event tells."""
    if not isinstance(base, ContractBase) or base.events is None or "amount" not in base.events:
        return None
    first, spent = base.last - int(DAYS_IN_YEAR), {}
    lately = base.happened[base.happened["day"] > first]
    for event, name in KINDS.items():
        rows = lately[lately["event"] == event]
        if len(rows):
            amount = rows["amount"].fillna(float(event == "contact"))  # a contact without a number is one
            spent[name] = np.bincount(rows["customer"], amount, minlength=len(base.ids))
    return None if not spent else _of_those(base, spent, first)


def _of_those(base: ContractBase, spent: dict[str, np.ndarray], first: int) -> Effort:
    lives, n = base.all_lives, len(base.ids)
    here = lives.end > first
    customer = lives.customer[here]
    yearly = np.full(n, np.nan)
    yearly[customer] = 12 * lives.margin[here]  # of the last life, where there are several
    was_here = np.bincount(customer, minlength=n) > 0
    served, who = customer, "customers who were here in that year"
    if base.served_by is not None or "manager" in base.contracts:
        service = service_of(base)
        served, who = service["customer"][service["until"] > first], "customers whom an employee served in that year"
    return Effort(
        spent=spent,
        profit=np.bincount(lives.customer, weights=np.nan_to_num(brought_in_before(base, base.last)), minlength=n),
        yearly_margin=yearly,
        served=was_here & (np.bincount(served, minlength=n) > 0),
        who=who,
    )
