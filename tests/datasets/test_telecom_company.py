"""Is the company consistent with the study's leavers, and with itself?"""

import datetime

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.datasets.telecom import company_assumptions as planted
from winback.datasets.telecom.assumptions import assumptions_frame
from winback.datasets.telecom.calendar import LAST_DAY, MONTH_ZERO, SHORTEST_GAP, day_of, on, study_days
from winback.datasets.telecom.dictionary import MEANINGS_OF_EVENTS, columns_of
from winback.datasets.telecom.study import PARTS

from .conftest import days

DAYS_IN_MONTH = 365.25 / 12
STUDY_REASONS = ("price", "service", "both")
TABLES = ("contracts", "events", "served_by", "sent")


@pytest.fixture(scope="module")
def leavers(company):
    """First lives that ended in months 0 to 84 for one of the study's reasons."""
    lives = company.lives
    lost = lives["end"].between(day_of(0), day_of(84)) & lives["reason"].isin(STUDY_REASONS) & (lives["life"] == 1)
    return lives[lost].set_index("customer_id")


@pytest.fixture(scope="module")
def known(study):
    return study.lapsed.set_index("customer_id")


@pytest.fixture(scope="module")
def second(company, known):
    return company.lives.query("life == 2").set_index("customer_id").reindex(known.index)


# the study's leavers


def test_new_leavers_are_those_of_the_last_year_who_are_still_away(study, company):
    new = study.new_leavers.frame
    first = company.lives.query("life == 1").set_index("customer_id")
    away = (LAST_DAY - first["end"]) / DAYS_IN_MONTH
    back = company.lives.query("life == 2").set_index("customer_id")["start"].reindex(first.index) <= LAST_DAY
    wanted = first.index[(first["end"] <= LAST_DAY) & (away <= 12) & ~back]
    assert set(new["customer_id"]) <= set(wanted)
    assert len(new) > 0.85 * len(wanted)  # but for those who left so lately that it is not yet sure
    assert not set(new["customer_id"]) & set(study.lapsed["customer_id"])
    assert set(new) <= {*(column.name for column in wb.tables.LAPSED)}
    last = study.base.lives.drop_duplicates("customer_id", keep="last")
    again = last[
        last["ended"] & (last["life"] > 1) & ((pd.Timestamp(study.until) - last["end"]).dt.days / DAYS_IN_MONTH <= 12)
    ]
    assert study.new_leavers.left_out == {
        "pending on that day": int((last["pending"] & (last["life"] == 1)).sum()),
        "back before that day and lost once more by then": len(again),
    }


def test_the_losses_for_the_studys_reasons_in_its_seven_years_are_its_leavers(leavers, known):
    assert leavers.index.tolist() == known.index.tolist()
    assert (leavers["reason"].astype(object) == known["reason"].astype(object)).all()


@pytest.mark.parametrize("counted", [0, 1], ids=["last day not counted", "last day counted"])
def test_first_tenures_are_right_within_a_day(leavers, known, counted):
    apart = leavers["end"] - leavers["start"] + counted - known["first_tenure"] * DAYS_IN_MONTH
    assert apart.between(-1, 1).all()


def test_first_and_second_margins_are_right_to_the_cent(leavers, known, second):
    assert (leavers["margin"] - known["first_margin"]).abs().max() < 0.006
    back = known["returned"]
    assert (second["margin"] - known["second_margin"])[back].abs().max() < 0.006


def test_who_returned_did_so_on_the_day_of_the_offer_and_nobody_else(study, known, second):
    assert (second["start"].notna() == known["returned"]).all()
    back = known["returned"].to_numpy()
    assert (second["start"].to_numpy()[back] == days(study.sent["offered_on"])[back]).all()


@pytest.mark.parametrize("counted", [0, 1], ids=["last day not counted", "last day counted"])
def test_second_tenures_are_right_within_a_day(known, second, counted):
    second, known = second[known["returned"]], known[known["returned"]]
    seen = np.minimum(second["end"], LAST_DAY) - second["start"] + counted
    assert (seen - known["second_tenure"] * DAYS_IN_MONTH).between(-1, 1).all()
    assert ((second["end"] <= LAST_DAY) == known["second_ended"].astype(bool)).all()


def test_nobody_comes_back_within_the_grace_period(company):
    lives = company.lives
    away = lives["start"] - lives.groupby("customer_id")["end"].shift()
    assert away.min() >= SHORTEST_GAP == 32
    assert set(lives["life"]) == {1, 2, 3}


@pytest.mark.parametrize(
    ("event", "column"),
    [("complaint", "complaints"), ("complaint_resolved", "complaints_resolved"), ("referral", "referrals")],
)
def test_events_up_to_the_loss_count_as_the_study_does(company, leavers, known, event, column):
    happened = company.named[event]
    before = happened["day"] <= happened["customer_id"].map(leavers["end"])
    counts = happened[before].groupby("customer_id").size()
    assert (counts.reindex(known.index, fill_value=0) == known[column]).all()


def test_a_complaint_is_resolved_when_a_resolution_follows_it_however_that_is_read(company, leavers, known):
    """Every complaint that any resolution follows is counted: as many as the study says were resolved."""
    complaints, settled = (company.named[name] for name in ("complaint", "complaint_resolved"))
    left = complaints["customer_id"].map(leavers["end"])
    last = settled[settled["day"] <= settled["customer_id"].map(leavers["end"])].groupby("customer_id")["day"].max()
    followed = complaints["day"] <= complaints["customer_id"].map(last)  # on its day
    counts = complaints[followed & (complaints["day"] <= left)].groupby("customer_id").size()
    assert (counts.reindex(known.index, fill_value=0) == known["complaints_resolved"]).all()


