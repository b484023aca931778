"""Is one curve behind all groups? The log-rank test, also where customers came under observation late."""

from __future__ import annotations

import numpy as np
from scipy.stats import chi2

from winback.survival.groups import Lifetimes


def log_rank(lives: Lifetimes) -> float | None:
    """Return the p-value that all curves are one; None for one group, or where nobody has left."""
    from lifelines.statistics import multivariate_logrank_test
    from statsmodels.duration.survfunc import survdiff

    if len(lives.names) < 2 or not lives.ended.any():
        return None
    if lives.since.any():  # lifelines' test takes everybody as watched from the start
        statistic, _ = survdiff(lives.months, lives.ended.astype(int), lives.codes, entry=lives.since)
        return float(chi2.sf(statistic, len(lives.names) - 1))
    with np.errstate():
        return float(multivariate_logrank_test(lives.months, lives.codes, lives.ended).p_value)
