r"""Have they been watched for long enough to tell who will never leave? After Maller and Zhou.

Who was never seen to leave may be cured, or not have been watched for long enough. A long quiet time between the latest
exit :math:`t^*` and the longest time watched :math:`t_n` speaks for the former. Maller and Zhou [1]_ set it beside the
exits :math:`N_n` in the interval of the same length before it, from :math:`2 t^* - t_n` to :math:`t^*`, as

.. math:: \alpha_n = (1 - N_n / n)^n

That takes no account of how few may still be watched in the quiet time: where customers came back evenly over time and
exits go on, :math:`\alpha_n` is below .05 in half of the samples, however many customers there are. So what decides
here is the chance that all exits fall into the earlier interval, were exits as frequent in both among those still
watched,

.. math:: p = \Big(\frac{Y_1}{Y_1 + Y_2}\Big)^{N_n}

with :math:`Y` the months watched in either. Below .05 they have been watched for long enough.

.. [1] Maller, R. A. & Zhou, S. (1992). Estimating the proportion of immunes in a censored sample. Biometrika 79.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEAST_LIKELY = 0.05  # chance of so quiet a time, were more exits to come: below it no more are expected


@dataclass(frozen=True)
class FollowUp:
    """How long customers were watched beside when the last of them left."""

    latest_exit: float  # months; 0 where nobody left
    longest_watched: float  # months
    n_late: int  # exits within as long before the latest one as were watched after it
    p_value: float  # chance of so long a quiet time, were more exits to come

    @property
    def long_enough(self) -> bool:
        """Whether anything can be said about who will never leave."""
        return self.p_value < LEAST_LIKELY


def follow_up(months: np.ndarray, left: np.ndarray) -> FollowUp:
    """Return how long customers were watched, (n,) months and whether each has left.

    Examples
    --------
    >>> found = follow_up(np.array([1.0, 2, 3, 3, 4, 9, 9, 9]), np.array([True] * 5 + [False] * 3))
    >>> found.n_late, round(found.p_value, 3), found.long_enough
    (5, 0.095, False)
    """
    latest, longest = float(months[left].max(initial=0.0)), float(months.max())
    begin = max(0.0, 2 * latest - longest)
    n_late = int((left & (months >= begin)).sum()) if longest > latest else 0
    watched = [np.clip(np.minimum(months, end) - begin, 0, None).sum() for end in (latest, longest)]
    p_value = float(watched[0] / watched[1]) ** n_late if watched[1] > 0 else 1.0
    return FollowUp(latest, longest, n_late, p_value)
