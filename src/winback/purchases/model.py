"""What makes a model of purchases? Its likelihood, its future, and the edges where it becomes a simpler one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

NOBODY, EVERYBODY, SOME = "nobody", "everybody", "some"  # drop out on an edge
NOBODY_LEAVES, NEVER = "nobody drops out in these data", -200.0  # a chance of exp(-200)


@dataclass(frozen=True)
class Edge:
    """An end of one direction of the parameters, where the model becomes a simpler one."""

    axis: int  # of the directions
    at: float  # how far the direction is searched
    words: str  # what the data say where it runs away
    simpler: str  # the model that says the same
    idle: tuple[tuple[int, float], ...] = ()  # directions that no longer matter there, and where they are put
    held: float | None = None  # where the direction is held instead of infinity; None: where the search ended
    leave: str = ""  # who drops out there: nobody, everybody, or some at once and the others never

    @property
    def place(self) -> float:
        """Where the direction is held."""
        return self.at if self.held is None else self.held


@dataclass(frozen=True)
class PurchaseModel:
    """A model of purchases; theta are the logarithms of its parameters, k of them."""

    name: str
    title: str
    letters: tuple[str, ...]  # names of the parameters in the paper
    meanings: tuple[str, ...]
    timed: tuple[int, ...]  # parameters in units of time
    terms: Callable  # theta, cells -> log-likelihood (n,), its slopes (k, n)
    log_odds_left: Callable  # theta, cells -> log odds of having dropped out (n,)
    ahead: Callable  # theta, cells, periods, force -> discounted purchases of one who is still a customer (n,)
    directions: np.ndarray  # (k, k): directions @ theta can each run away alone
    edges: tuple[Edge, ...]
    starts: Callable  # cells -> list of theta
    mean_rate: Callable  # parameters -> purchases per period of a customer while active
    mean_dropout: Callable  # parameters, period -> sentence


# Two ratios and two sizes: how often and how alike, for buying and for dropping out.
RATIO_AND_SIZE = np.array([[1.0, -1.0], [0.5, 0.5]])
RATE_AND_SHAPE = np.array([[1.0, -1.0], [1.0, 0.0]])
RATE_MEANINGS = "how alike purchase rates are (shape)", "scale of purchase rates: mean rate = r / alpha"
SAME_RATE = Edge(1, 12.0, "all active customers buy at the same rate", "a Poisson process for everyone")
FEW_BUY = Edge(1, -12.0, "purchases come from a vanishing share of customers", "a count of the few who buy")


def edges_of_a_chance(when: str, rest: str, simpler: str) -> tuple[Edge, ...]:
    """Return the edges of a chance to drop out (its mean, and how alike customers are) in models of four parameters."""
    either = f"a customer either drops out {when} or never"
    return (
        Edge(2, -14.0, NOBODY_LEAVES, rest, idle=((3, NEVER / 2),), held=NEVER, leave=NOBODY),
        Edge(2, 14.0, f"everybody drops out {when}", simpler, idle=((3, 0.0),), leave=EVERYBODY),
        Edge(3, 10.0, "all customers have the same chance to drop out", "a model with one chance to drop out"),
        Edge(3, -10.0, either, f"{rest} with a share that leaves", leave=SOME),
    )


def meanings_of_a_chance(what: str, first: str, second: str) -> tuple[str, str]:
    """Say what the two parameters of a beta distributed chance mean."""
    both = f"{first} + {second}"
    return f"chance to {what}: mean = {first} / ({both})", f"how alike these chances are: {both}"


def mean_chance(when: str) -> Callable:
    """Return what says how often customers drop out, by chance, of models of four parameters."""

    def describe_dropout(parameters, _):
        share = parameters[2] / (parameters[2] + parameters[3])
        return f"{when} a customer drops out with chance {share:.1%} on average"

    return describe_dropout


def side_by_side(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the directions of buying and of dropping out as one matrix."""
    return np.block([[first, np.zeros((2, 2))], [np.zeros((2, 2)), second]])


def log_odds_and_share(log_odds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return log(1 + odds) and the share odds / (1 + odds), also where the odds are no number.

    Examples
    --------
    >>> log_odds_and_share(np.array([-np.inf, 0.0, 1000.0]))
    (array([0.00000000e+00, 6.93147181e-01, 1.00000000e+03]), array([0. , 0.5, 1. ]))
    """
    small = np.exp(-np.abs(log_odds))
    share = 1 / (1 + small)
    return np.maximum(log_odds, 0) + np.log1p(small), np.where(log_odds >= 0, share, small * share)


def log_rising(start: float, most: int) -> tuple[np.ndarray, np.ndarray]:
    r"""Return :math:`\log \{a (a + 1) \cdots (a + x - 1)\}` for x = 0..most, and its slopes in :math:`\log a`.

    :math:`\Gamma(a + x) / \Gamma(a)` as a product stays exact where the difference of two logarithms of the gamma
    function would not: for tiny and for huge a.

    Examples
    --------
    >>> values, slopes = log_rising(2.0, 3)
    >>> np.exp(values).round(9).tolist(), slopes.round(4).tolist()
    ([1.0, 2.0, 6.0, 24.0], [0.0, 1.0, 1.6667, 2.1667])
    """
    steps = start + np.arange(most)
    values, slopes = np.zeros(most + 1), np.zeros(most + 1)
    np.log(steps).cumsum(out=values[1:])
    (start / steps).cumsum(out=slopes[1:])
    return values, slopes
