r"""Where is a likelihood highest? One climber for every model, and a plain answer where there is no top.

**A step.** Near its top a log-likelihood is a parabola. With slope :math:`g` and information :math:`I`, minus the
second derivatives, the parabola's top lies a step :math:`I^{-1} g` away, and

.. math:: \text{gain} = g' I^{-1} g

is twice what the step gains: the squared distance from the top in standard errors. Far from it the likelihood may be
curved upwards along some direction, where Newton's step would lead to a bottom. So a step goes by the size of the
curvature: with :math:`I = \sum_j c_j d_j d_j'` it is :math:`\sum_j d_j (d_j' g) / |c_j|`, which is Newton's where all
:math:`c_j` are positive, and uphill everywhere. No direction moves further than ``LONGEST`` at once, for a parabola
says nothing of places far away, and a step is halved until the likelihood does rise.

**Information.** The exact one may be dear, and far from the top it is no better than a rough one. So a likelihood may
give a quick one with each value and slope (the outer product of the customers' slopes), by which steps far away go.
Near the top, or where the quick one leads nowhere, the exact one is asked for. What is at hand is kept until a step
has left more of the gain than ``WORN``; at the top the exact one is taken once more, for standard errors.

**The end.** A likelihood is a sum, rounded in its last digits: a gain below ``SEEN`` of it is not seen to rise. Its
slope, which falls to zero, is known much better, and so close to the top the parabola is right: such steps are taken
whole, until the gain is below ``ENOUGH`` or falls no more, which is rounding. That is a top if every direction is
curved downwards by more than ``FLAT`` of the steepest. A direction less curved is *flat*: the data do not tell where
along it the parameters lie. One that has reached its bound, with the likelihood still rising beyond, is held there and
the others are climbed on. What that means, an *edge* where the model becomes a simpler one, is for the model to say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

MOST_STEPS = 100  # several times what the hardest data sets of the tests take
MOST_QUICK = 20  # steps by a quick information: what is not near the top by then goes to and fro across a ridge
LONGEST = 3.0  # a factor of 20 in a parameter whose logarithm is climbed
HALVINGS = 40  # what does not rise within 1e-12 of Newton's step is rounding
CLOSE = 1e-2  # gain: within a tenth of a standard error the curvature is that of the top
NEAR = 1e-9  # gain: where the curvature is that of the top to seven digits
WORN = 1 / 30  # the right information leaves the square of a gain; beyond this a new one is worth its price
SEEN = 1e-9  # of the value: above the rounding of any sum here; differences of gamma functions have lost six digits
ENOUGH = 1e-22  # of the value: 1e-9 of a standard error with ten thousand customers
FLAT = 1e-10  # of the steepest curvature: what differences of slopes can tell from none
ROUNDING = 1e-14  # of the steepest curvature: what a decomposition leaves of none


@dataclass(frozen=True)
class Peak:
    """Where a climb ended."""

    place: np.ndarray  # (k,)
    value: float
    information: np.ndarray  # (k, k) minus the second derivatives there, in the free directions
    inside: np.ndarray  # (k,) directions that were free and are not held at a bound
    converged: bool  # it is a top

    @property
    def covariance(self) -> np.ndarray:
        """Inverse information: zero along directions that are held, missing where there is no top."""
        found, some = np.zeros_like(self.information), np.ix_(self.inside, self.inside)
        found[some] = np.linalg.inv(self.information[some]) if self.converged else np.nan
        return found


def climb(
    likelihood: Callable,
    start: np.ndarray,
    *,
    curvature: Callable | None = None,
    free: np.ndarray | None = None,
    bounds: tuple[np.ndarray, np.ndarray] | None = None,
    known: Callable | None = None,
    rough: bool = False,
) -> Peak:
    """Climb a likelihood from a place to its top.

    Parameters
    ----------
    likelihood : callable
        place -> value, slope (k,), information (k, k): the exact one, or with ``curvature`` a quick one or None. The
        value is minus infinity where there is no likelihood.
    start : numpy.ndarray, shape (k,)
    curvature : callable, optional
        place, free -> exact information (k, k), needed in the free directions only.
    free : numpy.ndarray of bool, shape (k,), optional
        False: held at the start.
    bounds : tuple of numpy.ndarray, optional
        Lowest and highest place of each direction.
    known : callable, optional
        place -> whether it differs from an edge of the model; a climb that leaves such places ends without a top.
    rough : bool
        Only come close to the top.

    Examples
    --------
    >>> def likelihood(place):  # 3 of 10 bought: what are the log odds?
    ...     share = 1 / (1 + np.exp(-place))
    ...     value = 3 * np.log(share) + 7 * np.log(1 - share)
    ...     return float(value[0]), 3 - 10 * share, np.diag(10 * share * (1 - share))
    >>> peak = climb(likelihood, np.zeros(1))
    >>> peak.converged, np.exp(peak.place).round(6).tolist()   # 3 / 7
    (True, [0.428571])
    """
    free = np.ones(len(start), dtype=bool) if free is None else free
    climber = _Climber(likelihood, curvature, free, *(bounds or (-np.inf, np.inf)), start)
    before = np.inf
    for _ in range(MOST_STEPS):
        step, gain, top = climber.uphill()
        if rough and gain < CLOSE:
            break
        size = max(1.0, abs(climber.value))
        unseen = gain < SEEN * size
        done = unseen and (gain < ENOUGH * size or gain >= before)
        if done and climber.exact:
            return climber.peak(top)
        if not done and climber.move(step, whole=unseen):
            if known is not None and not known(climber.place):
                break
            before = gain if unseen else np.inf
            climber.inform(gain)
        elif climber.exact:
            break  # nothing rises
        else:
            climber.look()
    return climber.peak(False)


class _Climber:
    """Where a climb has come to, and the information at hand."""

    def __init__(self, likelihood, curvature, free, low, high, start):
        self.likelihood, self.curvature, self.free, self.low, self.high = likelihood, curvature, free, low, high
        self.place = np.where(free, np.clip(start, low, high), start)
        self.value, self.slope, self.information = likelihood(self.place)
        self.exact = curvature is None  # whether the information is that of this place
        self.asks, self.n_quick = False, 0  # whether steps go by the curvature, and how many have not
        if self.information is None:
            self.look()

    def look(self):
        """Take the exact information of this place."""
        self.information, self.exact, self.asks = self.curvature(self.place, self.free), True, True

    @property
    def inside(self) -> np.ndarray:
        """Directions that are free, and not at a bound beyond which the likelihood rises."""
        stopped = (self.place <= self.low) & (self.slope < 0) | (self.place >= self.high) & (self.slope > 0)
        return self.free & ~stopped

    def uphill(self) -> tuple[np.ndarray, float, bool]:
        """Return the step by the information at hand, its gain, and whether every direction is curved downwards."""
        inside, step = self.inside, np.zeros(len(self.place))
        if not inside.any():
            return step, 0.0, True
        if not (np.isfinite(self.slope).all() and np.isfinite(self.information).all()):
            return step, np.inf, False
        bends, directions = np.linalg.eigh(self.information[np.ix_(inside, inside)])
        steepest = np.abs(bends).max()
        along = directions.T @ self.slope[inside]
        moves = along / np.maximum(np.abs(bends), ROUNDING * steepest + 1e-300)
        step[inside] = directions @ np.clip(moves, -LONGEST, LONGEST)
        return step, float(along @ moves), bool(bends[0] > FLAT * steepest)

    def move(self, step, whole: bool) -> bool:
        """Go along a step, whole or as far as the likelihood rises, and say whether there is such a place."""
        for halved in range(1 if whole else HALVINGS):
            there = np.where(self.free, np.clip(self.place + step * 0.5**halved, self.low, self.high), self.place)
            value, slope, quick = self.likelihood(there)
            if whole or value > self.value:
                self.place, self.value, self.slope, self.quick = there, value, slope, quick
                return True
        return False

    def inform(self, gain):
        """Renew the information after a step that promised a gain, where what is at hand is not good enough."""
        if self.curvature is None:
            self.information = self.quick
            return
        left = self.uphill()[1]
        if not (self.asks or left < CLOSE or self.n_quick > MOST_QUICK):
            self.information, self.exact, self.n_quick = self.quick, False, self.n_quick + 1
        elif left > WORN * gain:
            self.look()
        else:
            self.exact &= gain < NEAR

    def peak(self, top: bool) -> Peak:
        """Return this place."""
        return Peak(self.place, self.value, self.information, self.inside, top)
