"""Who did not choose to leave? Told by the reason stated."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

INVOLUNTARY = (
    "moved", "moving", "relocated", "died", "death", "deceased", "closed", "closure", "bankrupt", "bankruptcy",
    "insolvent", "insolvency", "payment failed", "payment_failed", "failed payment", "non-payment", "nonpayment",
    "unpaid", "umzug", "verzogen", "verstorben", "insolvenz",
)  # fmt: skip


def had_to(reason: pd.Series, words: Iterable[str]) -> pd.Series:
    """Return who did not choose to leave; missing where no reason is stated.

    Examples
    --------
    >>> had_to(pd.Series(["price", "Moved", None]), ["moved"]).tolist()
    [False, True, <NA>]
    """
    known = {word.casefold() for word in words}
    named = reason.map(lambda label: str(label).casefold() in known, na_action="ignore")
    return named.astype(object).where(reason.notna(), None).astype("boolean")