def test_a_life_has_one_bout_of_complaints_and_a_settlement_is_on_the_day_of_its_own(company):
    complaints, settled = (company.named[name] for name in ("complaint", "complaint_resolved"))
    assert not complaints.duplicated(["customer_id", "day"]).any()
    assert len(settled.merge(complaints, on=["customer_id", "day"])) == len(settled)
    lives = company.lives[["customer_id", "life", "start", "end"]]
    own = complaints[["customer_id", "day"]].merge(lives, on="customer_id")
    own = own[(own["start"] <= own["day"]) & (own["day"] < own["end"])]
    days_of = own.groupby(["customer_id", "life"])["day"].agg(["min", "max", "size"])
    assert (days_of["max"] - days_of["min"] + 1 == days_of["size"]).all()


# the campaign


def test_sent_is_the_campaign(study, known, leavers):
    sent = study.sent.set_index("customer_id")
    assert list(study.sent) == columns_of("sent")["column"].tolist()
    for name in ("offer", "eligible", "offer_probability", "contact_attempts"):
        pd.testing.assert_series_equal(sent[name], known[name])
    away = days(sent["offered_on"]) - leavers["end"].to_numpy() - known["months_away"].to_numpy() * DAYS_IN_MONTH
    assert (np.abs(away) < 1).mean() > 0.99
    assert away.min() > -1
    assert away.max() < 1.6  # a month after the loss is put off to 32 days
    followed = LAST_DAY - days(sent["offered_on"]) - known["followed"].to_numpy() * DAYS_IN_MONTH
    assert np.abs(followed).max() < 1.6


@pytest.mark.parametrize("month", [0.0, 84.0])
def test_losses_at_the_edges_of_the_seven_years_stay_within(month):
    """Whoever left at the edge and was sent an offer a month later: within the years, and away for 32 days."""
    found = study_days(
        pd.DataFrame({"first_tenure": [10.0], "months_away": [1.0], "followed": [130.0 - month - 1.0]})
    ).iloc[0]
    assert day_of(0) <= found["end"] <= day_of(84)
    assert found["offered"] - found["end"] >= SHORTEST_GAP


# the calendar


def test_the_study_ends_on_the_last_day_of_2015(study):
    assert study.until == datetime.date(2015, 12, 31)
    assert on(day_of(0)) == np.datetime64("2005-03-01") == np.datetime64(MONTH_ZERO)


def test_nothing_comes_after_the_end_and_no_contract_ends_before_it_starts(company):
    end = pd.Timestamp("2015-12-31")
    contracts, served = company.contracts, company.served_by
    for dates in (contracts["start"], contracts["end"], company.events["date"], served["from"], served["to"]):
        assert dates.max() <= end
    assert not (contracts["end"] < contracts["start"]).any()
    assert not (served["to"] < served["from"]).any()
    assert contracts["start"].min() >= pd.Timestamp("2000-02-25")  # month -60, and what is lost by rounding


def test_everything_but_the_news_of_a_service_happened_in_a_life(company):
    happened = company.events[company.events["event"] != "new_service"]
    spans = company.lives[["customer_id", "start", "end"]]
    joined = happened[["customer_id", "day"]].reset_index().merge(spans, on="customer_id")
    inside = joined[(joined["start"] <= joined["day"]) & (joined["day"] <= joined["end"])]
    assert inside["index"].nunique() == len(happened)


def test_who_served_did_so_within_a_life_and_every_managed_life_was_served_throughout(company):
    spans = company.lives[["customer_id", "life", "start", "end"]]
    served = company.served_by.assign(since=days(company.served_by["from"]), to=days(company.served_by["to"]))
    joined = served.reset_index().merge(spans, on="customer_id")
    inside = joined[(joined["start"] <= joined["since"]) & (joined["to"] <= joined["end"])]
    assert inside["index"].nunique() == len(served)
    whole = inside.groupby(["customer_id", "life"]).agg(
        since=("since", "min"), start=("start", "min"), to=("to", "max"), end=("end", "max")
    )
    assert (whole["since"] == whole["start"]).all()
    assert (whole["to"] == whole["end"]).all()
    managed = company.contracts.groupby("customer_id")["manager"].count() > 0
    assert set(whole.index.get_level_values(0)) == set(managed.index[managed])


# columns, figures, draws


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_in_the_dictionary(study, table):
    assert list(getattr(study, table)) == columns_of(table)["column"].tolist()


def test_every_event_is_in_the_dictionary(company):
    assert set(company.named) == set(MEANINGS_OF_EVENTS)


@pytest.mark.slow
def test_the_tables_pass_their_checks_unchanged(study):
    checked = wb.tables.check_contracts(study.contracts)
    pd.testing.assert_frame_equal(checked, study.contracts, check_categorical=False)
    pd.testing.assert_frame_equal(wb.tables.check_events(study.events), study.events, check_categorical=False)


def test_what_is_planted_is_named_once_as_assumed():
    figures = assumptions_frame()
    assert figures["name"].is_unique
    names = {figure[0] for figure in planted.company_figures()}
    assert names == set(figures.loc[figures["source"] == "assumed", "name"].tail(len(names)))


def test_new_streams_are_the_last_so_that_older_draws_stay():
    assert PARTS[-2:] == ("company", "second_reason")


def test_a_study_draws_the_same_company_again_and_another_seed_another_one():
    def drawn(seed):
        return wb.simulate_telecom_study(1_060, calibrate=False, rng=seed)

    first, again, other = drawn(3), drawn(3), drawn(4)
    for table in TABLES:
        pd.testing.assert_frame_equal(getattr(first, table), getattr(again, table))
        assert not getattr(first, table).equals(getattr(other, table))
    assert len(first.contracts) == pytest.approx(240_000 / 50, rel=0.1)
