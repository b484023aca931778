"""Do curves, competing risks, durations and contract models take a base, and is unwatched time not at risk?"""

import numpy as np
import pandas as pd
import pytest
from contracts_by_hand import on, table
from lifelines import KaplanMeierFitter, LogLogisticAFTFitter, LogNormalAFTFitter, WeibullAFTFitter
from sentences import hold_to_three
from statsmodels.duration.survfunc import SurvfuncRight

import winback as wb
from winback.pseudo_observations import pseudo_months
from winback.survival.goodness_of_fit import check_fit
from winback.survival.watched_from import check_always_watched

MONTH = 365.25 / 12
# A hand-made company: until day 400, grace 30, so that what is known is known for day 370.
ROWS = [
    (1, 0, 100, 10), (2, 0, 60, 10), (2, 80, 250, 10), (3, 30, 300, 10), (4, 50, None, 10), (5, 100, 200, 10),
    (5, 300, None, 10), (6, 250, 390, 10), (7, 380, None, 10), (8, 200, 371, 10), (9, 210, 370, 10),
]  # fmt: skip
TENURE = {1: 100, 2: 250, 3: 270, 4: 320, 5: 100, 6: 120, 8: 170, 9: 160}  # the seventh began after day 370
LEFT = {1, 2, 3, 5, 9}
STARTED = {1: 0, 2: 0, 3: 30, 4: 50, 5: 100, 6: 250, 8: 200, 9: 210}


def read(since=None, rows=None, **more):
    contracts = table(ROWS if rows is None else rows)
    contracts["reason"] = ["price", None, "moved", "price", None, None, None, None, None, "price", "moved"][
        : len(contracts)
    ]
    return wb.read_contracts(contracts, until=on(400), since=on(since), **more)


def watched(since):
    """Return (tenure, left, watched from) in months, by hand."""
    who = [each for each in TENURE if STARTED[each] + TENURE[each] > since]
    start = [max(since - STARTED[each], 0) / MONTH for each in who]
    return np.array([TENURE[each] / MONTH for each in who]), np.array([each in LEFT for each in who]), np.array(start)


def test_first_lives_are_seen_up_to_the_last_day_for_which_losses_are_known():
    lives = read().first_lives().set_index("customer_id")
    np.testing.assert_allclose(lives["first_tenure"] * MONTH, list(TENURE.values()))
    assert lives.index.tolist() == list(TENURE)
    assert set(lives.index[lives["first_ended"]]) == LEFT
    assert lives["reason"].dropna().to_dict() == {
        1: "price",
        2: "moved",
        3: "price",
        9: "moved",
    }  # of the last contract
    assert "first_watched_from" not in lives


def test_the_curve_of_a_base_is_that_of_first_lives():
    months, left, _ = watched(-1)
    expected = KaplanMeierFitter().fit(months, left)
    found = wb.survival_curve(read())
    assert (found.lifetime, found.frame["n"][0], found.frame["n_ended"][0]) == ("first", 8, 5)
    np.testing.assert_allclose(found.curves["survival"], expected.survival_function_.iloc[:, 0])
    again = wb.survival_curve(read().first_lives(), lifetime="first")
    pd.testing.assert_frame_equal(found.frame, again.frame)
    with pytest.raises(wb.TableError, match="has no group of 2 customers"):
        wb.survival_curve(read(), lifetime="second")


@pytest.mark.parametrize("day", [90, 100])  # by the second one begins to be watched at the age at which another left
def test_time_before_a_base_was_watched_is_not_at_risk(day):
    months, left, since = watched(day)
    assert since.max() > 2
    assert (day == 100) == bool(set(since) & set(months[left]))
    found = wb.survival_curve(read(since=day))
    steps = found.curves.iloc[1:]
    other = SurvfuncRight(months, left.astype(int), entry=since)
    there = np.isin(other.surv_times, steps["months"])
    np.testing.assert_allclose(steps["survival"][np.isin(steps["months"], other.surv_times)], other.surv_prob[there])
    np.testing.assert_allclose(steps["at_risk"][np.isin(steps["months"], other.surv_times)], other.n_risk[there])
    entered = KaplanMeierFitter().fit(months, left, entry=np.where(since > 0, since + 1e-9, 0))
    np.testing.assert_allclose(steps["survival"], entered.predict(steps["months"].to_numpy()))
    ends = entered.confidence_interval_.reindex(steps["months"], method="ffill").to_numpy()
    known = steps["survival"].to_numpy() > 0
    np.testing.assert_allclose(steps[["low", "high"]].to_numpy()[known], ends[known])
    hold_to_three(found, wb.survival_curve(read()))


