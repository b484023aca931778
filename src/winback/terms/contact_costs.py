"""What do the contacts with each customer cost, where that differs by customer? As a plan of steps, or the table, says.

One of two holds. Steps that say what they cost (any object with ``contact_costs(customers)``) take the place of what
the offers and the table say of a contact, so that nothing is counted twice. Without steps the table's column
``contact_cost`` comes on top of the offers' own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.doors import ArgumentError
from winback.tables import LAPSED_TABLE, ProblemList

CONTACT_COST = "contact_cost"
BY_STEP = "contacts costed step by step"


def check_contact_costs(steps: object | None, currency: str) -> None:
    """Refuse what cannot say what contacts cost, or says it in another currency than that of the offers."""
    if steps is not None and not callable(getattr(steps, "contact_costs", None)):
        raise ArgumentError(
            f"contact_costs must be a playbook, or another object with contact_costs(customers); got "
            f"{type(steps).__name__}."
        )
    theirs = getattr(steps, "currency", currency)
    if theirs != currency:
        raise ValueError(
            f"contact_costs are in {theirs}, and the offers in {currency}: they cannot be added. Write both in one "
            "currency, and say which in the playbook and in the offers file."
        )


def contact_costs(steps: object | None, customers: pd.DataFrame) -> np.ndarray:
    """Return what contacts with customers who are sent their ``offer`` cost, beyond the offers' own, shape (n,).

    Raises
    ------
    ValueError
        When the steps do not say one amount of at least 0 for each customer.

    Examples
    --------
    >>> contact_costs(None, pd.DataFrame({"customer_id": [7, 8], "contact_cost": [2.5, None]})).tolist()
    [2.5, 0.0]
    """
    if steps is None:
        told = customers[CONTACT_COST] if CONTACT_COST in customers else pd.Series(0.0, customers.index)
        return told.fillna(0.0).to_numpy(dtype=float)
    said = np.asarray(steps.contact_costs(customers), dtype=float)
    if said.shape != (len(customers),):
        raise ValueError(
            f"contact_costs must say one amount for each of {len(customers):,} customers; got {said.shape}."
        )
    problems = ProblemList(LAPSED_TABLE, customers.assign(**{CONTACT_COST: said}), is_part=True)
    bad = ~(np.isfinite(said) & (said >= 0))
    problems.add_rows(CONTACT_COST, bad, "must be a number of at least 0", "Mend what contact_costs(customers) says.")
    problems.raise_if_any()
    return said


def contact_cost_problems(
    customers: pd.DataFrame, sent: np.ndarray, untreated: np.ndarray, problems: ProblemList
) -> None:
    """Add contact costs that are missing of who was sent an offer, or there of who was sent nothing; (n,) bool each."""
    if CONTACT_COST not in customers:
        return
    cost = customers[CONTACT_COST].to_numpy(dtype=float, na_value=np.nan)
    remedy = "Fill it in: 0 where a contact costs nothing beyond the offer."
    problems.add_rows(CONTACT_COST, np.isnan(cost) & sent, "must not be missing for who was sent an offer", remedy)
    remedy = "Empty it, or say which offer it was."
    problems.add_rows(CONTACT_COST, (cost > 0) & untreated, "must be empty or 0 for who was sent nothing", remedy)


@dataclass(frozen=True)
class AtOtherCosts:
    """Steps that cost so many times as much, and an amount more for each customer."""

    steps: object
    times: float
    more: float

    def contact_costs(self, customers: pd.DataFrame) -> np.ndarray:
        """Return what the contacts with each customer cost, shape (n,)."""
        return contact_costs(self.steps, customers) * self.times + self.more
