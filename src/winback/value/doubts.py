"""What speaks against a value? Findings of the fits behind it, so that no sum hides them."""

from __future__ import annotations

from winback.purchases.doubts import NO_MAXIMUM, purchase_doubts, spend_doubts
from winback.purchases.spend import SpendFit
from winback.value.ahead import ContractsAhead, PurchasesAhead
from winback.value.contracts.wording import finding


def doubts(ahead: ContractsAhead | PurchasesAhead, spend: SpendFit | None) -> tuple[str, ...]:
    """Return sentences of what a reader of a value must know of its fits."""
    fit = ahead.fit
    if isinstance(ahead, PurchasesAhead):
        return purchase_doubts(fit, ahead.rows.age) + spend_doubts(spend)
    unsure = "" if fit.converged else NO_MAXIMUM.format(what=ahead.unit)
    return (*filter(None, [finding(fit), unsure]), *spend_doubts(spend))
