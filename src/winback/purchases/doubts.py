"""What speaks against an expectation of purchases or of spend? Findings of the fits behind it."""

from __future__ import annotations

import numpy as np

from winback.purchases.spend import SpendFit
from winback.purchases.wording import edge_in_words

OLDER = 1.5  # times as old as any customer of the fit
NO_MAXIMUM = "No maximum of the likelihood of {what} was found: do not use these figures."


def purchase_doubts(fit, ages: np.ndarray) -> tuple[str, ...]:
    """Return sentences of what a reader must know of purchases expected of customers of these ages, in periods."""
    unsure = "" if fit.converged else NO_MAXIMUM.format(what="purchases")
    return tuple(filter(None, [_edge(fit), _age(fit, ages), unsure]))


def spend_doubts(spend: SpendFit | None) -> tuple[str, ...]:
    """Return sentences of what a reader must know of the spend expected, where it was estimated."""
    if spend is None:
        return ()
    edge = f"On the edge of the model of spend: {spend.edge}. The intervals take this for granted."
    unsure = "" if spend.converged else NO_MAXIMUM.format(what="spend")
    related = "" if spend.correlation.harmless else spend.correlation.in_words()
    return tuple(filter(None, [edge if spend.edge else "", unsure, related]))


def _edge(fit) -> str:
    if fit.n_repeat == 0:
        return f"On the edge of the model: {fit.edge}. There is no upper limit to what may come."
    return edge_in_words(fit) if fit.edge else ""


def _age(fit, ages) -> str:
    """Doubt customers who are much older than any the fit has watched: their time may be in another unit."""
    oldest, watched = float(ages.max()), float(fit.cells.age.max())
    if oldest <= OLDER * watched:
        return ""
    count = fit.period.count
    return f"Customers are up to {count(oldest)} old, the fit watched at most {count(watched)}: is it the same unit?"
