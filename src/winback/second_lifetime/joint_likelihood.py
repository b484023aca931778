r"""How likely are the data under the joint model? Log-likelihood, analytic gradient and Hessian.

The model, with :math:`F` the distribution of a `Family`:

.. math:: z^* = x_1'\alpha + u, \quad y = x_2'\beta + \sigma_T F^{-1}(\Phi(e_T)), \quad m = x_3'\delta + \sigma_M e_M,
          \qquad (u, e_T, e_M) \sim N_3(0, R)

Seen are :math:`z = 1\{z^* > 0\}` and, for those who returned, margin and a tenure that may be cut off. Conditioning on
the margin first, :math:`\rho_{uM} = \tanh r_1, \rho_{TM} = \tanh r_2` and the partial correlation
:math:`\rho_{uT \cdot M} = \tanh r_3` are free of each other and keep :math:`R` positive definite. With
:math:`h = (x_1'\alpha + \rho_{uM} e_M) / q_1`, :math:`v = (e_T - \rho_{TM} e_M) / q_2` (at the time of cutting off),
:math:`q_j = \sqrt{1 - \tanh^2 r_j}`, a customer contributes

========================= =============================================================================================
did not return            :math:`\log \Phi(-x_1'\alpha)`
returned, tenure ended    :math:`\log \phi(e_M) - \log \sigma_M + \log \phi(v) - \log(\sigma_T q_2) + \log e_T'(w)
                          + \log \Phi((h + \rho v) / q_3)` (and :math:`-\log T` where y is its logarithm)
returned, still here      :math:`\log \phi(e_M) - \log \sigma_M + \log \Phi_2(h, -v; \rho)`
========================= =============================================================================================

Parameters are stacked as :math:`(\alpha, \beta, \delta, \log \sigma_T, \log \sigma_M, r_1, r_2, r_3)`. Every row
depends on them through eight numbers only, so the Hessian needs second derivatives in eight directions, however many
covariates there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy.special import log_ndtr

from winback.second_lifetime.bivariate_normal import log_bivariate_normal_cdf
from winback.survival.families import LOG_ROOT_2PI, Family, log_normal_density

N_SHARED = 5  # log sd of tenure, log sd of margin, r1, r2, r3
STEP = 1e-5  # of the differences of analytic slopes that make up the Hessian


@dataclass(frozen=True)
class JointData:
    """The numbers of the likelihood; those who returned are in order: ended first, then still here."""

    x_lost: np.ndarray  # (n0, p1) reacquisition covariates of those who did not return
    x_back: np.ndarray  # (n1, p1) of those who did
    x_tenure: np.ndarray  # (n1, p2)
    x_margin: np.ndarray  # (n1, p3)
    y: np.ndarray  # (n1,) tenure on the scale of its family
    margin: np.ndarray  # (n1,)
    n_ended: int
    family: Family

    @cached_property
    def blocks(self) -> tuple[slice, slice, slice]:
        """Where the coefficients of each equation stand among the parameters."""
        ends = np.cumsum([0, self.x_back.shape[1], self.x_tenure.shape[1], self.x_margin.shape[1]])
        return tuple(slice(a, b) for a, b in pairwise(ends))

    @property
    def n_parameters(self) -> int:
        """Number of parameters."""
        return self.blocks[2].stop + N_SHARED

    @property
    def designs(self) -> tuple[np.ndarray, ...]:
        """Covariates of those who returned, for each of the eight numbers a row depends on."""
        return (self.x_back, self.x_tenure, self.x_margin, *(np.ones((len(self.y), 1)),) * N_SHARED)

    @property
    def places(self) -> tuple[slice, ...]:
        """Where the parameters of each of the eight numbers stand."""
        first = self.blocks[2].stop
        return (*self.blocks, *(slice(place, place + 1) for place in range(first, first + N_SHARED)))

    def numbers(self, theta: np.ndarray) -> list[np.ndarray | float]:
        """Return the eight numbers: three linear parts (n1,), then five shared by all rows."""
        linear = [x @ theta[block] for x, block in zip(self.designs, self.blocks, strict=False)]
        return [*linear, *theta[-N_SHARED:]]


def log_likelihood(theta: np.ndarray, data: JointData) -> tuple[float, np.ndarray]:
    """Return the log-likelihood and its gradient, shape (p,)."""
    a_lost = data.x_lost @ theta[data.blocks[0]]
    log_lost = log_ndtr(-a_lost)
    rows, slopes = _returned(data.numbers(theta), data)
    gradient = np.concatenate([x.T @ slope for x, slope in zip(data.designs, slopes, strict=True)])
    gradient[data.blocks[0]] -= data.x_lost.T @ np.exp(log_normal_density(a_lost) - log_lost)
    return float(log_lost.sum() + rows.sum()), gradient


def hessian(theta: np.ndarray, data: JointData) -> np.ndarray:
    """Return the matrix of second derivatives, shape (p, p)."""
    matrix = np.zeros((data.n_parameters, data.n_parameters))
    for j, column in enumerate(data.places):
        second = _second_derivatives(theta, data, j)
        for i, row in enumerate(data.places[: j + 1]):
            block = data.designs[i].T @ (second[i][:, None] * data.designs[j])
            matrix[row, column] = block
            matrix[column, row] = block.T
    a_lost = data.x_lost @ theta[data.blocks[0]]
    ratio = np.exp(log_normal_density(a_lost) - log_ndtr(-a_lost))
    first = data.blocks[0]
    matrix[first, first] -= data.x_lost.T @ ((ratio * (ratio - a_lost))[:, None] * data.x_lost)
    return matrix


def _second_derivatives(theta, data, j):
    """Differentiate the rows' eight slopes in direction j, by central differences of the analytic slopes."""
    above, below = data.numbers(theta), data.numbers(theta)
    above[j], below[j] = above[j] + STEP, below[j] - STEP
    return (_returned(above, data)[1] - _returned(below, data)[1]) / (2 * STEP)


