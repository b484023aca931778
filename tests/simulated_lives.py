r"""How are lost customers simulated whose return, tenure and margin are known to be correlated?

.. math:: z^* = a + 0.4 x + 0.8 d + u, \quad \log T = 3 + 0.3 x + 0.75 w, \quad m = 40 + 5 x + 12 e_M

with :math:`x` in all equations, :math:`d` a driver of return alone, :math:`w = F^{-1}(\Phi(e_T))` and
:math:`(u, e_T, e_M)` normal with correlations .4, .3 and -.2.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import gumbel_l, logistic, norm

RHO = (0.4, 0.3, -0.2)  # return-tenure, return-margin, tenure-margin
INTERCEPT = -0.1
RETURN, TENURE, MARGIN = (INTERCEPT, 0.4, 0.8), (3.0, 0.3), (40.0, 5.0)
SD_TENURE, SD_MARGIN = 0.75, 12.0
TRUTH = np.array([*RETURN, *TENURE, *MARGIN, SD_TENURE, SD_MARGIN, *RHO])  # in the order of `params`
FREE = np.arctanh([RHO[1], RHO[2], (RHO[0] - RHO[1] * RHO[2]) / np.sqrt((1 - RHO[1] ** 2) * (1 - RHO[2] ** 2))])
THETA = np.array([*RETURN, *TENURE, *MARGIN, np.log(SD_TENURE), np.log(SD_MARGIN), *FREE])  # as fits keep them
FORMULAS = {"reacquisition": "x + driver", "tenure": "x", "margin": "x"}
WITHOUT_DRIVER = {"reacquisition": "x", "tenure": "x", "margin": "x"}
SHAPES = {"lognormal": norm, "weibull": gumbel_l, "loglogistic": logistic, "gaussian": norm}
CUT = {0.0: np.inf, 0.3: 3.69, 0.6: 3.02}  # share still running -> mean log months until the data end


def errors(rng, n, rho=RHO):
    """Draw (u, e_T, e_M), shape (3, n)."""
    correlation = np.array([[1, rho[0], rho[1]], [rho[0], 1, rho[2]], [rho[1], rho[2], 1]])
    return np.linalg.cholesky(correlation) @ rng.standard_normal((3, n))


def lost_customers(rng, n, *, running=0.3, driver=0.8, family="lognormal", rho=RHO, intercept=INTERCEPT):
    """Draw ``n`` lost customers, of whose second lifetimes the share ``running`` is cut off."""
    rng = np.random.default_rng(rng)
    x, d = rng.standard_normal((2, n))
    u, e_tenure, e_margin = errors(rng, n, rho)
    returned = intercept + RETURN[1] * x + driver * d + u > 0
    y = TENURE[0] + TENURE[1] * x + SD_TENURE * SHAPES[family].ppf(norm.cdf(e_tenure))
    months = 20 + y if family == "gaussian" else np.exp(y)  # nobody's months are below zero
    followed = np.exp(rng.normal(CUT[running], 0.3, n)) if running else np.full(n, np.inf)
    ended = pd.Series(months <= followed, dtype="boolean")
    margin = MARGIN[0] + MARGIN[1] * x + SD_MARGIN * e_margin
    return pd.DataFrame(
        {
            "customer_id": np.arange(n),
            "x": x,
            "driver": d,
            "returned": returned,
            "second_tenure": np.where(returned, np.minimum(months, followed), np.nan),
            "second_ended": ended.where(returned),
            "second_margin": np.where(returned, margin, np.nan),
        }
    )


TELECOM_FORMULAS = {
    "reacquisition": "offer + reason + referrals + I(complaints - complaints_resolved) + complaints_resolved"
    " + contact_attempts + months_away",
    "tenure": "offer + reason + log(first_tenure) + referrals + I(complaints - complaints_resolved)",
    "margin": "offer + reason + first_margin + referrals",
}
TELECOM_TERMS = {
    "reason[T.service]": "service",
    "reason[T.both]": "both",
    "log(first_tenure)": "log_first_tenure",
    "I(complaints - complaints_resolved)": "unresolved",
}


def true_theta(fit, study):
    """Return the study's parameters in the order of the fit's; effects of offers are differences of intercepts."""
    known = {(row.equation, row.term): row.value for row in study.truth.parameters.itertuples()}
    theta = []
    for there, terms in ((name, fit.designs[name].names) for name in ("reacquisition", "tenure", "margin")):
        first = known.get((there, "intercept, discount"), known.get((there, "intercept")))
        for term in terms:
            if term.startswith("offer[T."):
                offer = term[len("offer[T.") : -1]
                own = known.get((there, f"intercept, {offer}"))
                theta.append(known.get((there, f"offer_{offer}"), 0.0) if own is None else own - first)
            else:
                theta.append(first if term == "Intercept" else known[there, TELECOM_TERMS.get(term, term)])
    rho = [known["correlation", f"{pair}"] for pair in ("return-tenure", "return-margin", "tenure-margin")]
    partial = (rho[0] - rho[1] * rho[2]) / np.sqrt((1 - rho[1] ** 2) * (1 - rho[2] ** 2))
    spreads = np.log([known["tenure", "sd"], known["margin", "sd"]])
    return np.array([*theta, *spreads, *np.arctanh([rho[1], rho[2], partial])])
