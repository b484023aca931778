"""Do the intervals of a risk of leaving hold, and is a right model found right on later months?"""

from __future__ import annotations

import at_risk
from proof_parts import SEED, _row


def churn_risk(draws: int = 1_000) -> list[dict]:
    """Return how often intervals hold the truth, and how often a right model is said to miss.

    Before: intervals of what is observed with chance alone, as if the parameters were known.
    """
    found = at_risk.covering(draws, seed=SEED)
    return [
        _row("log odds of the small plan within", 0.95, found["plan"], found["plan"]),
        _row("log odds in the month after a complaint within", 0.95, found["complaint"], found["complaint"]),
        _row("a right model said to miss the losses of six later months", 0.05, found["plain_misses"], found["misses"]),
        _row("losses of the riskiest tenth within", 0.95, found["plain_tenth"], found["tenth"]),
        _row("losses of six months foreseen when they begin, within", 0.95, found["ahead"], found["ahead"]),
        _row("slope of the true log odds on those said, within", 0.95, found["slope"], found["slope"]),
    ]
