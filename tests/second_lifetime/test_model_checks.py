"""Are models judged by what the trial measured? Gaps in money, rankings, and customers not worth a contact."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from coverage_harness import assert_covers

import winback as wb
from winback.terms.catalog import Offer

OFFERS = [
    Offer(name="discount", amount=50, paid="on_acceptance"),
    Offer(name="visit", amount=20, paid="per_contact"),
    Offer(name="months", amount_per_month=5, months=6, paid="while_active"),
]
FORMULAS = {"reacquisition": "offer + x", "tenure": "offer + x", "margin": "x"}
MONEY = {"horizon_months": 12, "annual_discount": 0.0}


def trial(rng, n=2_000, both=0.0):
    """Draw a trial whose offers raise return; x raises return and lowers margin."""
    offer = rng.choice(["discount", "visit", "months", "none"], n)
    x = rng.integers(0, 2, n)
    returned = np.where(offer == "none", -1.2, -0.2) + 0.5 * x + rng.standard_normal(n) > 0
    tenure = rng.lognormal(2.5 - 0.1 * x, 0.7, n)
    followed = rng.uniform(13, 40, n)
    return pd.DataFrame(
        {
            "customer_id": np.arange(n),
            "reason": np.where(x, "price", "service"),
            "x": x,
            "offer": offer,
            "returned": returned,
            "second_tenure": np.where(returned, np.minimum(tenure, followed), np.nan),
            "second_ended": pd.Series(tenure <= followed, dtype="boolean").where(returned),
            "second_margin": np.where(returned, rng.normal(60 - 40 * x, 5, n), np.nan),
        }
    )


@pytest.fixture(scope="module")
def valued():
    fit_on, judge_by = (trial(np.random.default_rng(seed), 6_000) for seed in (1, 2))
    fit = wb.fit_two_part(fit_on, **FORMULAS)
    return fit, judge_by, wb.second_lifetime_value(fit, wb.read_trial(judge_by, OFFERS, **MONEY))


def test_measured_outcomes_are_those_of_the_comparison(valued):
    _, table, values = valued
    found = values.measured
    compared = wb.compare_offers(wb.read_trial(table, OFFERS, **MONEY)).frame.set_index("offer")
    profit = (found["value"] - found["cost"]).groupby(found["offer"]).mean()
    for name in compared.index:
        assert profit[name] == pytest.approx(compared["gross_profit"][name])
    assert found["row"].is_unique
    assert (table["offer"].to_numpy()[found["row"]] == found["offer"]).all()


def test_customers_set_aside_are_not_measured(valued):
    fit, table, _ = valued
    aside = table.assign(eligible=table.index % 2 == 0)
    found = wb.second_lifetime_value(fit, wb.read_trial(aside, OFFERS, **MONEY)).measured
    assert (found["row"] % 2 == 0).all()


def test_a_good_model_is_within_chance_of_the_trial(valued):
    _, judge_by, values = valued
    held_out = values.check(held_out=True).frame
    std_error = (held_out["gap_high"] - held_out["gap"]) / 1.96
    assert (held_out["gap"].abs() < 3.3 * std_error).all()
    own = wb.second_lifetime_value(wb.fit_two_part(judge_by, **FORMULAS), wb.read_trial(judge_by, OFFERS, **MONEY))
    found = own.check()
    assert "by more than chance explains" in str(found.describe())
    assert (found.frame["gap_high"] - found.frame["gap"] < (held_out["gap_high"] - held_out["gap"])).all()


@pytest.mark.slow
def test_the_gap_of_held_out_customers_covers_zero():
    found = []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        fit = wb.fit_two_part(trial(rng, 2_000), **FORMULAS)
        values = wb.second_lifetime_value(fit, wb.read_trial(trial(rng, 2_000), OFFERS, **MONEY))
        found.append(values.check(held_out=True).frame.set_index("offer"))
    for offer in ("discount", "every offer"):
        assert_covers(*([frame.loc[offer, end] for frame in found] for end in ("gap_low", "gap_high")), 0.0)


def test_a_wrong_model_is_caught_with_its_size(valued):
    _, table, values = valued
    doubled = 2 * values.net_values
    wrong = wb.second_lifetime_value(values.fit, wb.read_trial(table, OFFERS, **MONEY))
    object.__setattr__(wrong, "net_values", doubled)
    frame = wrong.check().frame.set_index("offer")
    assert (frame["gap_low"] > 0).all()
    row = frame.loc["discount"]
    assert row["gap"] == pytest.approx(row["expected"] - row["measured"])
    assert "too much per customer" in str(wrong.check().describe())


def test_the_row_of_every_offer_is_the_average_of_the_offers(valued):
    *_, values = valued
    frame = values.check().frame.set_index("offer")
    sent, every = frame.loc[["discount", "visit", "months"]], frame.loc["every offer"]
    assert every["n"] == sent["n"].sum()
    assert every["gap"] == pytest.approx(np.average(sent["gap"], weights=sent["n"]))
    assert every["gap_high"] - every["gap"] < (sent["gap_high"] - sent["gap"]).min()


def test_ranking_by_chance_forgoes_money_where_the_likeliest_earn_little(valued):
    *_, values = valued
    found = values.rankings([0.25, 1.0])
    quarter, everybody = found.frame.to_dict("records")
    assert quarter["forgone_low"] > 0
    assert quarter["forgone"] == pytest.approx(quarter["by_value"] - quarter["by_chance"])
    assert abs(quarter["forgone"] - quarter["forgone_predicted"]) < quarter["forgone_high"] - quarter["forgone"]
    assert everybody["forgone"] == everybody["forgone_predicted"] == 0
    assert " gross for each one chosen" in found.describe().splitlines()[0].partition("forgoes")[2]
    assert found.describe().startswith(
        f"Of {found.n:,} customers who were sent an offer, choosing 25% ({quarter['n']:,})"
    )
    assert "no clear difference" in found.details().splitlines()[0]


def test_the_rankings_are_those_of_the_customers_own_offers(valued):
    _, table, values = valued
    share, sent = 0.1, np.flatnonzero(table["offer"] != "none")
    chance = [values.chances[table["offer"].iloc[row]].iloc[row] for row in sent]
    best = sent[np.argsort(-np.array(chance), kind="stable")[: round(share * len(sent))]]
    outcomes = values.measured.set_index("row")
    expected = (outcomes["value"] - outcomes["cost"])[best].mean()
    found = values.rankings([share]).frame["by_chance"][0]
    assert found == pytest.approx(expected, rel=0.15)  # customers of equal chance are many: their order is not said


def test_it_is_said_whether_the_model_has_seen_those_it_is_judged_by():
    table = trial(np.random.default_rng(1), 2_000).reset_index(drop=True).assign(customer_id=range(2_000))
    fit = wb.fit_two_part(table[:1_000], **FORMULAS)
    nameless = replace(fit, seen=None)  # as of a table without ids
    cases = {
        "fitted on other customers than these.": (fit, table[1_000:]),
        "of these": (fit, table[500:]),
        "fair only if these customers were held out": (nameless, table[1_000:]),
    }
    for said, (fit, judge_by) in cases.items():
        found = wb.second_lifetime_value(fit, wb.read_trial(judge_by, OFFERS, **MONEY)).rankings()
        assert said in found.describe().splitlines()[1]
        assert said in fit.check(judge_by).details()
    fit, half = cases["of these"]
    sent = half[half["offer"] != "none"]
    found = wb.second_lifetime_value(fit, wb.read_trial(half, OFFERS, **MONEY)).rankings()
    assert (
        f"fitted on {(sent['customer_id'] < 1_000).sum():,} of these {len(sent):,} customers, too" in found.describe()
    )


@pytest.mark.parametrize("share", [0, -1, 1.5])
def test_shares_that_are_none_are_refused(valued, share):
    with pytest.raises(ValueError, match="share to contact"):
        valued[2].rankings([share])


def test_a_horizon_that_was_not_watched_is_refused(valued):
    fit, table, _ = valued
    far = wb.second_lifetime_value(fit, wb.read_trial(table, OFFERS, **MONEY).over(horizon_months=90))
    for judge in (far.check, far.rankings, far.not_worth_a_contact):
        with pytest.raises(ValueError, match="reaches beyond the data: among customers with offer 'discount'"):
            judge()


def test_whom_not_to_chase_grows_with_the_cost_of_a_contact(valued):
    *_, values = valued
    found = values.not_worth_a_contact([0, 60, 1_000], by="reason")
    nobody, some, everybody = found.frame.to_dict("records")
    assert nobody["n"] == 0
    assert everybody["n"] == found.n
    assert some["mostly"].startswith("left for price")
    assert some["measured_low"] < some["expected"] < some["measured_high"]
    assert found.details().splitlines()[0] == "If a contact costs $0.00, everybody gains more than that."
    _, measured, _ = found.describe().splitlines()
    assert "those left alone at $1,000 gained" in measured
    assert "less than the contact costs" in measured


def test_what_is_saved_is_cost_less_gain(valued):
    *_, values = valued
    gain = values.net_values.drop(columns="none").max(axis=1) - values.net_values["none"]
    row = values.not_worth_a_contact([60]).frame.iloc[0]
    assert row["saved"] == pytest.approx((60 - gain)[gain < 60].sum())
    assert row["expected"] == pytest.approx(gain[gain < 60].mean())


@pytest.fixture(scope="module")
def without_control(valued):
    fit = wb.fit_two_part(trial(np.random.default_rng(3)).query("offer != 'none'"), **FORMULAS)
    return wb.second_lifetime_value(fit, wb.read_trial(valued[1].query("offer != 'none'"), OFFERS, **MONEY))


def test_without_untreated_customers_gains_are_gross_and_said_to_be(without_control):
    found = without_control.not_worth_a_contact([60])
    assert found.kind == "gross"
    assert "Gains are gross" in found.describe()
    gross = without_control.net_values.max(axis=1)
    assert found.frame["n"][0] == (gross < 60).sum()


def test_an_assumed_organic_return_is_taken_off_what_a_contact_gains(without_control):
    trial = without_control.trial.over(organic=(0.02, 0.10), organic_value=300)
    found = wb.second_lifetime_value(without_control.fit, trial).not_worth_a_contact([120])
    gross, row = without_control.net_values.max(axis=1), found.frame.iloc[0]
    assert [row["share_low"], row["share"], row["share_high"]] == pytest.approx(
        [(gross - share * 300 < 120).mean() for share in (0.02, 0.06, 0.10)]
    )
    plain = without_control.not_worth_a_contact([row["contact_cost"] + 0.06 * 300]).frame.iloc[0]  # the same customers
    assert row["measured"] == pytest.approx(plain["measured"] - 0.06 * 300)
    assert "an assumed organic return of 2.0% to 10.0%" in found.describe()


def test_an_unknown_column_to_group_by_is_named(valued):
    with pytest.raises(ValueError, match="no column 'region'"):
        valued[2].not_worth_a_contact(by="region")