def test_restricted_means_are_the_area_under_the_curve_and_their_errors_its_influence(rng):
    n = 400
    since, life = np.where(rng.random(n) < 0.5, rng.uniform(0, 20, n), 0), rng.exponential(20, n)
    kept = life > since
    since, life = since[kept], life[kept]
    months, left = np.minimum(life, since + 15), life <= since + 15
    horizon = 24.0
    pseudo = pseudo_months(months, left, horizon, since=since)
    curve = SurvfuncRight(months, left.astype(int), entry=since)
    assert pseudo.mean() == pytest.approx(area(curve, horizon), rel=1e-12)
    shift = 1e-4  # the influence of one customer is the slope in that customer's weight
    for place in (0, int(np.argmax(since)), int(np.argmax(months))):
        weights = np.ones(len(months))
        weights[place] += shift
        slope = (weighted_area(months, left, since, weights, horizon) - pseudo.mean()) / shift
        assert pseudo[place] - pseudo.mean() == pytest.approx(len(months) * slope, rel=2e-3)


def area(curve, horizon):
    times, share = np.append(0, curve.surv_times), np.append(1, curve.surv_prob)
    kept = times < horizon
    return float((np.diff(np.append(times[kept], horizon)) * share[kept]).sum())


def weighted_area(months, left, since, weights, horizon):
    share, total, last = 1.0, 0.0, 0.0
    for time in np.unique(months[left & (months < horizon)]):
        total, last = total + share * (time - last), time
        at_risk = weights[(since < time) & (months >= time)].sum()
        share *= 1 - weights[left & (months == time)].sum() / at_risk
    return total + share * (horizon - last)


def test_competing_risks_of_a_base(rng):
    n = 300
    rows = random_company(rng, n)
    contracts = table(rows).assign(reason=rng.choice(["price", "moved", "service"], n))
    base = wb.read_contracts(contracts, until=on(900), since=on(300))
    found = wb.competing_risks(base, horizon_months=12)
    lives = base.first_lives()
    since = lives["first_watched_from"].to_numpy()
    for reason in ("price", "moved"):
        cause = np.where(lives["first_ended"], np.where(lives["reason"] == reason, 1, 2), 0)
        expected = aalen_johansen(lives["first_tenure"].to_numpy(), cause, since, 12.0)
        share = found.frame.set_index("reason").loc[reason, "share"]
        assert share == pytest.approx(expected, rel=1e-9)
    still = found.curves[(found.curves["reason"] == "still there") & (found.curves["months"] <= 12)]["share"].iloc[-1]
    assert found.frame["share"].sum() + still == pytest.approx(1)
    assert "most frequent reason to leave by month 12" in found.describe()
    assert "again" not in found.describe() + found.details()
    assert "Left for" in found.table()
    hold_to_three(found)


def aalen_johansen(months, cause, since, horizon):
    share, total = 1.0, 0.0
    for time in np.unique(months[(cause > 0) & (months <= horizon)]):
        at_risk = ((since < time) & (months >= time)).sum()
        total += share * ((cause == 1) & (months == time)).sum() / at_risk
        share *= 1 - ((cause > 0) & (months == time)).sum() / at_risk
    return total


def test_losses_without_a_reason_are_a_reason_of_their_own():
    found = wb.competing_risks(read(), horizon_months=9).frame.set_index("reason")
    assert found["n_left"].to_dict() == {"moved": 2, "price": 2, "not known": 1}
    with pytest.raises(wb.TableError, match="`reason` is missing from the table"):
        wb.competing_risks(wb.read_contracts(table(ROWS), until=on(400)))


def random_company(rng, n, scale=300):
    start, stay = rng.integers(0, 700, n), np.ceil(rng.weibull(1.3, n) * scale).astype(int) + 1
    return [(who, int(start[who]), int(start[who] + stay[who]), 10) for who in range(n)]


