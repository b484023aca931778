"""Is a forecast of leaving judged on later months, rightly, and found wrong where it is?"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from at_risk import base_at_risk
from scipy.special import logit
from scipy.stats import mannwhitneyu

import winback as wb

FORMULA = "log1p(tenure) + since_complaint + plan"


@pytest.fixture(scope="module")
def drawn():
    base, truth = base_at_risk(6_000, rng=5)
    return wb.fit_churn_risk(base, FORMULA), truth[truth["month"] >= 30]


@pytest.fixture(scope="module")
def check(drawn):
    return drawn[0].check(months=6)


def by_row(fit, truth):
    """Return the chance of leaving of each customer and month of the last six, by the fit to earlier ones."""
    earlier = fit.refitted(fit.starts[:-7])  # who left in the month before is not known yet
    rows = truth.assign(plan=np.where(truth["small"], "small", "large"))
    rows = rows[["tenure", "since", "plan"]].rename(columns={"since": "since_complaint"})
    return np.array([earlier.score(each) for each in rows.to_dict("records")])


def test_figures_are_those_of_single_rows(drawn, check):
    chance, left = by_row(*drawn), drawn[1]["left"].to_numpy()
    assert (check.n, check.n_lost) == (len(left), left.sum())
    assert check.total[0] == pytest.approx(chance.sum())
    area = mannwhitneyu(chance[left], chance[~left]).statistic / (left.sum() * (~left).sum())
    assert check.ranked_right == pytest.approx(area)
    assert check.brier == pytest.approx(((chance - left) ** 2).mean())
    found = sm.Logit(left.astype(float), sm.add_constant(logit(chance))).fit(disp=0)
    assert check.slope == pytest.approx(found.params[1], rel=1e-6)
    assert check.slope_low == pytest.approx(found.conf_int()[1, 0], rel=1e-6)
    assert check.frame["n"].sum() == len(left)
    assert check.frame["observed"].sum() == pytest.approx(left.sum())
    assert check.frame["expected"].sum() == pytest.approx(chance.sum())
    assert check.frame["expected_share"].is_monotonic_decreasing
    riskiest = np.sort(chance)[::-1][: check.frame["n"].iloc[0]]
    assert check.frame["expected"].iloc[0] == pytest.approx(riskiest.sum())


def test_a_right_model_is_found_right_and_ranks_as_the_truth_does(drawn, check):
    truth = drawn[1]
    assert 0.9 < check.slope < 1.1
    assert check.verdict.startswith("The forecast fits")
    left = truth["left"].to_numpy()
    chance = truth["chance"].to_numpy()
    of_truth = mannwhitneyu(chance[left], chance[~left]).statistic / (left.sum() * (~left).sum())
    assert check.ranked_right == pytest.approx(of_truth, abs=0.01)
    assert check.ranked_low < of_truth < check.ranked_high
    assert check.brier < check.brier_constant
    inside, of = check.covered
    assert inside >= of - 2
    assert len(check.describe().splitlines()) == 3


def test_months_in_which_others_leave_are_a_miss():
    base, _ = base_at_risk(4_000, rng=6, later=0.8)
    found = wb.fit_churn_risk(base, FORMULA).check(months=6)
    assert found.verdict.startswith("The forecast misses")
    assert "too low" in found.verdict
    assert found.frame["inside"].sum() <= 5


def test_the_ends_of_the_area_are_those_of_redraws(drawn, check):
    chance, left = by_row(*drawn), drawn[1]["left"].to_numpy()
    rng, areas = np.random.default_rng(1), []
    for _ in range(150):
        rows = rng.integers(0, len(left), len(left))
        one, gone = chance[rows], left[rows]
        areas.append(mannwhitneyu(one[gone], one[~gone]).statistic / (gone.sum() * (~gone).sum()))
    half = (check.ranked_high - check.ranked_low) / 2
    assert half == pytest.approx(1.96 * np.std(areas), rel=0.2)


def test_losses_that_nobody_had_flagged_are_counted(drawn, check):
    found = check.unforeseen()
    row = found.frame.iloc[0]
    assert row["n"] == check.n_lost == len(check.losses)
    assert row["n_unforeseen"] == check.losses["warned"].isna().sum() == len(found.customers)
    assert row["share_low"] < row["share"] < row["share_high"]
    assert 0 < row["share"] < row["by_lot"] < 1
    assert f"picked at random instead, {100 * row['by_lot']:.1f}% would have" in found.describe()
    how_sure = check.describe().splitlines()[0]
    assert f"caught {1 - row['share']:.0%} of those who left" in how_sure
    assert how_sure.endswith(f"picked at random would have caught {1 - row['by_lot']:.0%}.")
    assert found.table()["Left for"].iloc[0] == "anything"
    margin = check.losses["margin"]
    assert row["margin_share"] == pytest.approx(margin[check.losses["warned"].isna()].sum() / margin.sum())
    truth = drawn[1].assign(chance=by_row(*drawn))
    flagged = (
        truth.groupby("month")["chance"].rank(ascending=False, method="first")
        <= (0.1 * truth.groupby("month")["chance"].transform("size")).round()
    )
    first = truth[flagged].groupby("customer_id")["month"].min()
    lost = truth[truth["left"]].set_index("customer_id")["month"]
    never = ~(first.reindex(lost.index) <= lost)
    assert row["n_unforeseen"] == pytest.approx(never.sum(), abs=25)  # equal risks may be cut off elsewhere
    everybody = drawn[0].check(months=6, flagged=0.99).unforeseen()
    assert everybody.frame["share"].iloc[0] < 0.05


def test_lots_miss_as_many_as_drawing_as_many_new_customers_each_month_does(drawn, check):
    """Draws by hand among those watched, against the chance worked out: within 4 standard errors of 80 draws."""
    truth, rng = drawn[1], np.random.default_rng(1)
    months = [rows["customer_id"].to_numpy() for _, rows in truth.groupby("month")]
    lost = truth[truth["left"]].set_index("customer_id")["month"] - 30
    risk = truth.assign(chance=by_row(*drawn))
    ever, news = set(), []
    for _, rows in risk.groupby("month"):
        top = rows.nlargest(round(0.1 * len(rows)), "chance")["customer_id"]
        news.append(len(set(top) - ever))
        ever |= set(top)
    missed = []
    for _ in range(80):
        first = {}
        for month, (there, n) in enumerate(zip(months, news, strict=True)):
            free = [each for each in there if each not in first]
            first |= dict.fromkeys(rng.choice(free, n, replace=False), month)
        missed.append(np.mean([first.get(each, 9) > month for each, month in lost.items()]))
    by_lot = check.unforeseen().frame["by_lot"].iloc[0]
    assert by_lot == pytest.approx(np.mean(missed), abs=4 * np.std(missed) / np.sqrt(80) + 0.003)


def test_reasons_that_nothing_foretells_are_named(check):
    found = check.unforeseen()
    row = found.frame.iloc[0]
    blind = row.to_dict() | {"in_words": "moving", "share_high": row["by_lot"] + 0.01}
    plain = row.to_dict()
    told = replace(found, frame=pd.DataFrame([plain, plain, blind]))
    assert list(told.as_by_lot["in_words"]) == ["moving"]
    assert (
        "losses recorded as moving did about as often, so nothing in the data is shown to announce" in told.describe()
    )


def test_net_benefit_is_what_the_losses_among_the_contacted_come_to(check):
    found = check.net_benefit(cost=2.0, share_prevented=0.25, months=9, worth_lost=4.0)
    rows = check.customers.sort_values("within", ascending=False, kind="stable")
    for row in found.iloc[[0, 9, 49, 99]].itertuples():
        first = rows.head(row.n)
        left = first[first["left_in"] > 0]
        kept = (left["margin"] * (9 - left["left_in"]) - 4.0).sum()  # from the month of leaving to the ninth
        assert row.net_benefit == pytest.approx(0.25 * kept - 2 * row.n)
        assert row.n_left == len(left)
    assert found["n_left"].iloc[-1] == (check.customers["left_in"] > 0).sum()
    assert found["net_benefit"].iloc[-1] == pytest.approx(found["net_benefit_by_gain"].iloc[-1])  # all are contacted
    few = found["share"] <= 0.3
    assert found.loc[few, "net_benefit_by_gain"].sum() > found.loc[few, "net_benefit"].sum()
    short = check.net_benefit(cost=0.0, share_prevented=1.0, months=3)
    soon = check.customers[check.customers["left_in"].between(1, 3)]
    assert short["net_benefit"].iloc[-1] == pytest.approx((soon["margin"] * (3 - soon["left_in"])).sum())


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"months": 0}, "months must be from 1 to"),
        ({"months": 36}, "months must be from 1 to"),
        ({"flagged": 0.0}, "flagged"),
    ],
)
def test_what_cannot_be_judged_is_refused(drawn, how, said):
    with pytest.raises(ValueError, match=said):
        drawn[0].check(**how)


def test_too_few_losses_to_judge_by_are_told():
    base, truth = base_at_risk(150, rng=2)
    fit = wb.fit_churn_risk(base, "tenure")
    assert truth.loc[truth["month"] == 35, "left"].sum() < 10
    with pytest.raises(ValueError, match=r"Only \d left in what is held out: at least 10 are needed to judge by"):
        fit.check(months=1)


def test_customers_and_months_of_the_check_are_those_watched(drawn, check):
    truth = drawn[1]
    first = truth[truth["month"] == 30]
    assert sorted(check.customers["customer_id"]) == sorted(first["customer_id"])
    left = truth[truth["left"]].set_index("customer_id")["month"]
    wanted = check.customers["customer_id"].map(left - 29).fillna(0)
    assert check.customers["left_in"].tolist() == wanted.tolist()
    assert pd.Timestamp(check.since) == pd.Timestamp("2023-07-01")


def test_the_fit_that_is_judged_saw_nothing_of_the_months_held_out():
    """It is that of a base read on the day before they begin, when it is not known yet who left in the last month."""
    base, _ = base_at_risk(3_000, rng=5, volumes=True)
    for formula in (FORMULA, None):
        fit = wb.fit_churn_risk(base, formula, months=24)
        earlier = fit.refitted(fit.starts[:-7])
        then = base.as_of(str(np.datetime64(int(fit.starts[-7]) - 1, "D")))
        plain = wb.fit_churn_risk(then, formula, months=17)
        assert earlier.formula == plain.formula
        np.testing.assert_allclose(earlier.coefficients, plain.coefficients, rtol=1e-9, atol=1e-9)
        assert earlier.drift.delta == pytest.approx(plain.drift.delta)
