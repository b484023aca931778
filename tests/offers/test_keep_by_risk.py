"""Does a comparison from a fitted risk say what the list of whom to keep says, customer by customer?"""

import numpy as np
import pytest
from at_risk import base_at_risk

import winback as wb
from winback.offers import Acquire, ByThemselves, Keep, WinBack
from winback.offers.strategy_inputs import THIRDS
from winback.offers.strategy_words import ALL

STATED = {"win_back": WinBack(0.3, 90.0, cost=8.0, months_away=2.0, value_months=9.0), "keep": Keep(6.0, 0.3)}
STATED |= {"by_themselves": ByThemselves(0.1, 50.0), "horizon_months": 12, "annual_discount": 0.1}


@pytest.fixture(scope="module")
def fit():
    return wb.fit_churn_risk(base_at_risk(2_000, rng=4)[0], "log1p(tenure) + since_complaint + plan")


@pytest.fixture(scope="module")
def found(fit):
    return wb.compare_win_back_keep_acquire(fit, acquire=Acquire(0.05, 60.0, 2.0), **STATED)


def gain(found, strategy, segment=ALL, of="gain_total"):
    rows = found.frame[(found.frame["strategy"] == strategy) & (found.frame["segment"] == segment)]
    return rows[of].item()


def test_the_list_and_the_strategies_speak_with_one_voice(fit, found):
    """What keeping everybody gains is the sum of the list, and of so many riskiest the sum of its first by risk."""
    listed = fit.about_to_leave(
        cost=6.0, share_prevented=0.3, months=12, annual_discount=0.1, worth_lost=found.worth_lost
    )
    frame = listed.frame
    assert gain(found, "keep everybody") == pytest.approx(frame["gain"].sum(), rel=1e-9)
    assert gain(found, "keep those whom it pays") == pytest.approx(listed.worth_it["gain"].sum(), rel=1e-9)
    assert gain(found, "keep those whom it pays", of="spending") * len(frame) == pytest.approx(listed.spent)
    fifth = frame.nsmallest(len(frame) // 5, "rank_by_risk")
    assert gain(found, "keep the riskiest") == pytest.approx(fifth["gain"].sum(), rel=0.01)  # who is alike is cut alike
    pays = (frame["gain"] > 0).mean()
    assert found.picked.pays_for == pytest.approx(pays)
    assert listed.worth_lost > 0
    assert "A lost customer is still worth" in listed.details()
    assert "brings nothing more" not in listed.describe()
    silent = fit.about_to_leave(cost=6.0, share_prevented=0.3)
    assert "and that a lost customer brings nothing more is assumed (if" in silent.describe()
    assert (silent.frame["gain"].sum() - frame["gain"].sum()) > 0


def test_gains_are_those_of_plain_sums_over_customers_and_months(fit, found):
    ahead, predicted = fit.ahead(None, 12), fit.predict(months=12)
    money = lambda month: 1.1 ** (-month / 12)  # noqa: E731
    evenly = lambda months: sum(money((k + 0.5) / 100) for k in range(round(100 * months))) / 100  # noqa: E731
    back = new = 0.0
    for month in range(1, 13):
        left = np.nansum(ahead.leaves[:, month - 1])
        in_time = evenly(min(max(12 - month - 2, 0), 9)) / evenly(9)
        asked = 0.3 * (90 * in_time - 8.0 * (12 - month > 2))
        back += left * money(month + 2) * (asked - 0.1 * 50 * in_time)
        new += left * money(month) * (60.0 - 2.0 / 0.05)
    assert gain(found, "wait and win back") == pytest.approx(back, rel=1e-4)
    assert gain(found, "acquire instead") == pytest.approx(new, rel=1e-9)
    assert found.frame["n"].iloc[-1] == len(predicted)


def test_how_many_leave_is_as_unsure_as_the_parameters_leave_it(fit, found):
    rng, ahead = np.random.default_rng(1), fit.ahead(None, 12)
    draws = rng.multivariate_normal(np.append(fit.coefficients, fit.drift.delta), fit.covariance_ahead, 500)
    here = 1.0
    for month in range(12):
        odds = draws[:, :-1] @ fit.table_of_levels.matrix(fit.levels(ahead.known, month)).T
        here = here / (1 + np.exp(odds + draws[:, -1:] * np.log(month + 1)))
    third = np.searchsorted(found.inputs.edges, fit.predict()["margin"], side="left")
    for row in found.inputs.segments.itertuples():
        counts = (1 - here)[:, third == THIRDS.index(row.segment)].sum(axis=1)
        spread = counts.std() / counts.mean()
        assert (row.leaving_high - row.leaving_low) / 2 == pytest.approx(
            1.96 * spread, rel=0.12
        )  # 500 draws: 3.2% each
    width = found.of(ALL).set_index("strategy").loc["acquire instead"]
    assert width["gain_low"] < width["gain"] < width["gain_high"]


def test_half_of_the_months_is_said_beside(fit, found):
    half = wb.compare_win_back_keep_acquire(fit, acquire=Acquire(0.05, 60.0, 2.0), **STATED | {"horizon_months": 6})
    np.testing.assert_allclose(found.sooner.frame["gain"], half.frame["gain"])
    said = str(found.describe()).splitlines()[0]
    assert "; within 6 months " in said
    never = wb.compare_win_back_keep_acquire(fit, **STATED | {"keep": Keep(40.0, 0.3), "win_back": None})
    assert never.describe().startswith("None of these is shown to earn more than doing nothing")
    most = fit.about_to_leave(cost=0.0, share_prevented=0.3, annual_discount=0.1).frame["gain"].max()
    dear = wb.compare_win_back_keep_acquire(
        fit, **STATED | {"horizon_months": 24, "keep": Keep(most, 0.3, 1.0), "win_back": None}
    )  # within 12 months it pays for nobody, and within 24 for some
    assert dear.sooner.of(ALL)["gain_low"].iloc[0] < 0 < dear.of(ALL)["gain_low"].iloc[0]
    assert dear.of(ALL)["strategy"].iloc[0] == "keep those whom it pays"
    assert "keep those whom it pays" not in set(dear.sooner.frame["strategy"])
    assert "; within 12 months nothing is shown to beat doing nothing." in dear.describe()
    one = wb.compare_win_back_keep_acquire(fit, **STATED | {"horizon_months": 1})
    assert one.sooner is None


def test_what_rests_on_an_assumption_is_labelled(found):
    assert set(found.table()["Strategy"]) == {
        "keep everybody (assumed)",
        "keep the riskiest 20% (assumed)",
        "keep those whom it pays (assumed)",
        "wait and win back (assumed)",
        "keep and win back (assumed)",
        "acquire instead (assumed)",
    }


def test_terms_are_not_mixed(fit, found):
    with pytest.raises(ValueError, match=r"worth_lost is discounted by 0\.1 a year, and annual_discount is 0"):
        fit.about_to_leave(cost=1.0, share_prevented=0.2, worth_lost=found.worth_lost)
    table = {
        "segment": ["a", "b"],
        "n": [1, 1],
        "hazard": [0.1, 0.1],
        "margin": [9.0, 90.0],
        "organic_value": [1.0, 2.0],
    }
    other = wb.compare_win_back_keep_acquire(
        table, keep=Keep(1.0, 0.1), by_themselves=ByThemselves(0.1), horizon_months=6, annual_discount=0.0
    )
    with pytest.raises(ValueError, match="differs by segments that are not thirds of margin"):
        _ = other.worth_lost
