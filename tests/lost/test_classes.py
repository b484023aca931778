"""Are ABC and XYZ what the definitions say, whatever the unit of money and the order of rows?"""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from winback.lost import Classes
from winback.lost.classes import ORDER, PRIORITIES, abc_classes, class_words, variation, xyz_classes

amounts = st.lists(st.integers(-50, 10_000), min_size=1, max_size=60).map(lambda each: np.array(each, dtype=float))


def abc_by_loop(money):
    """Walk down the list until a share of the money is reached; equals belong together."""
    total = sum(max(each, 0) for each in money)
    found = []
    for each in money:
        before = sum(other for other in money if other > max(each, 0))
        found.append(2 if each <= 0 or before >= 0.95 * total else 1 if before >= 0.8 * total else 0)
    return found


@given(amounts)
def test_abc_is_what_a_loop_finds(money):
    assert abc_classes(money).tolist() == abc_by_loop(money.tolist())


@settings(max_examples=50)
@given(amounts, st.sampled_from([0.001, 0.37, 7.25, 10_000.0]), st.randoms(use_true_random=False))
def test_abc_does_not_depend_on_the_unit_of_money_nor_on_the_order(money, rate, order):
    places = list(range(len(money)))
    order.shuffle(places)
    assert (abc_classes(money * rate)[places] == abc_classes(money[places])).all()


@given(amounts)
def test_a_is_the_smallest_set_that_brings_its_share_but_for_equals(money):
    gains, a = np.maximum(money, 0), abc_classes(money) == 0
    if gains.sum() > 0:
        assert gains[a].sum() >= 0.8 * gains.sum() * (1 - 1e-12)
        assert gains[a & (gains > gains[a].min())].sum() < 0.8 * gains.sum()


def test_one_account_that_brings_nearly_all_is_a():
    assert abc_classes(np.array([97.0, 2.0, 1.0])).tolist() == [0, 2, 2]


def test_all_equal_all_at_a_loss_and_nothing_known():
    assert abc_classes(np.full(4, 9.0)).tolist() == [0, 0, 0, 0]
    assert abc_classes(np.array([-1.0, 0.0])).tolist() == [2, 2]
    assert abc_classes(np.array([np.nan, 3.0])).tolist() == [-1, 0]
    assert abc_classes(np.array([])).tolist() == []


@given(st.lists(st.tuples(st.integers(0, 4), st.floats(0.5, 99)), min_size=1, max_size=50))
def test_variation_is_what_numpy_finds_customer_by_customer(rows):
    customer, amount = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    found = variation(customer, amount, 5)
    for place in range(5):
        own = amount[customer == place]
        wanted = own.std(ddof=1) / own.mean() if len(own) >= 3 else np.nan
        np.testing.assert_allclose(found[place], wanted, rtol=1e-9, atol=1e-12)


def test_the_nine_fields_of_the_articles_table():
    words = class_words(*(np.repeat([0, 1, 2], 3), np.tile([0, 1, 2], 3)))
    assert dict(zip(words, words.map(PRIORITIES), strict=True)) == {
        "AX": "bring back first", "AY": "bring back first", "BX": "bring back first",
        "AZ": "must come back", "BY": "must come back",
        "BZ": "if possible", "CX": "if possible", "CY": "if possible",
        "CZ": "let go",
    }  # fmt: skip
    assert set(PRIORITIES.values()) == set(ORDER)
    assert xyz_classes(np.array([0.5, 0.51, 1.0, 1.01])).tolist() == [0, 1, 1, 2]


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"money": (0.9, 0.8)}, "two shares in ascending order"),
        ({"money": (0.8, 95.0)}, "two shares in ascending order"),
        ({"regularity": (1.0, 0.5)}, "two numbers in ascending order"),
        ({"period_days": 0}, "period_days must be at least 1"),
        ({"priorities": {"DX": "let go"}}, "There is no class 'DX'; there are AX,"),
        ({"priorities": {"CX": "shoot"}}, "There is no priority 'shoot'; there are bring back first,"),
    ],
)
def test_classes_that_make_no_sense_are_refused(terms, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Classes(**terms)