def _returned(numbers, data):
    """Return log-likelihood (n1,) and slopes (8, n1) of those who returned."""
    a, mean_tenure, mean_margin, log_sd_tenure, log_sd_margin, r1, r2, r3 = numbers
    rho_um, rho_tm, rho = np.tanh([r1, r2, r3])
    q1, q2, q3 = 1 / np.cosh([r1, r2, r3])
    e_margin = (data.margin - mean_margin) * np.exp(-log_sd_margin)
    w = (data.y - mean_tenure) * np.exp(-log_sd_tenure)
    e = data.family.score(w)
    h, v = (a + rho_um * e_margin) / q1, (e - rho_tm * e_margin) / q2
    rows, d_h, d_v, d_rho = _conditional(h, v, rho, q3, data.n_ended)
    ended = slice(None, data.n_ended)
    rows += log_normal_density(e_margin) - log_sd_margin
    rows[ended] += data.family.log_density(w[ended]) - log_normal_density(e[ended]) - log_sd_tenure - np.log(q2)

    d_e_margin = -e_margin + (d_h * rho_um) / q1 - (d_v * rho_tm) / q2
    d_e = d_v / q2
    d_e[ended] += e[ended]
    d_w = d_e * data.family.score_slope(w, e)
    d_w[ended] += data.family.log_density_slope(w[ended])
    d_log_sd_tenure = -w * d_w
    d_log_sd_tenure[ended] -= 1
    d_r2 = d_v * (rho_tm * e - e_margin) / q2
    d_r2[ended] += rho_tm
    slopes = (
        d_h / q1,
        -d_w * np.exp(-log_sd_tenure),
        -d_e_margin * np.exp(-log_sd_margin),
        d_log_sd_tenure,
        -1 - e_margin * d_e_margin,
        d_h * (e_margin + rho_um * a) / q1,
        d_r2,
        d_rho * q3**2,
    )
    return rows, np.stack(slopes)


def _conditional(h, v, rho, q3, n_ended):
    """Return what tenure and return add, given the margin, and its slopes in h, v and rho."""
    ended, here = slice(None, n_ended), slice(n_ended, None)
    rows, d_h, d_v, d_rho = np.empty((4, len(h)))
    g = (h[ended] + rho * v[ended]) / q3
    log_cdf = log_ndtr(g)
    ratio = np.exp(log_normal_density(g) - log_cdf)
    rows[ended] = log_normal_density(v[ended]) + log_cdf
    d_h[ended] = ratio / q3
    d_v[ended] = -v[ended] + ratio * rho / q3
    d_rho[ended] = ratio * (v[ended] + rho * h[ended]) / q3**3

    h, v = h[here], v[here]
    rows[here] = log_bivariate_normal_cdf(h, -v, rho)
    d_h[here] = np.exp(log_normal_density(h) + log_ndtr((-v - rho * h) / q3) - rows[here])
    d_v[here] = -np.exp(log_normal_density(v) + log_ndtr((h + rho * v) / q3) - rows[here])
    square = (h**2 + 2 * rho * h * v + v**2) / q3**2
    d_rho[here] = np.exp(-0.5 * square - 2 * LOG_ROOT_2PI - np.log(q3) - rows[here])
    return rows, d_h, d_v, d_rho
