r"""What is a lost customer expected to bring? Return, tenure and margin together, discounted and up to a horizon.

With errors as in `joint_likelihood` and :math:`T(t)` the tenure of a customer whose normal score is :math:`t`,

.. math:: E[z\,m\,A(T)] = \int \phi(t)\, A(T(t)) \Big\{(\mu_M + \sigma_M \rho_{TM} t)\, \Phi(g_t)
          + \sigma_M \frac{\rho_{uM} - \rho_{uT} \rho_{TM}}{c}\, \phi(g_t)\Big\} dt, \qquad
          c = \sqrt{1 - \rho_{uT}^2}, \quad g_t = \frac{a + \rho_{uT} t}{c}

:math:`A` is constant beyond the horizon, so the integral is split at that kink :math:`t^*` and only the part below
is left to quadrature (Gauss-Legendre):

.. math:: E[z\,m\,A] = A(H)\, \{\mu_M \Phi(a) + \sigma_M \rho_{uM} \phi(a)\} - \int_{-\infty}^{t^*} \phi(t)\,
          \{A(H) - A(T(t))\}\, \{\dots\}\, dt

Without a horizon and without discounting, log-normal tenures have a closed form, with
:math:`a^* = a + \rho_{uT} \sigma_T`:

.. math:: e^{\mu_T + \sigma_T^2 / 2} \{(\mu_M + \sigma_M \rho_{TM} \sigma_T) \Phi(a^*) + \sigma_M \rho_{uM} \phi(a^*)\}
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from scipy.special import ndtr

from winback.discounting import check_annual_discount, check_horizon, discount_factor, discounted_months
from winback.second_lifetime.bivariate_normal import normal_density
from winback.survival.families import Family
from winback.tables import AnyTable
from winback.trial.trial import Trial

LOWEST, HIGHEST = -5.5, 6.0  # normal scores beyond carry a share of 2e-8 below, 1e-9 above
NODES_PER_SCORE, FEWEST_NODES = 1.5, 10  # relative error below 1e-4, see the tests
NODES_WITHOUT_END = 4.0  # times as many where there is no horizon
FARTHEST_SHIFT = 8.0
ROWS_AT_ONCE = 4096  # fits the processor's cache


@dataclass(frozen=True)
class Outlook:
    """What a fitted model says about each customer; arrays of shape (n,), spreads and correlations shared."""

    a: np.ndarray  # linear part of reacquisition, on the probit scale
    mean_tenure: np.ndarray  # linear part of tenure, on the scale of its family
    mean_margin: np.ndarray  # money per month
    sd_tenure: float
    sd_margin: float
    rho_return_tenure: float
    rho_return_margin: float
    rho_tenure_margin: float
    family: Family

    def rows(self, rows: slice | np.ndarray) -> Outlook:
        """Return some of the customers."""
        kept = {name: getattr(self, name)[rows] for name in ("a", "mean_tenure", "mean_margin")}
        return Outlook(**{**self.__dict__, **kept})

    def months_only(self) -> Outlook:
        """Return the same customers with a margin of one, so that values become months."""
        plain = {"mean_margin": np.ones_like(self.a), "sd_margin": 0.0}
        return Outlook(**{**self.__dict__, **plain})


def read_horizon(
    customers: AnyTable, horizon_months: float | None, annual_discount: float | None, currency: str | None
) -> tuple[float, float, str]:
    """Return the months, the rate and the currency asked for; those of a trial where they are not given.

    Raises
    ------
    ValueError
        When a term is neither given nor a trial's, or is impossible.

    Examples
    --------
    >>> import winback as wb
    >>> read_horizon(wb.load_telecom_study().trial.over(annual_discount=0.1), 60, None, None)
    (60.0, 0.1, '$')
    """
    trial = customers if isinstance(customers, Trial) else None
    if trial is not None:
        horizon_months = trial.horizon_months if horizon_months is None else horizon_months
        annual_discount = trial.annual_discount if annual_discount is None else annual_discount
    own = "$" if trial is None else trial.currency
    return check_horizon(horizon_months), check_annual_discount(annual_discount), own if currency is None else currency


def expected_value(outlook: Outlook, horizon_months: float, annual_discount: float) -> np.ndarray:
    """Return each customer's expected discounted value, shape (n,); zero for those who do not return."""
    return _in_pieces(_value, (len(outlook.a),), outlook, horizon_months, annual_discount)


