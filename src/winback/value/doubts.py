"""What speaks against a value? Findings of the fits behind it, so that no sum hides them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winback.value.contracts.wording import finding
from winback.value.purchases.wording import limit_in_words

if TYPE_CHECKING:
    from winback.value.ahead import ContractsAhead, PurchasesAhead
    from winback.value.purchases.spend import SpendFit

OLDER = 1.5  # times as old as any customer of the fit
NO_MAXIMUM = "No maximum of the likelihood of {what} was found: do not use these figures."


def doubts(ahead: ContractsAhead | PurchasesAhead, spend: SpendFit | None) -> tuple[str, ...]:
    """Return sentences of what a reader of a value must know of its fits."""
    fit = ahead.fit
    found = [finding(fit)] if ahead.unit == "payments" else [_edge(fit, limit_in_words(fit)), _age(ahead)]
    if not fit.converged:
        found.append(NO_MAXIMUM.format(what=ahead.unit))
    if spend is not None:
        found.append(_edge(spend))
        if not spend.converged:
            found.append(NO_MAXIMUM.format(what="spend"))
        if not spend.correlation.harmless:
            found.append(spend.correlation.in_words())
    return tuple(filter(None, found))


def _edge(fit, limit: str = "") -> str:
    if not fit.boundary:
        return ""
    known = bool(np.isfinite(fit.params["estimate"]).all())
    intervals = f"The intervals take this for granted{limit}." if known else "There is no upper limit to what may come."
    return f"On the edge of the model: {fit.boundary}. {intervals}"


def _age(ahead) -> str:
    """Doubt customers who are much older than any the fit has watched: their time may be in another unit."""
    oldest, watched = float(ahead.rows.age.max()), float(ahead.fit.cells.age.max())
    if oldest <= OLDER * watched:
        return ""
    count = ahead.period.count
    return f"Customers are up to {count(oldest)} old, the fit watched at most {count(watched)}: is it the same unit?"
