"""What speaks against a value? Findings of the fits behind it, so that no sum hides them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winback.value.contracts.wording import finding
from winback.value.purchases.wording import edge_in_words

if TYPE_CHECKING:
    from winback.value.ahead import ContractsAhead, PurchasesAhead
    from winback.value.purchases.spend import SpendFit

OLDER = 1.5  # times as old as any customer of the fit
NO_MAXIMUM = "No maximum of the likelihood of {what} was found: do not use these figures."


def doubts(ahead: ContractsAhead | PurchasesAhead, spend: SpendFit | None) -> tuple[str, ...]:
    """Return sentences of what a reader of a value must know of its fits."""
    fit = ahead.fit
    found = [finding(fit)] if ahead.unit == "payments" else [_purchases(fit), _age(ahead)]
    if not fit.converged:
        found.append(NO_MAXIMUM.format(what=ahead.unit))
    if spend is not None:
        if spend.boundary:
            found.append(f"On the edge of the model of spend: {spend.boundary}. The intervals take this for granted.")
        if not spend.converged:
            found.append(NO_MAXIMUM.format(what="spend"))
        if not spend.correlation.harmless:
            found.append(spend.correlation.in_words())
    return tuple(filter(None, found))


def _purchases(fit) -> str:
    if fit.n_repeat == 0:
        return f"On the edge of the model: {fit.boundary}. There is no upper limit to what may come."
    return edge_in_words(fit) if fit.boundary else ""


def _age(ahead) -> str:
    """Doubt customers who are much older than any the fit has watched: their time may be in another unit."""
    oldest, watched = float(ahead.rows.age.max()), float(ahead.fit.cells.age.max())
    if oldest <= OLDER * watched:
        return ""
    count = ahead.period.count
    return f"Customers are up to {count(oldest)} old, the fit watched at most {count(watched)}: is it the same unit?"
