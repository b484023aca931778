"""Does the company show what was planted in it? Each figure from the tables alone, within 4 standard errors.

A law that holds in one draw of about 190,000 customers is judged by its Monte Carlo error in that draw.
"""

from functools import partial

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.datasets.telecom import company_assumptions as planted
from winback.datasets.telecom.calendar import LAST_DAY, day_of
from winback.datasets.telecom.managers import NAMES, indifferent

from .conftest import days

MONTH = 365.25 / 12
STANDARD_ERRORS = 4


def counted(since, end, window, exposed, left=True):
    """Count losses and days at risk within days (lo, lo + n_days], with and without the moment: a row of four."""
    lo, n_days = window
    at_risk = (since <= lo) & (end > lo)
    lost = at_risk & (end <= lo + n_days) & left
    watched = np.minimum(end, lo + n_days) - lo
    groups = (at_risk & exposed, at_risk & ~exposed)
    return [figure for rows in groups for figure in (lost[rows].sum(), watched[rows].sum())]


def log_hazard_ratio(rows):
    """Return the Mantel-Haenszel log ratio of hazards over strata, and its standard error."""
    lost, risk, lost_without, risk_without = np.array(rows, dtype=float).T
    total = risk + risk_without
    ratio = (lost * risk_without / total).sum() / (lost_without * risk / total).sum()
    return np.log(ratio), np.sqrt(1 / lost.sum() + 1 / lost_without.sum())


def assert_ratio(rows, truth):
    found, error = log_hazard_ratio(rows)
    assert found == pytest.approx(np.log(truth), abs=STANDARD_ERRORS * error)
    assert found > STANDARD_ERRORS * error, "the jump must stand out"


def assert_share(successes, share):
    error = np.sqrt(share * (1 - share) / len(successes))
    assert np.mean(successes) == pytest.approx(share, abs=STANDARD_ERRORS * error)


def first_lives(company):
    """Return first lives with tenure in days, so far where they are still here, and whether they left."""
    first = company.lives[company.lives["life"] == 1]
    tenure = np.minimum(first["end"], LAST_DAY) - first["start"]
    return first.assign(tenure=tenure, left=first["end"] <= LAST_DAY)


def of_tenure(company, event, moment, n_days):
    """Count around an event that comes on a certain day of a first life."""
    firsts = first_lives(company)
    happened = company.named[event]
    start = happened["customer_id"].map(firsts.set_index("customer_id")["start"])
    ids = happened.loc[happened["day"] - start == moment, "customer_id"]
    return counted(0, firsts["tenure"], (moment, n_days), firsts["customer_id"].isin(ids), firsts["left"])


# churn


def test_monthly_churn_reaches_three_percent_and_no_more(company):
    lives, churn = company.lives, []
    for month in range(0, 129):
        begin = day_of(month)
        here = (lives["start"] <= begin) & (lives["end"] > begin)
        churn.append((here & (lives["end"] <= day_of(month + 1))).sum() / here.sum())
    assert min(churn) > 0.02
    assert 0.028 < max(churn) < 0.0305
    assert planted.COMPETITOR_ENTERS <= np.argmax(churn) < planted.COMPETITOR_ENTERS + planted.COMPETITOR_MONTHS


@pytest.mark.parametrize("reason", planted.OTHER_CAUSES)
def test_others_leave_for_other_causes_at_the_planted_rates(company, reason):
    lives = company.lives[(company.lives["life"] == 1) & (company.lives["end"].between(1, day_of(130)))]
    months = 130 + (planted.COMPETITOR_RATIO - 1) * planted.COMPETITOR_MONTHS * (reason == "competitor")
    expected = planted.OTHER_CAUSES[reason] * 53_000 / 84 * months
    assert (lives["reason"] == reason).sum() == pytest.approx(expected, abs=STANDARD_ERRORS * np.sqrt(expected))


# moments


def around_welcome(company):
    return [
        of_tenure(company, "welcome_discount_end", day_of(month), planted.WELCOME_DAYS)
        for month in planted.WELCOME_SHARES
    ]


def around_renewals(company):
    moments = [day_of(planted.TERM_MONTHS * (place + 1)) for place in range(4)]
    return [of_tenure(company, "renewal", moment, planted.TERM_DAYS) for moment in moments]


def around_price_changes(company):
    lives, happened, rows = company.lives, company.named["price_change"], []
    for month in planted.PRICE_CHANGES:
        ids = happened.loc[happened["day"] == day_of(month), "customer_id"]
        window = (day_of(month), planted.PRICE_DAYS)
        rows.append(counted(lives["start"] + 1, lives["end"], window, lives["customer_id"].isin(ids)))
    return rows


