"""Is an odd trial answered in plain words and finite figures, and left as it was?"""

import re

import numpy as np
import pandas as pd
import pytest
from trials import measured, random_lives, random_values, second_lives

import winback as wb
from winback.terms.catalog import Offer

OFFERS = [Offer(name=name, amount=10, paid="on_acceptance", contact_cost=1) for name in ("discount", "upgrade")]
YEAR = {"horizon_months": 12, "annual_discount": 0.0}
VALUES = random_values(np.random.default_rng(7), 100, discount=0.4, upgrade=0.3, none=0.1)
LIVES = random_lives(np.random.default_rng(7), 100, discount=0.4, upgrade=0.3, none=0.1)
ODD = {
    "nobody returned in one arm": (
        measured(discount=[None] * 60, upgrade=[*range(30, 60), *[None] * 30], none=[*[None] * 50, *range(10, 15)]),
        {},
    ),
    "nobody returned in the control": (measured(discount=[40, 60, None] * 20, none=[None] * 60), {}),
    "everybody returned": (measured(discount=range(10, 60), upgrade=range(20, 70), none=range(5, 55)), {}),
    "all still here at the horizon": (
        second_lives(discount=[(14.0, False, 5.0), None] * 20, upgrade=[(15.0, False, 6.0), None] * 20),
        YEAR,
    ),
    "an arm of two": (measured(discount=[10.0, None], upgrade=[10.0, 30.0] * 20), {}),
    "one and the same value": (measured(discount=[10.0] * 50, upgrade=[10.0] * 50, none=[10.0] * 50), {}),
    "a single offer": (measured(discount=[40, 60, None] * 20), {}),
    "a single offer with control": (measured(discount=[40, 60, None] * 20, none=[30, None, None] * 20), {}),
    "no offer of the file but one": (VALUES.query("offer != 'upgrade'"), {}),
    "negative values": (VALUES.assign(value=-VALUES["value"]), {}),
    "negative margins": (LIVES.assign(second_margin=-LIVES["second_margin"]), YEAR),
    "values of zero": (VALUES.assign(value=0 * VALUES["value"]), {}),
    "yes and no": (VALUES.assign(returned=np.where(VALUES["returned"], "yes", "no")), {}),
    "unused labels": (VALUES.assign(offer=pd.Categorical(VALUES["offer"], ["x", "none", "discount", "upgrade"])), {}),
    "nothing known of some": (VALUES.assign(age=np.where(VALUES.index % 2, 40.0, np.nan)), {}),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_trial_is_answered_without_nan_and_left_as_it_was(name):
    table, settings = ODD[name]
    before = table.copy(deep=True)
    result = wb.compare_offers(wb.read_trial(table, OFFERS, **settings))
    pd.testing.assert_frame_equal(table, before)
    assert not re.search(r"\bnan\b|\binf\b|None", result.describe())
    assert not result.table().apply(lambda texts: texts.str.contains(r"\bnan\b|\binf\b|None")).any(axis=None)
    assert np.isfinite(result.frame["gross_profit"]).all()


def compared(name):
    table, settings = ODD[name]
    return wb.compare_offers(wb.read_trial(table, OFFERS, **settings))


def test_yes_and_no_are_true_and_false():
    pd.testing.assert_frame_equal(compared("yes and no").frame, wb.compare_offers(wb.read_trial(VALUES, OFFERS)).frame)


def test_an_arm_without_return_costs_its_contacts_and_is_said_to_have_too_few():
    result = compared("nobody returned in one arm")
    row = result.frame.set_index("offer").loc["discount"]
    assert (row["gross_profit"], row["gross_roi"]) == (-1.0, -1.0)
    assert np.isnan(row["value_per_returned"])
    assert "Too few returned to trust the intervals of discount (0)" in result.describe()


def test_an_offer_without_customers_is_left_out_and_named():
    result = compared("no offer of the file but one")
    assert result.frame["offer"].tolist() == ["discount"]
    assert "No customer was sent upgrade: left out." in result.details()


def test_a_single_offer_is_compared_with_nothing_else():
    result = compared("a single offer")
    assert result.differences.empty
    assert "leads" not in result.describe()
    assert "best of all offers" not in result.describe()


def test_negative_margins_count_as_losses():
    assert (compared("negative margins").frame["gross_profit"] < 0).all()


def test_arms_that_are_equal_without_any_spread_are_not_told_apart():
    result = compared("one and the same value")
    assert not result.differences["told_apart"].any()
    assert result.frame["incremental_profit"].tolist() == [-11.0, -11.0]
