"""Are accounts above a share of turnover named, with what they are since they came back?"""

import pandas as pd
import pytest

import winback as wb


def base():
    """Return 96 small customers, and one that was 4% of turnover when it left and is 7% since."""
    small = pd.DataFrame({"customer_id": range(96), "start": "2020-01-01", "end": None, "margin": 1.0})
    large = pd.DataFrame(
        {"customer_id": 1000, "start": ["2020-01-01", "2023-01-01"], "end": ["2022-03-31", None]}
        | {"margin": [4.0, 96 * 0.07 / 0.93]}
    )
    other = pd.DataFrame({"customer_id": [96], "start": "2020-01-01", "end": ["2020-09-30"], "margin": 9.0})
    return wb.read_contracts(pd.concat([small, large, other]), until="2024-12-31", currency="$")


def test_an_account_of_4_percent_that_came_back_as_7_percent():
    report = wb.lost_report(base(), account_share=0.03)
    row = report.accounts.iloc[0]
    assert len(report.accounts) == 1
    assert row["customer_id"] == 1000
    assert row["money"] == pytest.approx(48)
    assert (row["share"], row["share_back"]) == (pytest.approx(0.04), pytest.approx(0.07))
    assert (str(row["lost_on"])[:10], str(row["returned_on"])[:10]) == ("2022-03-31", "2023-01-01")
    assert "1000 (4.0%, back since 2023-01-01 and 7.0% since)" in report.details()


def test_below_the_share_nobody_is_named():
    report = wb.lost_report(base(), account_share=0.05)
    assert not len(report.accounts)
    assert "No lost customer was 5.0% or more" in report.details()


def test_turnover_of_purchases_is_that_of_the_year_before_the_last_one():
    rows = [("large", "2022-06-01", 30.0), ("large", "2023-01-01", 50.0)]
    rows += [("small", f"{year}-{month:02d}-15", 10.0) for year in (2022, 2023, 2024) for month in range(1, 13)]
    log = pd.DataFrame(rows, columns=["customer_id", "date", "amount"])
    report = wb.lost_report(wb.read_purchases(log, until="2024-12-31", lost=250), period="M", account_share=0.2)
    row = report.accounts.iloc[0]
    assert (row["customer_id"], row["money"]) == ("large", 80.0)
    assert row["share"] == pytest.approx(80 / (80 + 120))