def around_departures(company, by_team):
    served = company.served_by.assign(since=days(company.served_by["from"]), to=days(company.served_by["to"]))
    happened, rows = company.named["manager_left"], []
    for month in planted.DEPARTURES:
        day = day_of(month)
        managers = served[(served["since"] < day) & (served["to"] >= day)].groupby("customer_id")["manager"].size()
        ids = managers.index[(managers > 1) == by_team]
        lives = company.lives[company.lives["customer_id"].isin(ids)]
        exposed = lives["customer_id"].isin(happened.loc[happened["day"] == day, "customer_id"])
        rows.append(counted(lives["start"] + 1, lives["end"], (day, planted.MANAGER_DAYS), exposed))
    return rows


JUMPS = {
    "end of the welcome discount": (around_welcome, planted.WELCOME_RATIO),
    "renewal": (around_renewals, planted.TERM_RATIO),
    "price change": (around_price_changes, planted.PRICE_RATIO),
    "manager left, served alone": (partial(around_departures, by_team=False), planted.ALONE_RATIO),
    "manager left, served by a team": (partial(around_departures, by_team=True), planted.TEAM_RATIO),
}


@pytest.mark.parametrize("moment", JUMPS)
def test_the_hazard_jumps_after(company, moment):
    around, truth = JUMPS[moment]
    assert_ratio(around(company), truth)


@pytest.mark.slow
def test_hazards_jump_as_planted_in_other_draws_together(company_of):
    """Four draws in one, so that a bias of a jump could not hide in the error of one draw."""
    drawn = [company_of(wb.simulate_telecom_study(calibrate=False, rng=seed)) for seed in range(4)]
    for around, truth in JUMPS.values():
        assert_ratio([row for company in drawn for row in around(company)], truth)


def test_who_followed_went_with_their_manager(company):
    followed = company.truth.query("followed")
    said = company.contracts[company.contracts["went_to"] == "with their manager"]
    assert len(said) == len(followed) > 300
    assert set(said["customer_id"]) == set(followed["customer_id"])
    assert set(followed["customer_id"]) <= set(company.named["manager_left"]["customer_id"])


def test_customers_of_indifferent_managers_leave_for_indifference(company):
    blamed = company.contracts.query("reason == 'indifference'")["manager"].dropna()
    assert set(blamed.value_counts().index[: planted.N_INDIFFERENT]) == set(NAMES[indifferent()])


# surveys


def answers(company, event):
    """Answers with whether the customer was still here a year later."""
    joined = company.named[event].merge(company.lives[["customer_id", "start", "end"]], on="customer_id")
    here = joined[(joined["start"] <= joined["day"]) & (joined["day"] < joined["end"])]
    return here.assign(stays=here["end"] > here["day"] + planted.STAY_DAYS)


def test_odds_of_staying_a_year_are_twelve_times_as_high_where_the_seller_is_exceptional(company):
    rated = answers(company, "seller_rating")
    cells = pd.crosstab(rated["amount"] == 5, rated["stays"]).to_numpy().astype(float)
    log_odds = np.log(cells[1, 1] * cells[0, 0] / (cells[1, 0] * cells[0, 1]))
    error = np.sqrt((1 / cells).sum())
    assert log_odds == pytest.approx(np.log(planted.RATING_ODDS), abs=STANDARD_ERRORS * error)
    assert 10 < np.exp(log_odds) < 15


@pytest.mark.parametrize("stays", [True, False])
def test_satisfaction_says_little(company, stays):
    said = answers(company, "satisfaction").query(f"stays == {stays}")
    assert_share(said["amount"] >= 4, planted.SATISFIED[stays])


def test_four_in_five_leavers_had_called_themselves_satisfied(company):
    leavers = company.lives[(company.lives["end"] <= LAST_DAY) & company.lives["satisfaction"].notna()]
    assert (leavers["satisfaction"] >= 4).mean() == pytest.approx(0.81, abs=0.02)


# what they use, and whom the managers spend their time on


def test_volume_is_of_a_random_sample_in_the_same_months(company):
    volume, lives = company.named["volume"], company.lives
    assert volume["date"].nunique() == 12
    assert 19_000 < volume["customer_id"].nunique() <= planted.VOLUME_SAMPLE
    here = lives[(lives["start"] <= volume["day"].max()) & (lives["end"] >= volume["day"].min())]
    left = here["end"] <= volume["day"].max()
    share = left.mean()
    sampled = left[here["customer_id"].isin(volume["customer_id"])]
    assert sampled.mean() == pytest.approx(share, abs=0.02)  # those without one whole month are not seen