def expected_value_slopes(outlook: Outlook, horizon_months: float, annual_discount: float) -> np.ndarray:
    r"""Return how the expected value moves with the model, shape (8, n).

    Rows: the three linear parts, :math:`\log \sigma_T, \log \sigma_M`, then :math:`\rho_{uT}, \rho_{uM}, \rho_{TM}`.
    """
    return _in_pieces(_slopes, (8, len(outlook.a)), outlook, horizon_months, annual_discount)


def expected_margin(outlook: Outlook) -> np.ndarray:
    r"""Return the expected margin of those who return, :math:`\mu_M + \sigma_M \rho_{uM} \phi(a) / \Phi(a)`."""
    return _margin_of_all(outlook) / np.maximum(ndtr(outlook.a), 1e-300)


def expected_tenure(outlook: Outlook, horizon_months: float) -> np.ndarray:
    """Return the expected months, within the horizon, of those who return."""
    months = expected_value(outlook.months_only(), horizon_months, 0.0)
    return months / np.maximum(ndtr(outlook.a), 1e-300)


def lifetime_value_without_end(outlook: Outlook) -> np.ndarray:
    """Return the closed form for log-normal tenures, no horizon and no discounting."""
    if outlook.family.name != "lognormal":
        raise ValueError(f"There is no closed form when {outlook.family.in_words}.")
    sd, margin_sd = outlook.sd_tenure, outlook.sd_margin
    a = outlook.a + outlook.rho_return_tenure * sd
    margin = (outlook.mean_margin + margin_sd * outlook.rho_tenure_margin * sd) * ndtr(a)
    selected = margin_sd * outlook.rho_return_margin * normal_density(a)
    return np.exp(outlook.mean_tenure + sd**2 / 2) * (margin + selected)


