"""Are the telecom company's planted facts found from its tables alone: who was lost when, and who came back unasked?"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.datasets.telecom import company_assumptions as planted
from winback.datasets.telecom.calendar import on
from winback.datasets.telecom.managers import NAMES, NEVER, departures, indifferent
from winback.lost.small_groups import MORE
from winback.uncertainty import share_interval

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def report(study):
    return wb.lost_report(study.base, sent=study.sent)


@pytest.fixture(scope="module")
def true_lives(study):
    """Return the lives that are true, short gaps being no loss."""
    truth = study.company.truth.sort_values(["customer_id", "start"], ignore_index=True)
    same = truth["customer_id"].eq(truth["customer_id"].shift(-1))
    assert ((truth["start"].shift(-1) - truth["end"])[same].dt.days > study.base.grace_days).all()
    return truth


def test_every_month_has_the_customers_and_losses_of_the_truth(report, true_lives):
    """The truth has lives that go on beyond the end of the data, and knows no contracts."""
    starts = report.periods["start"].to_numpy()
    start, end = true_lives["start"].to_numpy(), true_lives["end"].to_numpy()
    assert report.periods["n"].tolist() == [int(((start < edge) & (end >= edge)).sum()) for edge in starts]
    last = report.periods["end"].iloc[-1].to_datetime64()
    month = np.searchsorted(starts, end[end <= last], side="right") - 1
    ended = np.bincount(month, minlength=len(starts))
    assert (report.periods["n_lost"] + report.periods["n_lost_within"]).tolist() == ended.tolist()


@pytest.mark.parametrize(("eligible", "truth"), [(True, 0.06), (False, 0.02)])
def test_organic_return_of_those_never_contacted(study, eligible, truth):
    sent = study.sent
    ids = sent["customer_id"][(sent["offer"] == "none") & (sent["eligible"] == eligible)]
    base = wb.read_contracts(study.contracts[study.contracts["customer_id"].isin(ids)], until=study.until)
    found = wb.lost_report(base).chance_of_return(0, within_months=48).iloc[0]
    assert found["chance_low"] < truth < found["chance_high"]
    assert found["chance_high"] - found["chance_low"] < 0.02


def test_the_held_out_are_in_the_report_with_offers_what_they_are_alone(study, report):
    """Those who were sent an offer are watched until it went out, and bring in no return of its making."""
    sent = study.sent[study.sent["offer"] != "none"]
    assert report.organic.n_sent <= len(sent)
    without = wb.lost_report(study.base).returns.set_index("months")["returned"]
    assert (report.returns.set_index("months")["returned"].loc[12:] < without.loc[12:]).all()


def test_returns_by_themselves_are_those_of_whom_nobody_turned_to(study, report):
    """Half of those lost before the launch were told of it, and 12 in 100 of them came back: not by themselves."""
    assert report.organic.n_told > 1_000
    quiet = study.base.events[study.base.events["event"] != "new_service"]
    with_them = wb.lost_report(replace(study.base, events=quiet), sent=study.sent)
    alone, both = (each.chance_of_return(0, within_months=24).iloc[0]["chance"] for each in (report, with_them))
    assert alone < 0.85 * both


@pytest.fixture(scope="module")
def after_departures(study):
    """Return groups by manager in the 92 days after each departure, with who left and who was here all the time."""
    found = []
    for place, day in enumerate(departures()):
        if day < NEVER:
            since = pd.Timestamp(on(day))
            known = study.base.as_of(since + pd.Timedelta(days=planted.MANAGER_DAYS + 31))
            report = wb.lost_report(known, by="manager", period=f"{planted.MANAGER_DAYS}D", since=str(since.date()))
            found.append((NAMES[place], report.groups.set_index("group")))
    return found


def test_customers_follow_a_manager_who_leaves_as_planted(after_departures):
    lost = n = expected = 0
    for name, groups in after_departures:
        free = groups.loc["not known", "share_lost"]  # customers without a manager of their own
        n, lost = n + groups.loc[name, "n"], lost + groups.loc[name, "n_lost"]
        expected += groups.loc[name, "n"] * (1 - (1 - free) ** planted.ALONE_RATIO)
    low, high = share_interval(lost, n)
    assert low < expected / n < high


def test_managers_whose_customers_follow_them_are_named_and_good_ones_are_not(after_departures):
    bad, blamed = set(NAMES[indifferent()]), 0
    for name, groups in after_departures:
        named = set(groups.index[groups["verdict"] == MORE])
        assert name in named
        blamed += any(name not in group and group not in bad for group in named)  # a team has the one who left in it
    assert blamed <= 1  # of twelve comparisons at 2.5% each: two or more are a chance of 3.5%


def test_the_table_of_contracts_alone_blames_those_who_left(study):
    """It names the last manager only: who was handed on is the next one's, and only the lost remain with the first."""
    contracts = study.contracts
    blind = wb.lost_report(
        wb.read_contracts(contracts, until=study.until), by="manager", period="Y", since="2008-01-01"
    )
    told = wb.lost_report(study.base, by="manager", period="Y", since="2008-01-01")
    assert blind.groups["share_lost"].max() > 0.9 > told.groups["share_lost"].max()
    assert "overwritten" in blind.details()