def test_volume_shrinks_before_half_of_those_leave_who_can_be_held(company):
    """Last three whole months against the three before: the planted factors say 2.1 to 2.85 where it shrinks."""
    wide = company.named["volume"].pivot(index="customer_id", columns="day", values="amount")
    lives, ratios = company.lives, []
    for place in range(6, wide.shape[1] + 1):
        six = wide.iloc[:, place - 6 : place].dropna()
        close = wide.columns[place - 1]
        here = lives[(lives["start"] <= close) & (lives["end"] > close)].set_index("customer_id").reindex(six.index)
        ratio = six.iloc[:, 3:].sum(axis=1) / six.iloc[:, :3].sum(axis=1)
        mendable = ~here["reason"].isin(planted.NOBODY_CAN_MEND)
        ratios.append(pd.DataFrame({"ratio": ratio, "leaves": here["end"] <= close + 28, "mendable": mendable}))
    seen = pd.concat(ratios)
    leaving, held = seen[seen["leaves"] & seen["mendable"]], seen[~seen["leaves"]]
    expected = np.sum(planted.SHRINKING[:3]) / (planted.SHRINKING[3] + 2)
    middle = (expected + 1) / 2  # between those whose volume shrinks and the others
    assert_share(leaving["ratio"] < middle, planted.SHRINKS)
    assert (held["ratio"] < middle).mean() < 0.1
    assert seen.loc[seen["leaves"] & ~seen["mendable"], "ratio"].mean() == pytest.approx(1, abs=0.1)


def test_sixty_percent_of_the_hours_go_to_customers_with_under_15_percent_of_the_profit(company):
    hours = company.named["hours"].groupby("customer_id")["amount"].sum()
    begin = (pd.Timestamp(planted.EFFORT_YEAR, 1, 1) - pd.Timestamp("2005-03-01")).days
    lives = company.lives[(company.lives["end"] > begin) & company.lives["customer_id"].isin(hours.index)]
    length = np.minimum(lives["end"] - 1, LAST_DAY) - np.maximum(lives["start"], begin) + 1
    year = lives.assign(profit=lives["margin"] * length, hours=lives["customer_id"].map(hours))
    year = year.sort_values("margin")
    low = year["profit"].cumsum() < planted.LOW_PROFIT * year["profit"].sum()
    share = year.loc[low, "hours"].sum() / year["hours"].sum()
    assert share == pytest.approx(planted.LOW_HOURS, abs=0.02)
    assert year.loc[low, "profit"].sum() / year["profit"].sum() < 0.15


# who comes back, and what is said


@pytest.mark.parametrize(("told", "share"), [(True, planted.BACK_TOLD), (False, planted.BACK_UNTOLD)])
def test_a_new_service_brings_some_back(company, known_ids, told, share):
    launch = day_of(planted.NEW_SERVICE)
    first = company.lives.query("life == 1").set_index("customer_id")
    lost = first["end"].between(day_of(planted.NEW_SERVICE - planted.NEW_SERVICE_LOST_SINCE), launch - 32)
    asked = first[lost & ~first["reason"].isin(planted.NOBODY_CAN_MEND) & ~first.index.isin(known_ids)]
    were_told = asked.index.isin(company.named["new_service"]["customer_id"])
    assert were_told.sum() == len(company.named["new_service"])
    assert_share(were_told, planted.TOLD)
    back_on = company.lives.query("life == 2").set_index("customer_id")["start"].reindex(asked.index)
    back = back_on.between(launch + 1, launch + planted.NEW_SERVICE_DAYS)
    assert_share(back[were_told == told], share)


@pytest.fixture(scope="module")
def known_ids(study):
    return study.lapsed["customer_id"]


@pytest.mark.parametrize("reporter", ["customer", "employee"])
@pytest.mark.parametrize("complained", [True, False])
def test_some_who_said_price_had_met_an_indifferent_employee(company, reporter, complained):
    truth = company.truth[company.truth["end"] <= pd.Timestamp("2015-12-31")].reset_index(drop=True)
    said = company.contracts[company.contracts["reason"].notna()].reset_index(drop=True)
    assert (said["customer_id"] == truth["customer_id"]).all()
    complaints = company.named["complaint"]
    spans = truth.reset_index().merge(complaints[["customer_id", "date"]], on="customer_id")
    inside = spans[(spans["start"] <= spans["date"]) & (spans["date"] <= spans["end"])]
    has = truth.index.isin(inside["index"])
    rows = (said["reason"] == "price") & (said["reported_by"] == reporter) & (has == complained)
    assert_share(truth.loc[rows, "true_reason"] == "indifference", planted.UNTRUE[(reporter, complained)])
    others = said["reason"] != "price"
    assert (truth.loc[others, "true_reason"] == said.loc[others, "reason"].astype(object)).all()


def test_texts_say_the_coded_reason_in_four_languages(company):
    said = company.contracts.dropna(subset=["exit_text"])
    reasons = said.groupby("exit_text")["reason"].agg(lambda rows: rows.astype(str).nunique())
    assert (reasons == 1).all()
    assert {"Too expensive", "Zu teuer", "Trop cher", "Слишком дорого"} <= set(reasons.index)
    assert_share(company.contracts.loc[company.contracts["reason"].notna(), "exit_text"].notna(), planted.TEXT_SHARE)
    assert said["reported_by"].notna().all()


def test_those_nobody_can_win_back_do_not_come_back(company):
    gone = company.lives[company.lives["reason"].isin(planted.NOBODY_CAN_MEND) & (company.lives["life"] == 1)]
    assert not gone["customer_id"].isin(company.lives.loc[company.lives["life"] == 2, "customer_id"]).any()
