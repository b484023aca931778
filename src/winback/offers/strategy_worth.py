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
nobody is contacted after H. Where winning back was tried on some kinds of losses only, the share of losses
that are of these multiplies :math:`V_{lost}` with and without a programme: for the others nothing is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from winback.discounting import discount_factor, discounted_months

KEEP, RISKIEST, WAIT, BOTH = "keep everybody", "keep the riskiest", "wait and win back", "keep and win back"
PAYING, ACQUIRE = "keep those whom it pays", "acquire instead"
PARTS = (RISKIEST, PAYING)  # of keeping everybody
RETURNS, REPLACED = 2, 4  # which of the weights of a loss
NOTHING_TO_DIVIDE_BY = 1e-12  # money per customer, below which there is nothing to divide by


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
        month, rate = np.arange(1, self.horizon_months + 1), self.annual_discount
        staying = discounted_months(self.horizon_months, rate) - discounted_months(month, rate)
        left = self.horizon_months - month
        now, later = discount_factor(month, rate), discount_factor(month + self.months_away, rate)
        contacts, returns, new = later, later, now
        if self.earned is not None:
            contacts = later * (left > self.months_away)
            returns = contacts * self.earned(np.maximum(left - self.months_away, 0.0))
        if self.earned_new is not None:
            new = now * self.earned_new(left)
        return np.column_stack([staying, contacts, returns, new, now])


def earned_evenly(value_months: float | None, annual_discount: float) -> Callable | None:
    """Return which share of a value has come in after so many months, if it comes in evenly over ``value_months``."""
    if value_months is None:
        return None
    whole = discounted_months(value_months, annual_discount)
    return lambda months: discounted_months(np.minimum(months, value_months), annual_discount) / whole


def summed_over_months(hazard: np.ndarray, margin: np.ndarray, timing: Timing) -> np.ndarray:
    """Return the expected weights of each customer's loss, (5, ...), see `Timing.weights`; staying weighs money.

    Examples
    --------
    >>> months_lost = summed_over_months(np.array([0.1]), np.array([1.0]), Timing(12))[0]
    >>> months_lost.round(4).tolist()
    [4.8243]
    """
    hazard, margin = np.broadcast_arrays(hazard, margin)
    sums = hazard * np.polynomial.polynomial.polyval(1 - hazard, timing.weights)
    sums[0] *= margin
    return sums


@dataclass(frozen=True)
class Leavers:
    """What is expected of those who leave, per customer at risk of each segment; arrays of shape (..., segments).

    Staying is in money, the other fields are numbers of them, discounted; ``inputs`` has the figures of one of them.
    """

    inputs: Mapping[str, np.ndarray]
    stay: np.ndarray  # what they would bring after the month in which they leave
    contacts: np.ndarray
    returns: np.ndarray
    new: np.ndarray
    replaced: np.ndarray

    @property
    def comparable(self) -> np.ndarray | float:
        """Which share of them the figures of returns speak of; the others neither get an offer nor are counted back."""
        return self.inputs.get("comparable", 1.0)

    @property
    def alone(self) -> np.ndarray:
        """What they bring by themselves."""
        return self.comparable * self.inputs["organic"] * self.inputs["organic_value"] * self.returns

    @property
    def asked(self) -> np.ndarray:
        """What they bring when they are asked back, less what that costs."""
        brought = self.inputs["win_back_chance"] * self.inputs["win_back_value"] * self.returns
        return self.comparable * brought - self.asking

    @property
    def asking(self) -> np.ndarray:
        """What asking them back costs: a contact each, and what those who accept are given."""
        x = self.inputs
        each = x["win_back_chance"] * x["win_back_cost"] + x["win_back_contact_cost"]
        return self.comparable * each * self.contacts

    @property
    def replacing(self) -> np.ndarray:
        """What one stranger won for each of them costs."""
        return self.inputs["acquire_contact_cost"] / self.inputs["acquire_chance"] * self.replaced

    def kept(self, share: np.ndarray | float = 1.0) -> tuple[np.ndarray, np.ndarray]:
        """Return gain and spending of keeping them, who are such a share of all."""
        cost = self.inputs["keep_cost"] * share
        return self.inputs["share_prevented"] * (self.stay - self.alone) - cost, cost


def gains_and_spending(
    every: Leavers, parts: Mapping[str, tuple[Leavers, np.ndarray | float]]
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return gain and spending of each strategy that the inputs allow, per customer of each segment.

    ``parts`` are those of whom only a part is kept, by strategy, and which share of the segment these are.

    Examples
    --------
    >>> x = {"share_prevented": 0.3, "keep_cost": 0.0, "organic": 0.0, "organic_value": 0.0}
    >>> every = Leavers(x, *summed_over_months(np.array([0.1]), np.array([100.0]), Timing(12)))
    >>> gains_and_spending(every, {})["keep everybody"][0].round(2).tolist()
    [144.73]
    """
    found, x = {}, every.inputs
    if "share_prevented" in x:
        found[KEEP] = every.kept()
        found |= {strategy: some.kept(share) for strategy, (some, share) in parts.items()}
    if "win_back_chance" in x:
        waiting = every.asked - every.alone
        found[WAIT] = waiting, every.asking
        if KEEP in found:
            both = x["share_prevented"] * (every.stay - every.asked) - x["keep_cost"] + waiting
            found[BOTH] = both, x["keep_cost"] + (1 - x["share_prevented"]) * every.asking
    if "acquire_chance" in x:
        found[ACQUIRE] = x["acquire_value"] * every.new - every.replacing, every.replacing
    return found


def break_even(every: Leavers) -> dict[str, np.ndarray]:
    """Return at which cost, effect and margin strategies stop paying, or change places, by segment.

    ``keep_cost`` and ``share_prevented`` at which keeping earns nothing, ``keep_cost_beside`` the same where those who
    leave are won back anyway, ``stranger_cost`` per stranger contacted at which acquiring earns nothing,
    ``stranger_cost_turn`` at which it earns what winning back earns, and the margin of those who leave at which it
    does, ``margin_turn``: what they bring after a return being in proportion to it. ``new_less_back`` is by how much
    acquiring earns more than winning back.
    """
    found, x = {}, every.inputs
    if "share_prevented" in x:
        saved = every.stay - every.alone
        found["keep_cost"] = x["share_prevented"] * saved
        found["share_prevented"] = _over(x["keep_cost"], saved)
        if "win_back_chance" in x:
            found["keep_cost_beside"] = x["share_prevented"] * (every.stay - every.asked)
    if "acquire_chance" in x:
        value = x["acquire_value"] * every.new
        found["stranger_cost"] = _over(x["acquire_chance"] * value, every.replaced)
        if "win_back_chance" in x:
            waiting, new = every.asked - every.alone, value - every.replacing
            found["new_less_back"] = new - waiting
            found["stranger_cost_turn"] = _over(x["acquire_chance"] * (value - waiting), every.replaced)
            found["margin_turn"] = x["margin"] * _over(new + every.asking, waiting + every.asking)
    return found


def _over(top: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Return a ratio, missing where what it is divided by is not above zero: no such point is there."""
    top, below = np.broadcast_arrays(np.asarray(top, dtype=float), below)
    return np.divide(top, below, out=np.full(below.shape, np.nan), where=below > NOTHING_TO_DIVIDE_BY)
