"""Does `fit_duration` give the log-likelihoods that are published for the 500 customers of chapter 6?

Kumar, V. & Petersen, J. A. (2012). Statistical Methods in Customer Relationship Management, chapter 6; data in the CRAN
package SMCRM.
"""

import os
from pathlib import Path

import numpy as np
import pytest

import winback as wb

FORMULA = "avg_ret_exp + avg_ret_exp_sq + industry + revenue + employees + total_crossbuy + total_freq + total_freq_sq"
FILE = Path(os.environ.get("WINBACK_DATA_DIR", "")) / "customerChurn.rda"


@pytest.fixture(scope="module")
def churn():
    """Return the customers as lives, some of which have ended."""
    if not os.environ.get("WINBACK_DATA_DIR") or not FILE.exists():
        pytest.skip("WINBACK_DATA_DIR holds no copy of customerChurn.rda")
    rdata = pytest.importorskip("rdata", reason="reading customerChurn.rda needs rdata")
    frame = rdata.read_rda(FILE)["customerChurn"].reset_index(drop=True)
    known = frame[[name for name in frame if name in FORMULA]]
    ended = frame["censor"].to_numpy() == 0
    return known.assign(customer_id=np.arange(len(frame)), first_tenure=frame["duration"], first_ended=ended)


@pytest.mark.parametrize(("family", "log_likelihood"), [("lognormal", -1397.053404), ("weibull", -1415.1736)])
def test_the_published_log_likelihood(churn, family, log_likelihood):
    fit = wb.fit_duration(churn, FORMULA, family, lifetime="first")
    assert fit.n == 500
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=5e-5 if family == "weibull" else 5e-6)


def test_the_published_scale(churn):
    fit = wb.fit_duration(churn, FORMULA, "lognormal", lifetime="first")
    assert fit.params.set_index("term").loc["scale", "estimate"] == pytest.approx(0.1581623, abs=5e-8)
