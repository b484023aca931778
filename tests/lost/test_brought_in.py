"""Is a year's money the same figure wherever it stands: in the report, in triage, by reason and against effort?"""

import losses_by_hand
import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.lost.effort import effort_of

LAST = pd.Timestamp("2024-12-31")


@pytest.fixture(scope="module")
def company():
    """Return contracts of 300 who stay for a few days to three years, half of them raised on the way, and base."""
    rng = np.random.default_rng(11)
    n = 300
    start = pd.Timestamp("2021-01-01") + pd.to_timedelta(rng.integers(0, 900, n), unit="D")
    middle = start + pd.to_timedelta(rng.integers(5, 500, n), unit="D")
    end = middle + pd.to_timedelta(rng.integers(1, 600, n), unit="D")
    margin = rng.gamma(2, 20, n)
    first = pd.DataFrame({"customer_id": np.arange(n), "start": start, "end": middle, "margin": margin})
    second = first.assign(start=middle, end=end, margin=margin * rng.choice([1.0, 1.4], n))
    table = pd.concat([first, second], ignore_index=True)
    table = table[table["start"] < LAST].assign(end=lambda rows: rows["end"].where(rows["end"] < LAST))
    table["reason"] = np.where(table["end"].isna(), None, np.where(table["customer_id"] % 3 > 0, "price", "service"))
    events = pd.DataFrame({"customer_id": np.arange(n), "date": "2024-06-30", "event": "hours", "amount": 1.0})
    return table, wb.read_contracts(table, events, until=LAST)


@pytest.fixture(scope="module")
def shop():
    """Return a log of buyers, and its base; nobody buys again after 120 days of silence."""
    rng = np.random.default_rng(12)
    rows = []
    for who in range(200):
        days = rng.integers(0, 700) + np.cumsum(rng.integers(1, 100, rng.integers(1, 20)))
        rows += [(who, pd.Timestamp("2022-01-01") + pd.Timedelta(days=int(day)), rng.gamma(2, 9)) for day in days]
    log = pd.DataFrame(rows, columns=["customer_id", "date", "amount"])
    log = log[log["date"] <= LAST]
    people = pd.DataFrame({"customer_id": np.arange(200), "reason": ["price", "service"] * 100})
    return log, wb.read_purchases(log, customers=people, until=LAST, lost=120, margin_share=0.5)


def money_lost(base):
    """Return the money lost in all periods of the report that the base holds."""
    first = base.first_lives()["started_on"].min()
    report = wb.lost_report(base, period="D", since=first)
    return report.periods[["money_lost", "money_lost_within"]].sum().sum()


@pytest.mark.parametrize("kind", ["company", "shop"])
def test_report_triage_and_reasons_agree(kind, request):
    """Nobody has come back, so all of them speak of the same customers."""
    _, base = request.getfixturevalue(kind)
    lost, found = money_lost(base), wb.triage(base)
    assert len(found.customers) > 50
    assert found.customers["yearly_margin"].sum() == pytest.approx(lost)
    assert found.to_frame()["yearly_margin"].sum() == pytest.approx(lost)
    assert wb.reason_table(base).frame["money"].sum() == pytest.approx(lost)


def test_contracts_by_loop(company):
    table, base = company
    yearly = wb.triage(base).customers.set_index("customer_id")["yearly_margin"]
    for who, rows in table[table["customer_id"].isin(yearly.index)].groupby("customer_id"):
        assert yearly[who] == pytest.approx(losses_by_hand.money_by_day(rows, rows["end"].max()))


def test_purchases_by_loop(shop):
    log, base = shop
    yearly = wb.triage(base).customers.set_index("customer_id")["yearly_margin"]
    for who, rows in log[log["customer_id"].isin(yearly.index)].groupby("customer_id"):
        year = rows["date"] > rows["date"].max() - pd.Timedelta(days=365)
        assert yearly[who] == pytest.approx(0.5 * rows.loc[year, "amount"].sum())


def test_profit_beside_effort_is_the_same_of_those_who_are_here(company):
    table, base = company
    profit = pd.Series(effort_of(base).profit, index=base.ids)
    for who, rows in table[table["end"].isna()].groupby("customer_id"):
        own = table[table["customer_id"] == who]
        assert profit[who] == pytest.approx(losses_by_hand.money_by_day(own, LAST)), rows
