"""Is a wrong question about a base refused, with everything that is wrong and the way out?"""

import numpy as np
import pandas as pd
import pytest
from shoppers import shop_in_channels

import winback as wb

MONEY = {"margin": 40.0, "annual_discount": 0.10}
SURVIVORS = [1000, 869, 743, 653, 593, 551, 517, 491]


TABLE = shop_in_channels()
FIT, SPEND = wb.fit_purchases(TABLE, "pareto_nbd", period="W"), wb.fit_spend(TABLE)
SHOP = {"margin": SPEND, "annual_discount": 0.10}


# bad questions


def test_every_wrong_term_is_named_at_once():
    fit = wb.fit_contracts(SURVIVORS, "sbg", period="M")
    with pytest.raises(ValueError, match="margin_share must be a share") as error:
        wb.base_value(fit, [3], margin=1, annual_discount=10, horizon=36, margin_share=30, by="x")
    assert len(str(error.value).splitlines()) == 4
    assert "Write 0.1 for 10%" in str(error.value)
    assert 'write "36D" for 36 days' in str(error.value)


@pytest.mark.parametrize(
    ("customers", "more", "says"),
    [
        ([3, -5], {}, "customers must be whole numbers of at least 0; got -5"),
        ({0: 3}, {}, "next_renewal must be whole numbers of at least 1; got 0"),
        ([0, 0], {}, "customers has nobody in it"),
        ([1], {"by": "channel"}, "by must be a column of the customers"),
        ([1], {"horizon": "1W"}, "horizon must be a whole number of periods"),
        ([1], {"moment": "later"}, "moment must be"),
        (pd.DataFrame({"next_renewal": [1, -1]}), {}, "`next_renewal` must be a whole number of at least 0; 1 of 2"),
        (pd.DataFrame({"renewal": [1]}), {}, "`next_renewal` is missing from the table"),
    ],
)
def test_wrong_questions_about_contracts(customers, more, says):
    with pytest.raises(ValueError, match=says):
        wb.base_value(wb.fit_contracts(SURVIVORS, "sbg", period="M"), customers, **MONEY | more)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"moment": "before_renewal"}, "moment is for contracts"),
        ({"annual_discount": 0.0}, "annual_discount must be above 0 for all purchases to come"),
        ({"margin": "price"}, "`margin='price'` is neither a number nor a column"),
        ({"margin": np.nan}, "margin must be finite money per purchase"),
        ({"margin": "mean_spend"}, "`mean_spend` must be a finite number"),
        ({"weights": "frequency"}, "must count customers"),
    ],
)
def test_wrong_questions_about_purchases(more, says):
    with pytest.raises(ValueError, match=says):
        wb.base_value(FIT, TABLE, **SHOP | more)


def test_wrong_questions_about_the_naive_figure_and_word_of_mouth():
    base = wb.base_value(wb.fit_contracts(SURVIVORS, "sbg", period="M"), [1], **MONEY)
    with pytest.raises(ValueError, match=r"Write 0\.19 for 19%"):
        base.against_constant_churn(19)
    with pytest.raises(ValueError, match="annual_churn must be a share"):
        base.against_constant_churn(True)
    with pytest.raises(ValueError, match="active_within is for purchases"):
        base.against_constant_churn(active_within="1Y")
    with pytest.raises(ValueError, match="A bare number has no unit"):
        wb.base_value(FIT, TABLE, **SHOP).against_constant_churn(active_within=12)
    for others in (-1, 0, True):
        with pytest.raises(ValueError, match="others_lost must be a number of customers"):
            base.word_of_mouth(others)


def test_another_kind_of_fit_is_refused_with_the_way_out():
    with pytest.raises(TypeError, match="second_lifetime_value"):
        wb.base_value(SPEND, TABLE, margin=1, annual_discount=0.1)
    with pytest.raises(TypeError, match="customers must be a pandas DataFrame"):
        wb.base_value(FIT, [1, 2], **SHOP)
    with pytest.raises(ValueError, match="margin of a contract is money per period"):
        wb.base_value(wb.fit_contracts(SURVIVORS, "sbg", period="M"), [1], **SHOP)


@pytest.mark.parametrize("by", [["channel"], {"a": 1}, set()])
def test_segments_by_what_is_no_name_are_refused(by):
    shop = wb.load_shop_study().base
    with pytest.raises(ValueError, match=f"by must be a column of the customers, or None; got {type(by).__name__}"):
        wb.base_value(wb.fit_purchases(shop, "bg_nbd"), shop, margin=1.0, annual_discount=0.1, by=by)
