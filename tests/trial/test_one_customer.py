"""Is one customer who decides every mean named, and nobody else?"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import winback as wb
from winback.trial.one_customer import CHECK, FEW, LARGE, check_one_customer


def paid(*values):
    return pd.DataFrame({"customer_id": range(1, len(values) + 1), "value": values})


def test_a_slip_of_the_pen_is_named_with_customer_share_and_distance():
    (found,) = check_one_customer(paid(*[10.0] * 99, 99_999_999.0))
    assert found.verdict == "warning"
    assert found.finding.startswith('Customer 100 has 100% of all "value" (10,000,000 times the next largest)')


@pytest.mark.parametrize("table", [paid(*[10.0] * 99), paid(*[0.0] * 99), paid(*[0.0] * 99, 5.0), paid()])
def test_nothing_is_said_of_even_money_or_of_few(table):
    assert check_one_customer(table) == []


@given(st.lists(st.integers(-(10**6), 10**6), min_size=FEW, max_size=80), st.randoms(use_true_random=False))
def test_who_is_named_does_not_depend_on_units_or_order(values, random):
    money = np.abs(values)
    expected = bool((money > 0).sum() >= FEW and money.max() / money.sum() >= LARGE)
    shuffled = random.sample(values, len(values))
    for each in (values, shuffled, [value * 100 for value in values]):
        assert bool(check_one_customer(paid(*each))) == expected


def test_it_is_said_of_a_trial_before_its_figures():
    study = wb.simulate_telecom_study(5_300, calibrate=False, rng=2)
    assert CHECK not in {each.check for each in study.trial.design.findings}
    first = study.lapsed.index[study.lapsed["second_margin"] > 0][0]
    slip = study.lapsed["second_margin"].where(study.lapsed.index != first, 1e9)
    design = wb.read_trial(study.lapsed.assign(second_margin=slip), study.offers).design
    assert "and decides every mean. Is the row right?" in design.describe()
