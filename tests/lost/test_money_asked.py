"""Is money that was taken for granted, or lost, asked for with the option that says it?"""

import pandas as pd
import pytest

import winback as wb
from winback.base.any_base import read_base
from winback.lost import on_pages
from winback.lost.in_short import first_called, lost_in_short
from winback.lost.money_asked import money_asked, revenue_as_margin

LOG = pd.DataFrame(
    {
        "Customer": [1, 1, 2, 2, 3, 3, 4, 5],
        "Order Date": ["2023-01-05", "2023-02-01", "2023-01-09", "2024-05-02", "2024-06-20", "2024-06-29"] * 1
        + ["2023-03-01", "2024-06-01"],
        "CDs": [1, 2, 1, 1, 3, 1, 2, 1],
        "Total": [9.0, 20.0, 7.5, 8.0, 33.0, 9.0, 19.0, 8.5],
    }
)
CONTRACTS = pd.DataFrame(
    {"Kunde": range(40), "Beginn": "2022-01-01", "Ende": ["2023-06-30", None] * 20, "DB": 12.5, "Filiale": "a"}
)


def test_a_column_of_money_that_was_not_taken_is_asked_for_by_name():
    (said,) = money_asked(read_base(LOG, until="2024-06-30"))
    assert (
        said
        == 'Money: nothing says what customers brought, so nobody is ranked. If Total does: --column "amount=Total"'
    )
    (said,) = money_asked(read_base(CONTRACTS, until="2024-12-31"))
    assert said.endswith('If DB does: --column "margin=DB"')
    (said,) = money_asked(read_base(CONTRACTS.drop(columns="DB"), until="2024-12-31"))
    assert said.endswith("Add a column margin to the table.")


def test_several_that_may_be_money_are_all_named():
    (said,) = money_asked(read_base(LOG.assign(Price=2.0), until="2024-06-30"))
    assert 'If one of Total and Price does, name it: --column "amount=Total"' in said
    (said,) = money_asked(read_base(LOG.rename(columns={"Total": "T"}), until="2024-06-30"))
    assert "If one of CDs and T does" in said


@pytest.mark.parametrize(
    ("table", "how"),
    [(LOG, {"columns": {"amount": "Total"}, "until": "2024-06-30"}),
     (CONTRACTS.rename(columns={"DB": "Monthly Revenue"}), {"until": "2024-12-31"})],
)  # fmt: skip
def test_revenue_taken_for_margin_and_dollars_are_said_until_they_are_stated(table, how):
    base = read_base(table, **how)
    share, currency = money_asked(base, how)
    assert "what customers paid is taken for margin" in share
    assert share.endswith("--margin-share 0.3")
    assert currency.startswith("Money: shown in $, as no currency was said")
    stated = how | {"margin_share": 0.4, "currency": "€"}
    assert money_asked(read_base(table, **stated), stated) == []
    assert revenue_as_margin(read_base(table, **stated)) == ""


@pytest.fixture(scope="module")
def shop():
    """Return what a page says first of the first customers of a shop's log."""
    log = wb.load_shop_study().purchases
    few = log[log["customer_id"].isin(log["customer_id"].unique()[:400])]
    return lost_in_short(wb.read_purchases(few, until="2024-06-30"))


def test_revenue_taken_for_margin_is_the_doubt_of_the_page(shop):
    found = shop
    assert found.describe().splitlines()[2].startswith("What customers paid is taken for margin")


def test_without_money_nobody_is_ranked():
    base = read_base(LOG, until="2024-06-30")
    assert "place" not in on_pages.call_list(base, lost_in_short(base).calls)


def test_the_list_begins_with_those_whom_the_page_says_to_call_first(shop):
    calls = shop.calls
    listed, first = on_pages.call_list(shop.base, calls), first_called(calls)
    assert 0 < len(first) < len(listed)
    assert listed["customer_id"].tolist() != calls.call_list()["customer_id"].tolist()
    assert listed["customer_id"].head(len(first)).tolist() == first["customer_id"].tolist()
    assert sorted(listed["customer_id"]) == sorted(calls.call_list()["customer_id"])
    assert listed["place"].tolist() == list(range(1, len(listed) + 1))
