"""What speaks against a value? Findings of the fits behind it, so that no sum hides them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winback.value.contracts.wording import finding

if TYPE_CHECKING:
    from winback.value.ahead import ContractsAhead, PurchasesAhead
    from winback.value.purchases.spend import SpendFit

NO_MAXIMUM = "No maximum of the likelihood of {what} was found: do not use these figures."


def doubts(ahead: ContractsAhead | PurchasesAhead, spend: SpendFit | None) -> tuple[str, ...]:
    """Return sentences of what a reader of a value must know of its fits."""
    fit = ahead.fit
    found = [finding(fit) if ahead.unit == "payments" else _edge(fit)]
    if not fit.converged:
        found.append(NO_MAXIMUM.format(what=ahead.unit))
    if spend is not None:
        found.append(_edge(spend))
        if not spend.converged:
            found.append(NO_MAXIMUM.format(what="spend"))
        if not spend.correlation.harmless:
            found.append(spend.correlation.in_words())
    return tuple(filter(None, found))


def _edge(fit) -> str:
    if not fit.boundary:
        return ""
    known = bool(np.isfinite(fit.params["estimate"]).all())
    intervals = "The intervals take this for granted." if known else "There is no upper limit to what may come."
    return f"On the edge of the model: {fit.boundary}. {intervals}"
