"""Does a plan say in plain words what it needs, what the holdout costs, and what all of it rests on?"""

import numpy as np
import pytest
from trials import random_lives

import winback as wb
from winback.money import money_interval
from winback.planning import Choice, FollowUp
from winback.terms.catalog import Offer, OfferCatalog

CATALOG = OfferCatalog(
    tuple(Offer(name=name, amount=10, paid="on_acceptance") for name in ("discount", "upgrade")), currency="EUR"
)


@pytest.fixture(scope="module")
def pilot_plan():
    lives = random_lives(np.random.default_rng(2), 600, discount=0.5, upgrade=0.35, none=0.2)
    return wb.plan_trial(
        wb.read_trial(lives, CATALOG, horizon_months=12, annual_discount=0.1),
        follow_up=FollowUp([6, 12], entry_months=7.5),
    )


def test_the_published_table_in_words(published):
    plan = wb.plan_trial(published.iloc[:2])
    lines = plan.describe().splitlines()
    assert lines[0] == (
        "Discount against upgrade: 22,457 customers per offer find a difference of $19.33 per customer, "
        "if it is there, with 80% power."
    )
    assert plan.details().splitlines()[0] == (
        "To choose the best offer with 90% probability, if it leads the next by $19.33 per customer, takes 4,699 per "
        "offer."
    )
    assert lines[1].startswith("No holdout is planned: without untreated customers it stays unknown")


def test_what_the_holdout_costs_is_said(with_none):
    plan = wb.plan_trial(with_none, holdout=1 / 9, n_available=45_000)
    text = plan.describe()
    assert (
        "A holdout of 5,000 of 45,000 customers (11.1%) forgoes $1.53 million, what discount is expected to add" in text
    )
    assert (
        "what discount is expected to add for them, if the assumed figures are right; without it no incremental" in text
    )
    assert "It gives the incremental profit of discount a standard error of $" in plan.details()


def test_what_a_pilots_holdout_costs_has_an_interval_and_a_condition(study):
    plan = wb.plan_trial(study.trial, holdout=0.1, compare="offers")
    row = plan.holdout[plan.holdout["planned"]].iloc[0]
    cost = money_interval(*row[["forgone", "forgone_low", "forgone_high"]])
    assert f"forgoes {cost}, what discount is expected to add for them, if they are like the pilot's" in plan.describe()


def test_a_plan_for_a_loss_and_a_zone_in_words(with_none):
    text = wb.plan_trial(with_none, difference=25, choice=Choice(expected_loss=4)).details()
    assert "if it leads all others by at least $25.00 per customer" in text
    assert "loses at most $4.00 per customer on average, whatever the true profits are" in text


def test_sizes_with_too_few_returned_are_called_so(with_none):
    plan = wb.plan_trial(with_none)
    few = plan.frame.loc[plan.frame["remark"] != "", "question"].tolist()
    assert few == ["discount against none", "upgrade against none", "bundle against none"]
    row = plan.frame.set_index("question").loc["discount against none"]
    assert row["n_returned"] == pytest.approx(row["n_holdout"] * 0.06)
    assert "Caution: in an arm of discount against none, upgrade against none and bundle" in plan.describe()
    assert "Caution" not in wb.plan_trial(with_none, difference=20).describe()


def test_the_chances_of_the_customers_at_hand_are_said(published):
    text = wb.plan_trial(published.iloc[:2], n_available=44_914).describe()
    assert "With the 44,914 customers at hand the chances are: discount against upgrade 80.0% and best of 2" in text


def test_a_pilot_in_words(pilot_plan):
    text, frame = pilot_plan.details(), pilot_plan.frame
    assert f"{frame['n_per_arm_high'].iloc[0]:,.0f} per offer, not {frame['n_per_arm'].iloc[0]:,}." in text
    assert "The differences planned for are the pilot's own, and as uncertain as the pilot" in pilot_plan.describe()
    assert "Watched for 6 months, read after 13.5: " in text
    assert "of the value within 12 months is seen; discount then leads upgrade by EUR " in text
    assert "A shorter follow-up measures another, smaller quantity" in text


def test_tables_are_for_readers(pilot_plan):
    assert list(pilot_plan.table())[:3] == ["Question", "Difference per customer", "Customers per offer"]
    assert pilot_plan.table()["Difference per customer"].str.startswith("EUR ").all()
    assert pilot_plan.follow_up_table()["Read after months"].tolist() == ["13.5"] * 3 + ["19.5"] * 3
    assert pilot_plan.holdout_table()["Left untreated"].iloc[0] == "0.0%"


def test_a_plan_shows_itself_in_a_few_lines(with_none, pilot_plan):
    for plan in (wb.plan_trial(with_none, choice=Choice(expected_loss=1)), pilot_plan):
        assert len(str(plan).splitlines()) <= 12
        assert "<table" in plan._repr_html_()


def test_no_sentence_has_a_missing_figure(with_none, published, pilot_plan):
    plans = [
        wb.plan_trial(with_none),
        wb.plan_trial(with_none, holdout=0, n_available=100),
        wb.plan_trial(with_none.iloc[[0, 3]], compare="none", choice=Choice(expected_loss=3)),
        wb.plan_trial(published, compare="offers", choice=Choice(expected_loss=3), n_available=500),
        pilot_plan,
    ]
    for plan in plans:
        assert len(plan.describe().splitlines()) == 3
        text = f"{plan.describe()}\n{plan.details()}"
        assert not {"nan", "inf", "–"} & set(text.replace(",", " ").split())
        assert all(line.endswith(".") for line in text.splitlines())