@pytest.mark.parametrize(
    ("family", "fitter"),
    [("weibull", WeibullAFTFitter), ("lognormal", LogNormalAFTFitter), ("loglogistic", LogLogisticAFTFitter)],
)
def test_durations_allow_for_unwatched_time(rng, family, fitter):
    n = 400
    contracts = table(random_company(rng, n)).assign(size=rng.normal(0, 1, n))
    base = wb.read_contracts(contracts, until=on(900), since=on(400))
    found = wb.fit_duration(base, "size", family)
    lives = base.first_lives()
    frame = pd.DataFrame(
        {"T": lives["first_tenure"], "E": lives["first_ended"], "W": lives["first_watched_from"], "size": lives["size"]}
    )
    expected = fitter().fit(frame, "T", "E", entry_col="W")
    assert found.log_likelihood >= expected.log_likelihood_ - 1e-6
    assert found.log_likelihood == pytest.approx(expected.log_likelihood_, abs=1e-3)
    main = {"weibull": "lambda_", "lognormal": "mu_", "loglogistic": "alpha_"}[family]
    other = expected.summary.loc[(main, "size")]
    row = found.params.set_index("term").loc["size"]
    assert row["estimate"] == pytest.approx(other["coef"], abs=2e-3)
    assert row["std_error"] == pytest.approx(other["se(coef)"], rel=0.02)
    assert found.check_shape(base).frame["n"].tolist() == [len(lives)]
    assert len(found.predict(base, horizon_months=12)) == len(lives)
    hold_to_three(found)


def test_expected_ends_are_those_of_watched_time(rng):
    since = rng.uniform(0, 5, 200) * (rng.random(200) < 0.5)
    months = since + rng.exponential(10, 200)
    found = check_fit(months, months > 0, lambda t: np.broadcast_to(t, (200, t.shape[-1])) / 10, since=since)
    assert found.classes["expected"].sum() == pytest.approx(((months - since) / 10).sum())
    assert found.classes["observed"].sum() == 200


def test_the_figure_says_that_they_leave_and_not_again():
    base = read()
    ax = wb.plots.plot_incidence(wb.competing_risks(base, horizon_months=9))
    assert (ax.get_ylabel(), ax.get_xlabel()) == ("share left", "months since the start of the first lifetime")


def test_weighted_rows_are_rows_repeated_also_where_time_was_not_watched(rng):
    lives = wb.read_contracts(table(random_company(rng, 150)), until=on(900), since=on(400)).first_lives()
    lives = lives.drop(columns="started_on").assign(n=rng.integers(1, 4, len(lives)))
    repeated = lives.loc[lives.index.repeat(lives["n"])].assign(customer_id=range(lives["n"].sum()))
    one = wb.fit_duration(lives, "1", "weibull", lifetime="first", weights="n")
    other = wb.fit_duration(repeated, "1", "weibull", lifetime="first")
    np.testing.assert_allclose(one.params["estimate"], other.params["estimate"], rtol=1e-7)


def test_groups_are_compared_by_a_test_that_knows_who_was_watched(rng):
    n = 300
    contracts = table(random_company(rng, n)).assign(size=rng.choice(["big", "small"], n))
    base = wb.read_contracts(contracts, until=on(900), since=on(300))
    found = wb.survival_curve(base, "size", horizon_months=12)
    lives = base.first_lives()
    assert found.log_rank == pytest.approx(log_rank_by_hand(lives), rel=1e-9)
    whole = wb.survival_curve(wb.read_contracts(contracts, until=on(900)), "size", horizon_months=12)
    assert found.log_rank != whole.log_rank


def log_rank_by_hand(lives):
    from scipy.stats import chi2

    time, left, since = (lives[name].to_numpy() for name in ("first_tenure", "first_ended", "first_watched_from"))
    big = (lives["size"] == "big").to_numpy()
    surplus = variance = 0.0
    for each in np.unique(time[left]):
        risk, gone = (since < each) & (time >= each), left & (time == each)
        n, d, share = risk.sum(), gone.sum(), risk[big].sum() / risk.sum()
        surplus += gone[big].sum() - d * share
        variance += d * share * (1 - share) * (n - d) / max(n - 1, 1)
    return chi2.sf(surplus**2 / variance, 1)


