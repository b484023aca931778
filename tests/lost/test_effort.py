"""On whom does the time go? The article's wholesaler, the study's planted hours, and whether intervals hold."""

import losses_by_hand
import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.datasets.telecom import company_assumptions as planted
from winback.lost.effort import Effort, effort_of


def test_a_furniture_wholesaler():
    """Managers spent 60% of their time on customers who gave under 15% of the profit; seen by ABC from the tables."""
    margin = [*[200.0] * 4, *[10.0] * 14]
    hours = [*[10.0] * 4, *[60 / 14] * 14]
    n = len(margin)
    table = pd.DataFrame({"customer_id": range(n), "start": "2020-01-01", "end": None, "margin": margin})
    events = pd.DataFrame({"customer_id": range(n), "date": "2024-06-30", "event": "hours", "amount": hours})
    found = wb.triage(wb.read_contracts(table, events, until="2024-12-31")).effort.on_lowest(0.15)
    assert found["n"] == 14
    assert found["effort"] == pytest.approx(0.6)
    assert found["profit_share"] == pytest.approx(140 / 940)
    assert found["profit_share"] < 0.15


@pytest.mark.slow
def test_hours_planted_in_the_study_are_found_from_its_tables(study):
    base = study.base
    effort = effort_of(base)
    found = effort.on_lowest(planted.LOW_PROFIT, level=0.99)
    assert found["effort_low"] < planted.LOW_HOURS < found["effort_high"]
    assert found["effort_high"] - found["effort_low"] < 0.04
    assert effort.on_lowest(0.15)["profit_share"] < 0.15
    assert "60" in wb.triage(base).describe().splitlines()[1][:3]


def test_shares_by_class_add_up_and_by_loop(study):
    base = study.base
    effort = effort_of(base)
    table = effort.by_class((0.8, 0.95))
    assert table[["profit_share", "hours_share", "contacts_share"]].sum().tolist() == pytest.approx([1, 1, 1])
    last, first = pd.Timestamp("2015-12-31"), pd.Timestamp("2014-12-31")
    served = base.served_by
    ids = served.loc[served["to"].isna() | (served["to"] > first), "customer_id"].drop_duplicates()
    ids = ids.sample(300, random_state=1)
    rows = base.contracts[base.contracts["customer_id"].isin(ids)].set_index("customer_id")
    profit = {who: losses_by_hand.money_by_day(rows.loc[[who]], last) for who in ids}
    places = base.ids.get_indexer(list(profit))
    np.testing.assert_allclose(effort.profit[places], list(profit.values()))
    hours = base.events.query("event == 'hours' and date > '2014-12-31'").groupby("customer_id")["amount"].sum()
    np.testing.assert_allclose(effort.spent["hours"][base.ids.get_indexer(hours.index)], hours)


def test_intervals_hold_what_was_planted():
    """Share .95 of 600 draws hold the true share of hours, within three Monte Carlo errors."""
    rng, n_draws, n = np.random.default_rng(5), 600, 500
    profit = rng.gamma(2, 50, n)
    low = np.zeros(n, dtype=bool)
    order = np.argsort(profit)
    low[order] = np.cumsum(profit[order]) < 0.145 * profit.sum()
    mean = np.where(low, 0.6 * 2000 / low.sum(), 0.4 * 2000 / (~low).sum())
    held = 0
    for _ in range(n_draws):
        effort = Effort({"hours": rng.gamma(2, mean / 2)}, profit, profit, np.ones(n, dtype=bool), "all")
        found = effort.on_lowest(0.145)
        held += found["effort_low"] <= 0.6 <= found["effort_high"]
    assert abs(held / n_draws - 0.95) < 3 * np.sqrt(0.95 * 0.05 / n_draws)


def test_the_unit_of_money_does_not_matter():
    rng = np.random.default_rng(6)
    profit, hours = rng.gamma(2, 9, 80), rng.gamma(2, 3, 80)
    one, other = (Effort({"hours": hours}, profit * k, profit * k, hours > 0, "all").on_lowest() for k in (1.0, 1000.0))
    assert one == pytest.approx(other)


def test_contacts_without_a_number_count_as_one_each_and_old_ones_not_at_all():
    table = pd.DataFrame({"customer_id": [1, 2], "start": "2020-01-01", "end": None, "margin": [9.0, 1.0]})
    events = pd.DataFrame(
        {"customer_id": [1, 1, 2, 2], "event": "contact", "amount": [None, None, 2.0, 7.0]}
        | {"date": ["2024-03-01", "2024-04-01", "2024-05-01", "2023-05-01"]}
    )
    effort = effort_of(wb.read_contracts(table, events, until="2024-12-31"))
    assert effort.spent["contacts"].tolist() == [2.0, 2.0]
    assert effort.main == "contacts"
    assert effort_of(wb.read_contracts(table, until="2024-12-31")) is None
