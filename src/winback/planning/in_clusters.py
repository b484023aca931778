r"""How many more customers does it take where they are drawn in clusters? The design effect, measured or assumed.

Customers of one household, store or agent do alike (`winback.clusters`). Where they are sent one offer together, a mean
of :math:`n` is as sure as one of :math:`n / D` independent customers, with

.. math:: D = 1 + (\tilde m - 1) \rho, \qquad \tilde m = \frac{\sum_g m_g^2}{\sum_g m_g}                        \tag{1}

for clusters of :math:`m_g` customers whose profits correlate by :math:`\rho` (Kish 1965, section 5.4). A pilot that
drew clusters whole shows it: the variance by sums of clusters over that of independent customers. Its clusters are
those of the next trial, so n customers are n over the plain mean of :math:`m_g` clusters. Where a pilot sent customers
of one cluster different offers, one by one, what they share is in both arms and leaves the difference: it is as sure
as one of independent customers, if the next trial draws them so too.

Reference: Kish, L. (1965). Survey Sampling. Wiley.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Real

import numpy as np
import pandas as pd

from winback.clusters import drawn_whole
from winback.doors import door_of_settings
from winback.tables import ProblemList
from winback.trial import moments as m
from winback.trial.group_moments import group_moments
from winback.trial.trial import Trial


@door_of_settings
@dataclass(frozen=True)
class InClusters:
    """Figures of a plan whose trial sends all customers of a cluster one offer; see `winback.plan_trial`.

    Parameters
    ----------
    figures : pandas.DataFrame or Trial
        As `plan_trial` takes them; a pilot that knows its clusters shows by itself what they do.
    size : float or iterable of float
        Customers a cluster; several sizes stand for equally many clusters each, so the sizes of all clusters may be
        given.
    correlation : float
        Of the profits of two customers of one cluster, 0 to 1.
    name : str
        What they share, in words.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> assumed = pd.DataFrame({"offer": ["discount", "upgrade"], "acceptance": [.45, .41], "cost": [120, 105],
    ...                         "value": [921.60, 937.65], "value_variation": 1.0, "paid": "on_acceptance"})
    >>> plan = wb.plan_trial(wb.planning.InClusters(assumed, size=4, correlation=0.1, name="household"))
    >>> plan.to_frame()[["question", "n_per_arm", "n_clusters"]]
                      question  n_per_arm  n_clusters
    0  discount against upgrade      29193        7299
    1          best of 2 offers       6109        1528
    """

    figures: pd.DataFrame | Trial
    size: float | Iterable[float]
    correlation: float
    name: str = "cluster"

    def problems(self, problems: ProblemList) -> None:
        """Add everything that is wrong with what is assumed of the clusters."""
        sizes = self._sizes()
        if not len(sizes) or not all(_is_number(each) and 1 <= each < np.inf for each in sizes):
            text = f"of clusters must be customers from 1, got {self.size!r}"
            problems.add("size", text, "Give their mean number, or that of every cluster.")
        if not (_is_number(self.correlation) and 0 <= self.correlation <= 1):
            text = f"of customers of one cluster must lie from 0 to 1, got {self.correlation!r}"
            problems.add("correlation", text, "Say 0.1; 0 is customers who have nothing in common.")
        if isinstance(self.figures, Trial) and self.figures.clusters is not None:
            text = "are assumed for a pilot that knows its own"
            problems.add("clusters", text, "Plan from the pilot alone: it shows what they do.")

    def drawn(self) -> Drawn:
        """Return how customers are drawn, with the design effect by (1)."""
        sizes = np.array(self._sizes(), dtype=float)
        effect = 1 + ((sizes**2).sum() / sizes.sum() - 1) * self.correlation
        return Drawn(self.name, float(sizes.mean()), float(effect), assumed=True)

    def _sizes(self) -> list:
        several = isinstance(self.size, Iterable) and not isinstance(self.size, str)
        return list(self.size) if several else [self.size]


@dataclass(frozen=True)
class Drawn:
    """How customers who belong together are drawn in the trial that is planned."""

    name: str  # what they share, in words
    size: float = 1.0  # customers a cluster
    design_effect: float = 1.0  # variance of a mean over that of independent customers
    whole: bool = True  # all of a cluster are sent one offer; else each customer is drawn alone
    assumed: bool = False  # not measured in a pilot

    def clusters(self, n: np.ndarray) -> np.ndarray:
        """Return in how many whole clusters so many customers are."""
        return np.ceil(np.asarray(n, dtype=float) / self.size * (1 - 1e-12))


def pilot_moments(trial: Trial) -> tuple[Mapping[str, m.ArmMoments], Drawn | None]:
    """Return the moments of a pilot's groups as the next trial will have them, and how its customers are drawn."""
    if trial.clusters is None or (size := len(trial.clusters) / len(np.unique(trial.clusters))) == 1:
        return trial.moments, None
    alone = group_moments(trial.lapsed.drop(columns="cluster"), trial.groups.arms, trial.groups.arm, trial.money)
    if not drawn_whole(trial.clusters, trial.arm):
        return alone, Drawn(trial.cluster, size, whole=False)
    spread = [_pooled_spread(moments, trial.arms) for moments in (trial.moments, alone)]
    return trial.moments, Drawn(trial.cluster, size, spread[0] / spread[1])


def _pooled_spread(moments: Mapping[str, m.ArmMoments], arms: tuple[str, ...]) -> float:
    pool = m.pooled(m.stack_arms([moments[name] for name in arms]))
    return float(m.PROFIT @ pool.covariance[0] @ m.PROFIT)


def _is_number(value) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)
