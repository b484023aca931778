"""Does the ranking under other assumptions agree with a comparison made under them?"""

from dataclasses import replace

import numpy as np
import pytest
from trials import random_lives, random_values

import winback as wb
from winback.terms.catalog import Offer

OFFERS = [Offer(name=name, amount=10, paid="on_acceptance") for name in ("discount", "upgrade")]


@pytest.fixture
def measured_directly(rng):
    table = random_values(rng, 200, discount=0.4, upgrade=0.3)
    return table, wb.compare_offers(wb.read_trial(table, OFFERS))


@pytest.fixture
def censored(rng):
    table = random_lives(rng, 200, discount=0.5, upgrade=0.4)
    return table, wb.compare_offers(wb.read_trial(table, OFFERS, horizon_months=20, annual_discount=0.07))


def by_offer(frame, setting, measure):
    return frame[frame["setting"] == setting].set_index("offer")[measure].to_dict()


# organic return


def test_without_organic_return_profit_is_gross(comparison):
    found = comparison.sensitivity("organic", [0.0]).frame
    assert found["profit"].tolist() == pytest.approx(comparison.frame["gross_profit"].tolist(), rel=1e-12)
    assert found["roi"].tolist() == pytest.approx(comparison.frame["gross_roi"].tolist(), rel=1e-12)


@pytest.mark.parametrize("organic_value", [None, 300.0])
def test_each_share_gives_the_comparison_under_it(measured_directly, organic_value):
    table, _ = measured_directly
    trial = wb.read_trial(table, OFFERS, organic_value=organic_value)
    found = wb.compare_offers(trial).sensitivity("organic", [0.1, 0.2]).frame
    for share in (0.1, 0.2):
        under_it = wb.compare_offers(trial.over(organic=share)).frame.set_index("offer")
        for ours, theirs in (("profit", "incremental_profit"), ("roi", "incremental_roi")):
            assert by_offer(found, f"{share:.0%}", ours) == pytest.approx(under_it[theirs].to_dict(), rel=1e-12)


def test_the_study_turns_from_upgrade_to_discount_on_roi_between_20_and_30_percent(comparison):
    table = comparison.sensitivity("organic").table().set_index("Organic return")
    assert table["Best ROI"].to_dict() == {
        **dict.fromkeys(["0%", "5%", "10%", "20%"], "upgrade"),
        "30%": "discount",
        "40%": "no offer pays",
    }


def test_the_study_says_where_the_best_offer_changes(comparison):
    text = comparison.sensitivity("organic").describe().splitlines()[0]
    assert text == ("By organic return: discount comes first at 0%, 5%, 10%, 20% and 30%; no offer pays at 40%.")


def test_one_that_stays_the_best_is_said_to(comparison):
    text = comparison.sensitivity("organic", [0.0, 0.1]).describe().splitlines()[0]
    assert text == "Whatever the organic return in this table, discount comes first."


def test_the_table_has_a_row_per_setting_and_a_column_per_offer_in_order_of_profit(comparison):
    table = comparison.sensitivity("organic").table()
    offers = ["discount", "upgrade", "bundle", "tailored"]
    assert list(table) == ["Organic return", *offers, "Earns most", "Best ROI"]
    assert table["Organic return"].tolist() == ["0%", "5%", "10%", "20%", "30%", "40%"]
    assert table.loc[0, "discount"] == "$361"


def test_shares_close_together_are_told_apart(comparison):
    assert len(comparison.sensitivity("organic", [0.012, 0.014]).table()) == 2


@pytest.mark.parametrize("shares", [[5], [-0.1], []])
def test_what_is_no_share_is_refused(comparison, shares):
    with pytest.raises(ValueError, match="shares must be one or more shares from 0 to 1"):
        comparison.sensitivity("organic", shares)


# horizon


def test_each_horizon_gives_the_comparison_under_it(censored):
    table, result = censored
    found = result.sensitivity("horizon").frame
    assert found["setting"].unique().tolist() == ["5.0 months", "10.0 months", "15.0 months", "20.0 months"]
    for months in (5, 10, 15, 20):
        under_it = wb.compare_offers(
            wb.read_trial(table, OFFERS, horizon_months=months, annual_discount=0.07)
        ).frame.set_index("offer")
        for ours, theirs in (("profit", "gross_profit"), ("roi", "gross_roi")):
            assert by_offer(found, f"{months}.0 months", ours) == pytest.approx(under_it[theirs].to_dict(), rel=1e-12)