def test_months_that_nobody_was_watched_in_are_refused():
    check_always_watched(np.array([5.0, 9.0]), np.array([0.0, 3.0]), "all")
    with pytest.raises(ValueError, match="No customer was watched from month 0 to month 2 of their first stay"):
        check_always_watched(np.array([5.0, 9.0]), np.array([2.0, 3.0]), "all")
    with pytest.raises(ValueError, match="No customer of a was watched from month 5 to month 6 of their first stay"):
        check_always_watched(np.array([5.0, 9.0]), np.array([0.0, 6.0]), "a")
    with pytest.raises(ValueError, match="was watched from month 5 to month 5"):
        check_always_watched(np.array([5.0, 9.0]), np.array([0.0, 5.0]), "all")


def test_a_table_of_lives_that_ended_before_they_were_watched_is_refused():
    lives = read(since=90).first_lives()
    lives.loc[2, "first_watched_from"] = 100.0
    with pytest.raises(wb.TableError, match="`first_watched_from` must be shorter than `first_tenure`; 1 of 8 rows"):
        wb.survival_curve(lives, lifetime="first")


@pytest.mark.slow
def test_left_truncated_curves_are_right_in_the_mean():
    """Recovery: 300 companies of 500, since the middle; the share still there after a year within 3 standard errors."""
    rng = np.random.default_rng(20240901)
    shares, naive = [], []
    for _ in range(300):
        rows = random_company(rng, 500, scale=250)
        known = [row for row in rows if row[2] > 350]  # those who left before are not in the table
        shares.append(wb.survival_curve(read_plain(known, since=on(350)), horizon_months=12).frame["still_there"][0])
        naive.append(wb.survival_curve(read_plain(known), horizon_months=12).frame["still_there"][0])
    truth = np.exp(-((364 / 250) ** 1.3))  # 366 days or more, which is 364 rounded up and one
    error = np.std(shares) / np.sqrt(len(shares))
    assert abs(np.mean(shares) - truth) < 3 * error
    assert np.mean(naive) - truth > 20 * error


def read_plain(rows, **how):
    return wb.read_contracts(table(rows), until=on(900), **how)


# whole periods


def test_contract_models_take_a_base():
    survivors = [1000, 869, 743, 653, 593, 551, 517, 491]
    lost = -np.diff(survivors)
    rows, who = [], 0
    for year, n in enumerate(lost, start=1):
        for _ in range(n):
            rows.append((who, year))
            who += 1
    rows += [(each, None) for each in range(who, 1000)]
    start = pd.Timestamp("2010-03-01")
    contracts = pd.DataFrame(
        {
            "customer_id": [each for each, _ in rows],
            "start": start,
            "end": [None if years is None else start + pd.DateOffset(years=years) for _, years in rows],
        }
    )
    base = wb.read_contracts(contracts, until="2017-03-31")  # seven years and the grace period
    fit = wb.fit_contracts(base, period="Y")
    expected = wb.fit_contracts(survivors, period="Y")
    np.testing.assert_allclose(fit.params["estimate"], expected.params["estimate"], rtol=1e-6)
    assert (fit.n, fit.n_ended) == (1000, int(lost.sum()))


def test_contract_models_refuse_a_base_watched_late_and_say_what_to_do():
    base = read(since=90)
    with pytest.raises(wb.TableError, match=r"`since` is .*: who left before that is not known.*base.in_periods"):
        wb.fit_contracts(base, period="M")
    assert base.in_periods("M")["customer_id"].tolist() == [5, 6, 8, 9]
    with pytest.raises(wb.TableError, match=r"(?s)`tenure` is what the base knows.*`period` must be written"):
        wb.fit_contracts(read(), tenure="x", period=30)


def test_first_lives_need_somebody_watched_for_longer_than_the_grace_period():
    with pytest.raises(ValueError, match="No customer has been watched for longer than the grace period of 30 days"):
        wb.survival_curve(wb.read_contracts(table([(1, 390, None, 5)]), until=on(400)))
