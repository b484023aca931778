"""Is the holdout as large as asked, is its cost the profit forgone, and is its precision that of a trial so split?"""

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri
from trials import random_values

import winback as wb
from winback.planning import Choice, Comparisons
from winback.planning.sizes import power_for_difference
from winback.terms.catalog import Offer


def planned(plan):
    (row,) = plan.holdout[plan.holdout["planned"]].itertuples()
    return row


def test_by_default_the_holdout_is_the_root_of_the_number_of_offers_times_an_arm(with_none):
    frame = wb.plan_trial(with_none, compare="none").frame
    rows = frame[frame["kind"] == "difference"]
    assert rows["n_holdout"].to_numpy() == pytest.approx(np.ceil(np.sqrt(3) * rows["n_per_arm"]))


def test_comparisons_between_offers_need_no_holdout(with_none):
    plan = wb.plan_trial(with_none)
    frame = plan.frame.set_index("question")
    assert frame.loc["discount against upgrade", "n_holdout"] == 0
    assert plan.split.n_holdout == frame["n_holdout"].max() == frame.loc["bundle against none", "n_holdout"]
    assert plan.split.n_per_arm == frame["n_per_arm"].max() == frame.loc["discount against upgrade", "n_per_arm"]


@pytest.mark.parametrize("share", [0.02, 0.1, 0.4])
def test_a_given_share_is_left_untreated(with_none, share):
    plan = wb.plan_trial(with_none, holdout=share)
    exact = share / (1 - share) * 3 * plan.frame["n_per_arm"]
    assert plan.frame["n_holdout"].between(exact - 1e-6, exact + 1).all()  # a whole number, or 2 at least
    assert plan.split.holdout_share == pytest.approx(share, abs=1 / plan.split.n_customers)
    assert planned(plan).share == plan.split.holdout_share


def test_root_k_needs_no_more_customers_than_other_shares(with_none):
    """With equal spreads it is the best share for the comparisons with no offer."""
    alike = with_none.assign(acceptance=[0.4, 0.4, 0.4, 0.4], value=[1000.0, 990, 980, 900], cost=0.0)
    root = np.sqrt(3) / (3 + np.sqrt(3))
    terms = {"compare": "none", "difference": 50}
    totals = [
        wb.plan_trial(alike, holdout=share, **terms).frame.iloc[0]["n_customers"]
        for share in (0.8 * root, root, 1.2 * root)
    ]
    assert totals[1] < min(totals[0], totals[2])


def test_each_untreated_customer_forgoes_what_the_best_offer_adds(with_none):
    plan = wb.plan_trial(with_none, holdout=0.1, n_available=45_000)
    added = 0.45 * (921.60 - 120) - 0.06 * 900
    assert planned(plan).n == 4500
    assert plan.holdout["forgone"].to_numpy() == pytest.approx(plan.holdout["n"].to_numpy() * added, rel=1e-12)


def test_a_holdout_saves_money_where_no_offer_pays(with_none):
    losing = with_none.assign(cost=[900.0, 1900, 1900, 0])
    plan = wb.plan_trial(losing, holdout=0.1, n_available=1000)
    assert planned(plan).forgone == pytest.approx(100 * (0.45 * 21.60 - 54), rel=1e-12)
    text = plan.describe()
    assert "A holdout of 100 of 1,000 customers (10.0%) saves $4,428, since even the best offer, discount, is" in text


def test_its_precision_is_that_of_two_means(with_none):
    plan = wb.plan_trial(with_none, holdout=0.2, n_available=10_000, compare=Comparisons(n=2))
    arms = plan.arms.to_frame().set_index("offer")["std_dev"]
    expected = np.sqrt(arms["discount"] ** 2 / (8000 / 3) + arms["none"] ** 2 / 2000)
    assert planned(plan).std_error == pytest.approx(expected, rel=1e-12)
    z = ndtri(1 - 0.05 / 4) + ndtri(0.8)
    assert planned(plan).smallest_difference == pytest.approx(z * expected, rel=0.05)  # but for skewed money
    skewness, variance = plan.arms.skewness(0, -1, 0.75, 8000 / 3), expected**2 * 8000 / 3
    settings = {"n_comparisons": 2, "skewness": skewness, "level": 0.95}
    found = power_for_difference(8000 / 3, planned(plan).smallest_difference, variance, **settings)
    assert found == pytest.approx(0.8, rel=1e-9)


def test_without_anyone_untreated_nothing_incremental_is_known(with_none):
    first = wb.plan_trial(with_none, holdout=0.1).holdout.iloc[0]
    assert (first["share"], first["n"], first["forgone"]) == (0, 0, 0)
    assert np.isnan(first["std_error"])


def test_what_is_forgone_is_as_unsure_as_the_pilot():
    pilot = random_values(np.random.default_rng(5), 400, discount=0.5, none=0.2)
    offers = [Offer(name="discount", amount=10, paid="on_acceptance")]
    plan = wb.plan_trial(wb.read_trial(pilot, offers), holdout=0.25, n_available=800)
    found = wb.compare_offers(wb.read_trial(pilot, offers)).frame.iloc[0]
    row = planned(plan)
    expected = [200 * found[f"incremental_profit{end}"] for end in ("", "_low", "_high")]
    assert [row.forgone, row.forgone_low, row.forgone_high] == pytest.approx(expected, rel=1e-9)
    assert "[" in plan.holdout_table()["Profit forgone"].iloc[-1]


@pytest.mark.parametrize("holdout", [None, 0.001, 0.3, 0.99])
@pytest.mark.parametrize("n", [8, 45, 45_000])
def test_any_number_of_customers_can_be_split(with_none, holdout, n):
    plan = wb.plan_trial(with_none, holdout=holdout, n_available=n, choice=Choice(expected_loss=5), compare="none")
    assert plan.split.n_customers == pytest.approx(n)
    assert plan.split.n_per_arm >= 2
    chance = plan.frame["chance_available"].dropna()
    assert chance.between(0, 1).all()
    assert plan.frame["loss_available"].notna().sum() == 1


def test_the_customers_needed_answer_as_surely_as_planned(with_none):
    """Given as many as a question needs, its chance is the one asked for."""
    table, asked = with_none.iloc[[0, 1, 3]], {"holdout": 0.2, "choice": Choice(expected_loss=2)}
    for row in wb.plan_trial(table, **asked).frame.itertuples():
        found = wb.plan_trial(table, n_available=row.n_customers, **asked).frame.loc[row.Index]
        if row.kind == "loss":
            assert found["loss_available"] == pytest.approx(2, rel=1e-3)
        else:
            assert found["chance_available"] == pytest.approx(
                0.8 if row.kind == "difference" else 0.9, abs=0.01
            )  # of few


def test_a_plan_without_holdout_says_what_stays_unknown(published, with_none):
    assert "No holdout is planned: without untreated customers it stays unknown" in wb.plan_trial(published).describe()
    text = wb.plan_trial(with_none, holdout=0).describe()
    assert "No holdout is planned: without it no incremental figure is identified." in text


def test_money_in_another_currency_needs_the_same_customers(with_none):
    dear = with_none.assign(cost=with_none["cost"] * 90, value=with_none["value"] * 90)
    one, other = (wb.plan_trial(t, choice=Choice(expected_loss=loss)) for t, loss in ((with_none, 2), (dear, 180)))
    counts = ["n_per_arm", "n_holdout", "n_customers"]
    pd.testing.assert_frame_equal(one.frame[counts], other.frame[counts])
    assert (one.holdout["forgone"] * 90).to_numpy() == pytest.approx(other.holdout["forgone"].to_numpy())
