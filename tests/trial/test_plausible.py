"""Is a unit that cannot be right named with what it would be, and nothing else suspected?"""

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.periods import DAYS_IN_MONTH, parse_period
from winback.trial.plausible import far_out

OFFERS = [wb.Offer(name="call", amount=1, paid="per_contact")]


@pytest.fixture(scope="module")
def study():
    return wb.simulate_telecom_study(5_300, calibrate=False, rng=2)


def units(trial):
    return [each.finding for each in trial.design.findings if each.check == "units"]


def test_a_table_in_its_units_is_not_suspected(study):
    assert units(study.trial) == []
    assert units(study.trial.over(horizon_months=6)) == []


@pytest.mark.parametrize(
    ("columns", "factor", "said"),
    [
        (["second_tenure", "followed"], DAYS_IN_MONTH, '"second stay" '),
        (["first_tenure"], DAYS_IN_MONTH, '"first stay" reaches'),
        (["months_away"], 365.25, '"months away" reaches'),
        (["second_margin"], 12, '"second margin" is typically 1'),
        (["first_margin"], 12, '"first margin" is typically 1'),
    ],
)
def test_days_and_years_are_noticed(study, columns, factor, said):
    table = study.lapsed.assign(**{name: study.lapsed[name] * factor for name in columns})
    trial = wb.read_trial(table, study.offers)
    assert any(text.startswith(said) for text in units(trial))
    assert trial.design.describe() != study.trial.design.describe()


def test_a_month_is_that_of_every_other_place():
    assert parse_period("M").days == DAYS_IN_MONTH


def paid(tmp_path, head="customer_id,offer,returned,value", sign="", **how):
    rows = [f"{number},{'call' if number % 2 else 'none'},{'yes' if number % 3 else 'no'}" for number in range(40)]
    rows = [f"{row},{sign}{number if number % 3 else 0}" for number, row in enumerate(rows)]
    path = tmp_path / "paid.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return wb.read_trial(path, OFFERS, **how)


def test_revenue_taken_for_value_is_noticed_until_the_share_of_margin_is_said(tmp_path):
    how = {"head": "customer_id,offer,returned,Revenue", "columns": {"value": "Revenue"}}
    (said,) = units(paid(tmp_path, **how))
    assert said.startswith('"Revenue" was read as value, which is margin, not revenue.')
    assert units(paid(tmp_path, **how, margin_share=0.4)) == []
    assert units(paid(tmp_path)) == []


def test_amounts_in_another_currency_than_is_shown_are_noticed(tmp_path):
    (said,) = units(paid(tmp_path, sign="€"))
    assert said.startswith("The table has amounts in EUR, which are shown in $")
    assert units(paid(tmp_path, sign="€", currency="€")) == []
    assert units(paid(tmp_path, sign="€", currency="EUR")) == []
    assert units(paid(tmp_path, sign="$")) == []


@pytest.mark.parametrize("cell", [999_999_999.0, -4e6])
@pytest.mark.parametrize("name", ["first_margin", "value"])
def test_a_cell_thousands_of_times_the_rest_is_named_with_its_customer(study, name, cell):
    table = pd.DataFrame({"customer_id": range(200), name: np.where(np.arange(200) % 2, 40.0, 0.0)})
    assert not list(far_out(table))
    table.loc[[17, 33], name] = cell
    (said,) = far_out(table)
    assert f"is {cell:,.0f} for customer 17 and alike for 1 more; all others are at most 40." in said
    table.loc[table.index % 4 == 1, name] = cell  # a unit, or another currency: no slip
    assert not list(far_out(table))


def test_the_design_of_a_trial_warns_of_such_a_cell(study):
    row = study.lapsed["offer"].ne("none").idxmax()
    wrong = study.lapsed.assign(first_margin=study.lapsed["first_margin"].where(study.lapsed.index != row, 1e9))
    (said,) = units(wb.read_trial(wrong, study.offers))
    assert said.startswith('"first margin" is 1,000,000,000 for customer')
