"""Do contract models find what was simulated, and do their intervals hold?"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from coverage_harness import assert_covers

import winback as wb
from winback.value.contracts.fits import contract_model
from winback.value.contracts.wording import WRONG_MODEL

sys.path.insert(0, str(Path(__file__).parent))
from contract_data import HIGH_END, drawn_customers, drawn_survivors

ROWS = {"tenure": "tenure", "ended": "ended"}


def estimates(fit):
    return fit.params["estimate"].to_numpy()


# recovery and coverage


@pytest.mark.parametrize("c", [1.0, 0.7, 1.5])
def test_recovers_what_was_simulated(c, rng):
    survivors = drawn_survivors(rng, 0.8, 3.0, c, n=50_000, last=10)
    fit = wb.fit_contracts(survivors, "bdw", period="Y")
    assert (np.abs(estimates(fit) - [0.8, 3.0, c]) < 4 * fit.params["std_error"]).all()
    if c == 1:
        geometric = wb.fit_contracts(survivors, "sbg", period="Y")
        assert (np.abs(estimates(geometric) - [0.8, 3.0]) < 4 * geometric.params["std_error"]).all()
        assert fit.against_sbg.p_value > 1e-4
        assert "The sBG would do" in fit.describe()
    else:
        assert fit.against_sbg.p_value < 1e-4


@pytest.mark.slow
@pytest.mark.parametrize(("name", "c", "trials"), [("sbg", 1.0, 150), ("bdw", 1.3, 120)])
def test_intervals_hold(name, c, trials, record_property):
    rng, found = (
        np.random.default_rng(20160301),
        {"parameters": [], "ahead": [], "retention": [], "base": [], "one": []},
    )
    truth = contract_model(0.8, 3.0, c=c, period="Y")
    money = {"margin": 40.0, "annual_discount": 0.1}
    base = [500, 400, 300]
    for _ in range(trials):
        fit = wb.fit_contracts(drawn_survivors(rng, 0.8, 3.0, c, n=4000), name, period="Y")
        found["parameters"].append(fit.params[["low", "high"]].to_numpy())
        ahead = fit.project([16], age=2)
        found["ahead"].append(ahead[["still_here_low", "still_here_high"]].to_numpy())
        found["retention"].append(ahead[["retention_low", "retention_high"]].to_numpy())
        value = wb.base_value(fit, base, **money)
        found["base"].append([[value.total_low, value.total_high]])
        found["one"].append(fit.residual_value([4], **money)[["value_low", "value_high"]].to_numpy())
    expected = {
        "parameters": [0.8, 3.0, c][: len(found["parameters"][0])],
        "ahead": truth.survival_from_now(2, [16]),
        "retention": truth.retention([18]),
        "base": [wb.base_value(truth, base, **money).total],
        "one": truth.residual_value([4], **money)["value"],
    }
    for what, intervals in found.items():
        ends = np.array(intervals)
        for place, value in enumerate(expected[what]):
            record_property(f"{what} {place}", str(assert_covers(ends[:, place, 0], ends[:, place, 1], value)))


@pytest.mark.slow
def test_intervals_of_customers_with_covariates_hold(record_property):
    rng, effects, values, totals = np.random.default_rng(20160302), [], [], []
    some = pd.DataFrame({"channel": ["online", "store"], "next_renewal": [1, 3]})
    money = {"margin": 1.0, "annual_discount": 0.1, "horizon_periods": 24}
    for _ in range(100):
        fit = wb.fit_contracts(drawn_customers(rng, 3000), "sbg", period="M", formula="channel", **ROWS)
        effects.append(fit.params[["low", "high"]].to_numpy())
        frame = fit.predict(some, next_renewal="next_renewal", **money)
        values.append(frame[["value_low", "value_high"]].to_numpy())
        total = wb.base_value(fit, some, margin=1.0, annual_discount=0.1, horizon="24M")
        totals.append([total.total_low, total.total_high])
    online, store = (contract_model(np.exp(a), 3.0, period="M") for a in (0.3, -0.3))
    truth = [one.residual_value([n], **money)["value"].iloc[0] for one, n in ((online, 1), (store, 3))]
    for place, value in enumerate([0.3, -0.6, np.log(3), 0.0]):
        ends = np.array(effects)[:, place]
        record_property(f"coefficient {place}", str(assert_covers(*ends.T, value)))
    for place, value in enumerate(truth):
        record_property(f"customer {place}", str(assert_covers(*np.array(values)[:, place].T, value)))
    record_property("total", str(assert_covers(*np.array(totals).T, sum(truth))))


# an sBG whose customers' own risks change with time


DOUBT = "A doubt: each customer's own risk of leaving"


def test_a_wrong_sbg_is_doubted_by_the_test_of_the_bdw():
    for survivors, verb in (
        (HIGH_END[:8], "rises"),
        (drawn_survivors(np.random.default_rng(3), 0.8, 3.0, 0.6, n=20_000), "falls"),
    ):
        fit = wb.fit_contracts(survivors, period="Y")
        other = wb.fit_contracts(survivors, "bdw", period="Y")
        assert fit.against_bdw == other.against_sbg
        assert fit.against_bdw.c == pytest.approx(estimates(other)[-1])
        said = fit.describe()
        assert f"{DOUBT} {verb} with time" in said
        assert "not because anybody grows more loyal" not in said
        assert DOUBT not in other.describe()
        assert other.against_bdw is None


def test_a_wrong_sbg_is_doubted_where_customers_are_alike_or_have_covariates(rng):
    alike = wb.fit_contracts([1000, 990, 960, 900, 800, 650, 450], period="Y")
    assert "All customers are alike" in alike.describe()
    assert f"{DOUBT} rises with time" in alike.describe()
    x = rng.normal(size=4000)
    stay = np.ceil((rng.exponential(size=4000) * np.exp(0.5 * x) * 5.0**1.6) ** (1 / 1.6))
    table = pd.DataFrame({"x": x, "tenure": np.minimum(stay, 12), "ended": stay <= 12})
    assert f"{DOUBT} rises with time" in wb.fit_contracts(table, period="M", formula="x", **ROWS).describe()


@pytest.mark.slow
def test_a_right_sbg_is_doubted_about_once_in_a_hundred():
    rng, trials = np.random.default_rng(20261130), 300
    fits = (wb.fit_contracts(drawn_survivors(rng, 0.8, 3.0, 1.0, n=4000), period="Y") for _ in range(trials))
    doubted = sum(fit.against_bdw.p_value < WRONG_MODEL for fit in fits)
    assert doubted <= 0.01 * trials + 4 * np.sqrt(0.01 * 0.99 * trials)


def test_models_with_known_parameters_are_not_doubted():
    model = contract_model(0.8, 3.0, period="Y")
    assert model.against_bdw is None
    assert DOUBT not in model.describe()
