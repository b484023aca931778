r"""What does each way of treating customers at risk earn, against doing nothing, and where does it break even?

Customers with the monthly hazard h leave at the end of month t with the chance :math:`p_t = h (1 - h)^{t-1}`. Counted
is what comes from then to the horizon H; what is earned before leaving cancels. With a margin m a month, A(t) the
months' worth of money up to t (`winback.discounting`), e the share of losses within H that is prevented up to H, c what
keeping costs, :math:`r_0 V_0` and :math:`r_1 (V_2 - c_1) - k` what one who left brings alone and with a programme,

.. math::
    \text{keep} &= e \sum_t p_t (V_{stay,t} - V_{lost,t}) - c, \quad V_{stay,t} = m (A(H) - A(t))          \tag{1} \\
    \text{wait and win back} &= \sum_t p_t (V_{lost,t}^{programme} - r_0 V_0)                              \tag{2} \\
    \text{both} &= (1)\text{ with } V_{lost,t}^{programme}\text{, plus (2)}                                \tag{3} \\
    \text{acquire instead} &= \sum_t p_t (V_1 - k_1 / p_1)                                                 \tag{4}

the last with one new customer for each who leaves, at k1 a contact and with the chance p1. Returns come
``months_away`` after the loss; where the months are known over which a value comes in, only those up to H count, and
nobody is contacted after H.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from winback.discounting import discount_factor, discounted_months

KEEP, RISKIEST, WAIT, BOTH = "keep everybody", "keep the riskiest", "wait and win back", "keep and win back"
ACQUIRE = "acquire instead"
NOTHING = 1e-12  # money per customer, below which there is nothing to divide by
AT_ONCE = 50_000  # rows by months in memory at a time


@dataclass(frozen=True)
class Timing:
    """Which months count, and how much of a value has come in by when."""

    horizon_months: int
    annual_discount: float = 0.0
    months_away: float = 0.0
    earned: Callable | None = None  # months since the return -> share of the value; None: all at once
    earned_new: Callable | None = None  # the same of a new customer

    @cached_property
    def weights(self) -> np.ndarray:
        """What a loss at the end of each month weighs, (H, 5): staying, contacts, returns, new ones, replacing."""
        month = np.arange(1, self.horizon_months + 1)
        worth = discounted_months([self.horizon_months], self.annual_discount)
        left, back = self.horizon_months - month, self.horizon_months - month - self.months_away
        later, now = (discount_factor(month + away, self.annual_discount) for away in (self.months_away, 0.0))
        in_time = np.ones(len(month)) if self.earned is None else (back > 0) * 1.0
        returned, new = (
            np.ones(len(month)) if earned is None else earned(np.maximum(rest, 0.0))
            for earned, rest in ((self.earned, back), (self.earned_new, left))
        )
        staying = worth - discounted_months(month, self.annual_discount)
        return np.column_stack([staying, later * in_time, later * in_time * returned, now * new, now])


def earned_evenly(value_months: float | None, annual_discount: float) -> Callable | None:
    """Return which share of a value has come in after so many months, if it comes in evenly over ``value_months``."""
    if value_months is None:
        return None
    whole = discounted_months(value_months, annual_discount)
    return lambda months: discounted_months(np.minimum(months, value_months), annual_discount) / whole


def summed_over_months(hazard: np.ndarray, timing: Timing) -> np.ndarray:
    """Return the expected weights of each customer's loss within the horizon, shape (..., 5), see `Timing.weights`.

    Examples
    --------
    >>> summed_over_months(np.array([0.1]), Timing(12))[0, 0].round(4)   # months lost, for a tenth a month
    np.float64(4.8243)
    """
    flat, month = np.ravel(hazard), np.arange(timing.horizon_months)
    blocks = np.array_split(flat, max(1, len(flat) // AT_ONCE))
    found = [(block[:, None] * (1 - block[:, None]) ** month) @ timing.weights for block in blocks]
    return np.concatenate(found).reshape(*np.shape(hazard), 5)


@dataclass(frozen=True)
class PerCustomer:
    """Expected weights per customer of each segment, arrays of shape (..., segments)."""

    stay: np.ndarray  # money of who stays after the month in which they would have left
    contacts: np.ndarray
    returns: np.ndarray
    new: np.ndarray
    replaced: np.ndarray

    @classmethod
    def of(cls, sums: np.ndarray, margin: np.ndarray, share: np.ndarray) -> PerCustomer:
        """Average rows of weights, (..., rows, 5), over segments, by each row's ``share``, (rows, segments)."""
        stay = (sums[..., 0] * margin) @ share
        return cls(stay, *(sums[..., place] @ share for place in range(1, 5)))

    def alone(self, x: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return what those who leave bring by themselves."""
        return x["organic"] * x["organic_value"] * self.returns

    def with_programme(self, x: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return what they bring when they are asked back, less what that costs."""
        return x["win_back_chance"] * x["win_back_value"] * self.returns - self.programme_cost(x)

    def programme_cost(self, x: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return what asking them back costs: a contact each, and what those who accept are given."""
        return (x["win_back_chance"] * x["win_back_cost"] + x["win_back_contact_cost"]) * self.contacts

    def new_cost(self, x: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return what one stranger won for each who leaves costs."""
        return x["acquire_contact_cost"] / x["acquire_chance"] * self.replaced


def gains_and_spending(
    one: PerCustomer, risky: PerCustomer | None, kept: np.ndarray | float, x: Mapping[str, np.ndarray]
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return gain and spending of each strategy that the inputs allow, per customer of each segment.

    ``risky`` and ``kept`` are the weights of the riskiest, and which share of the segment they are.

    Examples
    --------
    >>> sums = summed_over_months(np.array([0.1]), Timing(12))
    >>> one = PerCustomer.of(sums, np.array([100.0]), np.eye(1))
    >>> x = {"share_prevented": 0.3, "keep_cost": 0.0, "organic": 0.0, "organic_value": 0.0}
    >>> gains_and_spending(one, None, 0.0, x)["keep everybody"][0].round(2).tolist()
    [144.73]
    """
    found = {}
    if "share_prevented" in x:
        cost = x["keep_cost"]
        found[KEEP] = x["share_prevented"] * (one.stay - one.alone(x)) - cost, cost + 0 * one.stay
        if risky is not None:
            found[RISKIEST] = x["share_prevented"] * (risky.stay - risky.alone(x)) - cost * kept, cost * kept
    if "win_back_chance" in x:
        spent = one.programme_cost(x)
        found[WAIT] = one.with_programme(x) - one.alone(x), spent
        if KEEP in found:
            both = x["share_prevented"] * (one.stay - one.with_programme(x)) - x["keep_cost"] + found[WAIT][0]
            found[BOTH] = both, x["keep_cost"] + (1 - x["share_prevented"]) * spent
    if "acquire_chance" in x:
        found[ACQUIRE] = x["acquire_value"] * one.new - one.new_cost(x), one.new_cost(x)
    return found


def break_even(one: PerCustomer, margin: np.ndarray, x: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return at which cost, effect and margin strategies stop paying, or change places, by segment.

    ``keep_cost`` and ``share_prevented`` at which keeping earns nothing, ``keep_cost_beside`` the same where those who
    leave are won back anyway, ``stranger_cost`` per stranger contacted at which acquiring earns nothing,
    ``stranger_cost_turn`` at which it earns what winning back earns, and the margin of those who leave at which it
    does, ``margin_turn``: what they bring after a return being in proportion to it. ``new_less_back`` is by how much
    acquiring earns more than winning back.
    """
    found = {}
    if "share_prevented" in x:
        saved = one.stay - one.alone(x)
        found["keep_cost"] = x["share_prevented"] * saved
        found["share_prevented"] = _over(x["keep_cost"], saved)
        if "win_back_chance" in x:
            found["keep_cost_beside"] = x["share_prevented"] * (one.stay - one.with_programme(x))
    if "acquire_chance" in x:
        value = x["acquire_value"] * one.new
        found["stranger_cost"] = _over(x["acquire_chance"] * value, one.replaced)
        if "win_back_chance" in x:
            waiting = one.with_programme(x) - one.alone(x)
            found["new_less_back"] = value - one.new_cost(x) - waiting
            found["stranger_cost_turn"] = _over(x["acquire_chance"] * (value - waiting), one.replaced)
            brought = waiting + one.programme_cost(x)
            found["margin_turn"] = margin * _over(value - one.new_cost(x) + one.programme_cost(x), brought)
    return found


def _over(top: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Return a ratio, missing where what it is divided by is not above zero: no such point is there."""
    top, below = np.broadcast_arrays(np.asarray(top, dtype=float), below)
    return np.divide(top, below, out=np.full(below.shape, np.nan), where=below > NOTHING)