def _in_pieces(work, shape, outlook, horizon, annual_discount):
    found = np.empty(shape)
    for start in range(0, shape[-1], ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        found[..., rows] = work(outlook.rows(rows), horizon, annual_discount)
    return found


def _value(outlook, horizon, annual_discount):
    if horizon == np.inf and annual_discount == 0 and outlook.family.name == "lognormal":
        return lifetime_value_without_end(outlook)
    full = _full_months(horizon, annual_discount)
    total = full * _margin_of_all(outlook)
    apart = not (outlook.rho_return_tenure or outlook.rho_tenure_margin)
    margin = _margin_at(outlook, 0.0)[0] if apart else None  # the same whatever the tenure
    for t, weight in _nodes(outlook, horizon):
        months = discounted_months(outlook.family.tenure(_y(outlook, t)), annual_discount)
        total += weight * (months - full) * (_margin_at(outlook, t)[0] if margin is None else margin)
    return total


def _full_months(horizon, annual_discount):
    """Return the months of one who stays to the horizon; without one everything is left to the integral."""
    return 0.0 if horizon == np.inf else discounted_months(horizon, annual_discount)


def _margin_of_all(outlook):
    """Return the expected margin, zero for those who do not return."""
    a, sd = outlook.a, outlook.sd_margin * outlook.rho_return_margin
    return outlook.mean_margin * ndtr(a) + sd * normal_density(a)


def _y(outlook, t):
    return outlook.mean_tenure + outlook.sd_tenure * outlook.family.quantile(t)


def _score_at(outlook, months, low, high):
    """Return the normal score at which tenure reaches so many months, within the range of integration."""
    if months == np.inf:
        return high + 2 + 2 * outlook.sd_tenure * outlook.family.log_tenure
    w = (outlook.family.outcome(np.float64(months)) - outlook.mean_tenure) / outlook.sd_tenure
    return np.clip(outlook.family.score(w), low, high)


def _nodes(outlook, horizon):
    """Yield normal scores up to the horizon, piece by piece between kinks, with weights that include the density.

    Where return is unlikely, those who return all the same have scores around -rho a: the range is shifted there. The
    nearer the correlation is to one, the steeper is the integrand, and the more nodes it takes.
    """
    rho = outlook.rho_return_tenure
    shift = np.minimum(abs(rho) * np.maximum(-outlook.a, 0.0), FARTHEST_SHIFT)
    low, high = LOWEST - shift * (rho < 0), HIGHEST + shift * (rho > 0)
    density = NODES_PER_SCORE / np.sqrt(1 - rho**2) * (NODES_WITHOUT_END if horizon == np.inf else 1.0)
    kinks = [] if outlook.family.log_tenure else [_score_at(outlook, 0.0, low, high)]  # months are cut off at zero
    for start, end in pairwise([low, *kinks, _score_at(outlook, horizon, low, high)]):
        half = 0.5 * (end - start)
        n_nodes = max(FEWEST_NODES, int(density * 2 * half.max(initial=0)))
        for node, weight in zip(*_legendre(n_nodes), strict=True):
            t = start + half * (node + 1)
            yield t, half * (weight * normal_density(t))


@cache
def _legendre(n_nodes):
    return np.polynomial.legendre.leggauss(n_nodes)


def _margin_at(outlook, t):
    """Return the expected margin, zero for those who do not return, of a customer whose tenure score is t."""
    rho = outlook.rho_return_tenure
    c = np.sqrt(1 - rho**2)
    g = outlook.a / c + (rho / c) * t
    cdf, density = ndtr(g), normal_density(g)
    margin = outlook.mean_margin + (outlook.sd_margin * outlook.rho_tenure_margin) * t
    selected = outlook.sd_margin * (outlook.rho_return_margin - rho * outlook.rho_tenure_margin) / c
    return margin * cdf + selected * density, margin - selected * g, cdf, density


def _slopes(outlook, horizon, annual_discount):
    full = _full_months(horizon, annual_discount)
    total = full * _slopes_of_all(outlook)
    rho, rho_um, rho_tm = outlook.rho_return_tenure, outlook.rho_return_margin, outlook.rho_tenure_margin
    sd, c = outlook.sd_margin, np.sqrt(1 - rho**2)
    kappa = (rho_um - rho * rho_tm) / c
    for t, weight in _nodes(outlook, horizon):
        y = _y(outlook, t)
        tenure = outlook.family.tenure(y)
        months = weight * (discounted_months(tenure, annual_discount) - full)
        money, steep, cdf, density = _margin_at(outlook, t)
        longer = weight * discount_factor(tenure, annual_discount) * money
        longer *= tenure if outlook.family.log_tenure else y > 0
        total[0] += months * steep * density / c
        total[1] += longer
        total[2] += months * cdf
        total[3] += longer * (y - outlook.mean_tenure)
        total[4] += months * sd * (rho_tm * t * cdf + kappa * density)
        d_kappa = (kappa * rho / c - rho_tm) / c
        total[5] += months * density * (steep * (t + rho * outlook.a) / c**3 + sd * d_kappa)
        total[6] += months * sd * density / c
        total[7] += months * sd * (t * cdf - rho / c * density)
    return total


def _slopes_of_all(outlook):
    """Return how the expected margin of everybody moves with the model."""
    a, sd, rho = outlook.a, outlook.sd_margin, outlook.rho_return_margin
    slopes = np.zeros((8, len(a)))
    cdf, density = ndtr(a), normal_density(a)
    slopes[0] = (outlook.mean_margin - sd * rho * a) * density
    slopes[2] = cdf
    slopes[4] = sd * rho * density
    slopes[6] = sd * density
    return slopes