def test_the_study_at_its_own_horizon_is_its_comparison(study, comparison):
    found = comparison.sensitivity("horizon").frame.tail(4)
    assert found["profit"].tolist() == pytest.approx(comparison.frame["gross_profit"].tolist(), rel=1e-12)


def test_a_longer_horizon_earns_more(censored):
    profit = censored[1].sensitivity("horizon").frame.groupby("offer", sort=False)["profit"]
    assert (profit.diff().dropna() > 0).all()


# discount rate


def test_each_rate_gives_the_comparison_under_it(censored):
    table, result = censored
    found = result.sensitivity("discount").frame
    assert found["setting"].nunique() == 5
    for percent in (0, 5, 10, 20):
        under_it = wb.compare_offers(
            wb.read_trial(table, OFFERS, horizon_months=20, annual_discount=percent / 100)
        ).frame
        expected = under_it.set_index("offer")["gross_profit"].to_dict()
        assert by_offer(found, f"{percent}% a year", "profit") == pytest.approx(expected, rel=1e-12)


def test_the_comparisons_own_rate_is_among_them(censored):
    _, result = censored
    found = result.sensitivity("discount").frame
    own = found[found["setting"].str.startswith("7")]
    assert own["profit"].tolist() == pytest.approx(result.frame["gross_profit"].tolist(), rel=1e-12)


def test_a_whole_percentage_is_written_without_decimals(censored):
    assert "7% a year" in censored[1].sensitivity("discount").frame["setting"].to_list()


def test_a_higher_rate_earns_less(censored):
    profit = censored[1].sensitivity("discount").frame.groupby("offer", sort=False)["profit"]
    assert (profit.diff().dropna() < 0).all()


def test_what_cannot_be_varied_is_refused(censored):
    with pytest.raises(ValueError, match="varied must be horizon, discount or organic; got 'price'"):
        censored[1].sensitivity("price")


@pytest.mark.parametrize("varied", ["horizon", "discount"])
def test_without_a_trial_nothing_is_revalued(censored, varied):
    result = replace(censored[1], trial=None)
    with pytest.raises(ValueError, match=f"Only figures of each offer are known, so the {varied} cannot be varied"):
        result.sensitivity(varied)


# nothing to vary, nothing to rank


@pytest.mark.parametrize(("vary", "what"), [("horizon", "horizon"), ("discount", "interest rate")])
def test_value_measured_directly_cannot_be_revalued(measured_directly, vary, what):
    found = measured_directly[1].sensitivity(vary)
    assert found.describe() == f"Value was measured directly, so the {what} cannot be varied."
    assert found.to_frame().empty
    assert found.table().empty


def test_an_offer_that_costs_nothing_is_ranked_on_profit_alone(measured_directly):
    table = measured_directly[0].query("offer == 'discount'")
    free = wb.compare_offers(wb.read_trial(table, [Offer(name="discount", amount=0, paid="per_contact")]))
    found = free.sensitivity("organic", [0.0, 0.9])
    assert found.frame["roi"].isna().all()
    assert list(found.table()) == ["Organic return", "discount", "Earns most"]
    assert "nan" not in found.describe()


def test_where_every_offer_loses_no_offer_pays(measured_directly):
    dear = [Offer(name=offer.name, amount=1000, paid="per_contact") for offer in OFFERS]
    found = wb.compare_offers(wb.read_trial(measured_directly[0], dear)).sensitivity("organic", [0.0, 0.1])
    assert found.table()["Earns most"].tolist() == ["no offer pays"] * 2
    assert "no offer pays" in found.describe().lower()
    assert "pays earns" not in found.describe()


def test_the_callers_tables_are_not_changed(censored):
    table, result = censored
    before, frame = table.copy(deep=True), result.frame.copy(deep=True)
    result.sensitivity("horizon")
    assert table.equals(before)
    assert result.frame.equals(frame)
    assert np.isfinite(result.sensitivity("discount").frame["profit"]).all()
