r"""How many payments will a customer still make? Expected discounted payments, exact or summed with a bound.

.. math:: \sum_{k=0}^{H-1} \frac{S(f + k)}{S(g)} \delta^k

counts H payments, one per period; the first is made if the customer reaches period f, given that g was reached.
"""

from __future__ import annotations

import numpy as np

from winback.value.contracts.survival import clock, log_survival

RELATIVE_ERROR = 1e-9  # of every sum below, at most; tests compare with other summations
BLOCK = 256  # payments added at a time
DIRECT, DIRECT_IF_STEEP, STEEP = 128, 2048, 4.0  # payments added one by one before the rest is integrated
ROWS = 256  # customers at a time: never customers x payments in memory
CLOSEST = 1e-6  # 1 - discount factor per period, below which the fraction needs too many terms
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
_GREGORY = (1 / 2, -1 / 12, 1 / 24, -19 / 720, 3 / 160, -863 / 60480)


def log_stays(parameters: np.ndarray, periods: np.ndarray) -> np.ndarray:
    """Return log S at these periods; parameters (3, n) are log alpha, log beta and log c; both broadcast."""
    log_alpha, log_beta, log_c = parameters
    return log_survival(np.exp(log_alpha), np.exp(log_beta), clock(log_c, np.asarray(periods, dtype=float))[0])


def expected_payments(
    parameters: np.ndarray, given: np.ndarray, first: np.ndarray, factor: float, horizon: int | None
) -> np.ndarray:
    """Return the expected discounted number of payments, shape (n,).

    Parameters (3, n) are log alpha, log beta and log c (zero for the sBG); ``given`` and ``first`` (n,) the period that
    was reached, and the one whose payment comes first; ``factor`` discounts a period. Without a horizon payments are
    counted to infinity: their number is infinite where they are not discounted and enough customers never leave.

    Examples
    --------
    >>> import numpy as np
    >>> parameters = np.array([[np.log(0.668)], [np.log(3.806)], [0.0]])
    >>> round(float(expected_payments(parameters, np.zeros(1), np.zeros(1), 1 / 1.1, None)[0]), 4)   # a new customer
    5.9226
    """
    reached = np.exp(log_stays(parameters, first) - log_stays(parameters, given))
    if horizon is None and (parameters[2] == 0).all() and 1 - factor >= CLOSEST:
        alpha, beta = np.exp(parameters[:2])
        return reached * hypergeometric(alpha, beta + first, factor)
    sums = np.empty(first.shape)
    for start in range(0, len(sums), ROWS):
        some = slice(start, start + ROWS)
        if horizon is None:
            sums[some] = _without_end(parameters[:, some], first[some], factor)
        else:
            sums[some] = _direct(parameters[:, some], first[some], factor, horizon)[0]
    return reached * sums


def hypergeometric(alpha: np.ndarray, beta: np.ndarray, z: float) -> np.ndarray:
    r"""Return :math:`{}_2F_1(1, \beta; \alpha + \beta; z)` for 0 <= z < 1, by Gauss's continued fraction.

    All its terms are positive, so it loses no digits where scipy's ``hyp2f1`` has none (parameters in the thousands).

    Examples
    --------
    >>> round(float(hypergeometric(3.80, 15.20, 1 / 1.1)), 4)
    4.0089
    """
    total = alpha + beta
    value = np.ones(np.broadcast(alpha, beta).shape)
    for k in range(2 * int(10 / np.sqrt(1 - z) + 20), 1, -1):
        m = k // 2
        if k % 2:
            step = (beta + m) / (total + 2 * m - 1) * ((total + m - 1) / (total + 2 * m))
        else:
            step = m / (total + 2 * m - 2) * ((alpha + m - 1) / (total + 2 * m - 1))
        value = 1 - step * z / value
    return 1 / (1 - beta / total * z / value)


def _direct(parameters, first, factor, n_payments) -> tuple[np.ndarray, bool]:
    """Return the sum of so many terms, in blocks, and whether the rest is below rounding."""
    begin, total, done = log_stays(parameters, first), np.zeros(first.shape), 0
    force = -np.log(factor)
    while done < n_payments:
        k = np.arange(done, min(done + BLOCK, n_payments), dtype=float)
        terms = np.exp(log_stays(parameters[..., None], first[:, None] + k) - begin[:, None] - force * k)
        total += terms.sum(axis=1)
        done += len(k)
        if force > 0 and (terms[:, -1] * factor / (1 - factor) <= 1e-13 * total).all():
            return total, True
    return total, False


def _without_end(parameters, first, factor) -> np.ndarray:
    """Return the sum to infinity: terms one by one, then Gregory's formula and the integral of the rest."""
    direct = DIRECT if np.exp(parameters[2]).max() <= STEEP else DIRECT_IF_STEEP
    total, complete = _direct(parameters, first, factor, direct)
    if complete:
        return total
    force, begin = -np.log(factor), log_stays(parameters, first)
    power = np.exp(parameters[0] + parameters[2])  # S falls as t^-(alpha c)
    endless = (power <= 1) & (force == 0)
    reach = max(36 / force if force > 0 else direct * 1e6, 2 * direct)
    edges = np.geomspace(direct, reach, int(2 * np.log(reach / direct)) + 4)
    middle, half = (edges[1:] + edges[:-1]) / 2, np.diff(edges) / 2
    k = (middle[:, None] + half[:, None] * _NODES).ravel()
    weights = (half[:, None] * _WEIGHTS).ravel()

    def term(at):
        return np.exp(log_stays(parameters[..., None], first[:, None] + at) - begin[:, None] - force * at)

    total += term(k) @ weights
    differences = term(direct + np.arange(float(len(_GREGORY))))
    for coefficient in _GREGORY:
        total += coefficient * differences[:, 0]
        differences = np.diff(differences, axis=1)
    if force == 0:
        last = edges[-1]
        total += term(np.array([last]))[:, 0] * (last + first) / np.where(endless, np.inf, power - 1)
    return np.where(endless, np.inf, total)
