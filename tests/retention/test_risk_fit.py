"""Does the fitted model say the same of one customer as of all, and carry months forward as they come?"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from at_risk import A, B, C, D, base_at_risk, drawn, read
from scipy.special import expit

import winback as wb
from winback.doors import ArgumentError
from winback.retention.keeping import Keeping, gain_if_they_go_on_leaving, gain_of_keeping, left_alone
from winback.retention.person_months import month_starts
from winback.retention.risk_ahead import drift_of

FORMULA = "log1p(tenure) + since_complaint + plan"


@pytest.fixture(scope="module")
def fit():
    return wb.fit_churn_risk(base_at_risk(2_500, rng=1)[0], FORMULA)


def raw(fit):
    """Return the values of everybody here, as one would say them on the telephone."""
    known = fit.ahead(None, 1).known
    frame = pd.DataFrame({name: known.told[name] for name in ("tenure", "since_complaint")})
    plan = np.array(["", "large", "small"])[known.told["plan"]]
    return frame.assign(plan=plan)


def test_one_customer_has_the_risk_that_all_have(fit):
    predicted, rows = fit.predict(), raw(fit)
    assert len(predicted) == len(rows) == (fit.base.to_frame()["n"][:2].sum())
    for place in range(0, len(rows), 97):
        customer = rows.iloc[place].to_dict()
        assert fit.score(customer) == pytest.approx(predicted["risk"].iloc[place], rel=1e-12)
    never = {"tenure": 3, "plan": "large"}
    assert (
        fit.score(never) == fit.score({**never, "since_complaint": None}) < fit.score({**never, "since_complaint": 1})
    )


@pytest.mark.parametrize(
    ("customer", "said"),
    [
        ({"tenure": 3}, "plan is missing, and the model needs it"),
        ({"tenure": 3, "plan": "blue"}, "plan is 'blue', which the model has not seen"),
        ({"tenure": 3, "plan": "large", "tenuer": 1}, r"tenuer is not in the model\. Did you mean `tenure`"),
        ({"plan": "large"}, "tenure is missing"),
        ({"tenure": "3", "plan": "large"}, "Values must be numbers or labels"),
        ({"tenure": pd.DataFrame(), "plan": "large"}, "Values must be numbers or labels"),
        ({"tenure": 3, "plan": np.array(["large", "small"])}, "Values must be numbers or labels"),
        ([3, "large"], "`customer` must be"),
    ],
)
def test_a_customer_who_cannot_be_scored_is_refused(fit, customer, said):
    with pytest.raises(ArgumentError, match=said):
        fit.score(customer)


def test_months_ahead_are_those_of_the_model_step_by_step(fit):
    predicted, rows, drift = fit.predict(months=5), raw(fit), fit.drift.delta
    here = np.ones(len(rows))
    for month in range(5):
        later = rows.assign(tenure=rows["tenure"] + month, since_complaint=rows["since_complaint"] + month)
        chance = np.array([fit.score(each) for each in later.to_dict("records")])
        here *= 1 - expit(np.log(chance / (1 - chance)) + drift * np.log(month + 1))
    np.testing.assert_allclose(predicted["within"], 1 - here, rtol=1e-10)
    assert ((predicted["within_low"] < predicted["within"]) & (predicted["within"] < predicted["within_high"])).all()
    np.testing.assert_allclose(fit.predict()["within"], fit.predict()["risk"])
    assert fit.predict()["margin"].isin([10.0, 30.0]).all()


def test_intervals_are_those_of_the_delta_method(fit):
    predicted, rng = fit.predict(months=3), np.random.default_rng(1)
    some = slice(0, 40)
    ahead, draws = fit.ahead(None, 3), rng.multivariate_normal(fit.coefficients, fit.covariance, 4_000)
    shift = rng.normal(fit.drift.delta, np.sqrt(fit.drift.variance), 4_000)
    here = 1.0
    for month in range(3):
        matrix = fit.table_of_levels.matrix(fit.levels(ahead.known, month)[some])
        here = here * (1 - expit(draws @ matrix.T + shift[:, None] * np.log(month + 1)))
    ends = np.quantile(1 - here, [0.025, 0.975], axis=0)
    width = ends[1] - ends[0]
    assert np.abs(predicted["within_low"][some] - ends[0]).max() < 0.08 * width.max()
    assert np.abs(predicted["within_high"][some] - ends[1]).max() < 0.08 * width.max()


def test_what_happens_meanwhile_is_counted_on_average(fit):
    """Complaints to come raise the risk of later months: without them too few are expected to leave."""
    many = wb.fit_churn_risk(base_at_risk(4_000, rng=3, complaints=0.10)[0], FORMULA)
    assert many.drift.months == 12
    assert many.drift.delta > 3 * np.sqrt(many.drift.variance) > 0
    calm = wb.fit_churn_risk(base_at_risk(2_500, rng=3, complaints=0.0005)[0], "log1p(tenure) + plan")
    assert abs(calm.drift.delta) < 3 * np.sqrt(calm.drift.variance)
    assert drift_of(wb.fit_churn_risk(fit.base, "tenure", months=5)).months == 0


def test_months_ahead_hold_on_other_customers_of_the_same_company(fit):
    """Over a year, simulated onwards: the share lost lies within chance of the forecast."""
    contracts, events, _ = drawn(20_000, rng=8)
    starts = month_starts(read(contracts, events))
    then = read(contracts, events).as_of(str(np.datetime64(int(starts[24]) - 1, "D")))
    predicted = fit.predict(then, months=12)
    ends = contracts.set_index("customer_id").loc[predicted["customer_id"], "end"]
    lost = (ends < pd.Timestamp("2024-01-01")).mean()
    error = np.sqrt(
        lost * (1 - lost) / len(predicted)
        + (0.5 * (predicted["within_high"] - predicted["within_low"]).mean() / 2) ** 2
    )
    assert abs(predicted["within"].mean() - lost) < 4 * error


def test_the_fit_is_near_the_truth_for_everybody_here(fit):
    rows = raw(fit)
    more = rows["since_complaint"].map(C).fillna(0.0)
    truth = expit(A + B * np.log1p(rows["tenure"]) + more + D * (rows["plan"] == "small"))
    assert (fit.predict()["risk"] / truth).between(0.6, 1.6).all()
    inside = (fit.predict()["risk_low"] <= truth) & (truth <= fit.predict()["risk_high"])
    assert inside.mean() > 0.6  # bands of tenure are not the curve itself


def test_a_base_without_the_columns_of_the_model_is_refused(fit):
    contracts, events, _ = drawn(200, rng=1)
    with pytest.raises(wb.TableError, match="`plan` is in the model, not in the table"):
        fit.predict(read(contracts.drop(columns="plan"), events))
    blue = read(contracts.assign(plan=np.where(contracts.index % 2, "blue", "small")), events)
    assert len(fit.predict(blue)) < blue.to_frame()["n"].iloc[0]
    gone = read(
        contracts.assign(
            end=contracts["end"].fillna(pd.Timestamp("2023-06-30")).clip(upper=pd.Timestamp("2023-06-30"))
        ),
        events,
    )
    with pytest.raises(ValueError, match="Nobody is a customer on 2024-01-31"):
        fit.predict(gone)


def test_keeping_gains_what_is_worked_out_by_hand():
    hazard = (0.1 * 0.9 ** np.arange(12))[None]
    assert gain_of_keeping(hazard, np.array([100.0]), Keeping(0, 0.3)).round(2).tolist() == [144.73]
    one = np.array([[0.0, 0.5, 0.0]])  # leaves at the end of month 2 of 3, so one month of 40 is at stake, less 10
    assert gain_of_keeping(one, np.array([40.0]), Keeping(2, 0.5, 3, worth_lost=10.0)) == pytest.approx(
        0.5 * 0.5 * 30 - 2
    )
    assert gain_of_keeping(hazard, np.array([100.0]), Keeping(7.0, 0.0)) == pytest.approx(-7.0)


def test_who_brings_more_comes_before_who_is_likelier_to_leave(fit):
    found = fit.about_to_leave(cost=1, share_prevented=0.2)
    frame = found.frame
    assert frame["gain"].is_monotonic_decreasing
    assert len(frame) == len(fit.predict())
    both = fit.predict(months=12).set_index("customer_id").loc[frame["customer_id"]]
    np.testing.assert_allclose(frame["within"], both["within"])
    np.testing.assert_allclose(frame["risk"], both["risk"])
    assert (found.curve["by_gain"] >= found.curve["by_risk"] - 1e-9).all()
    assert found.curve["by_gain"].iloc[-1] == pytest.approx(frame["gain"].sum())
    n = len(found.worth_it)
    assert f"{n:,} of {len(frame):,} customers" in found.describe()
    assert f"of the first {n:,} of the list" in found.what_to_do()
    assert "hat a call costs $1.00 and prevents 20% of losses up to month 12" in found.describe()
    shown = found.first(3).frame
    assert shown["Customer"].tolist() == frame["customer_id"].head(3).astype(str).tolist()
    assert shown.shape[1] == 5  # as many as a page has room for
    assert shown.columns[3] == "Leaves within 12 months"
    dear = fit.about_to_leave(cost=1e6, share_prevented=0.2)
    assert dear.describe().startswith("Keeping pays for nobody")
    assert str(dear.what_to_do()) == ""
    assert len(fit.describe().splitlines()) == len(found.describe().splitlines()) == 3


def test_whoever_is_kept_and_goes_on_leaving_brings_what_a_count_by_hand_says():
    """Each path on its own: kept in month t, there until lost for good in month s or to the end."""
    leaves, terms = np.array([[0.1, 0.3, 0.2, 0.05], [0.5, 0.5, 0.0, 0.0]]), Keeping(2.0, 0.5, 4, worth_lost=7.0)
    margin, by_hand = np.array([40.0, 10.0]), []
    for p, paid in zip(leaves, margin, strict=True):
        gain = 0.0
        for t in range(4):
            here = 1 - p[: t + 1].sum()
            if here > 0:  # who leaves later, at the end of month s, has paid up to it; others pay to the end
                later = [p[s] / here * (paid * (s - t) + 7.0) for s in range(t + 1, 4)]
                stays = (1 - p.sum()) / here * paid * (3 - t)
                gain += p[t] * (sum(later) + stays)
            gain -= p[t] * 7.0
        by_hand.append(0.5 * gain - 2.0)
    np.testing.assert_allclose(gain_if_they_go_on_leaving(leaves, margin, terms), by_hand)
    assert (gain_if_they_go_on_leaving(leaves, margin, terms) <= gain_of_keeping(leaves, margin, terms)).all()


def test_gain_grows_with_what_is_prevented_and_falls_with_what_a_lost_customer_is_worth(fit):
    some, more, again = (
        fit.about_to_leave(cost=0, **how).frame.set_index("customer_id")["gain"]
        for how in ({"share_prevented": 0.2}, {"share_prevented": 0.4}, {"share_prevented": 0.2, "worth_lost": 20.0})
    )
    np.testing.assert_allclose(more.sort_index(), 2 * some.sort_index())
    assert (again.sort_index() < some.sort_index()).all()
    later = fit.about_to_leave(cost=0, share_prevented=0.2, annual_discount=0.1).frame["gain"].sum()
    assert 0.8 * some.sum() < later < some.sum()


def test_the_money_said_is_that_of_the_list(fit):
    found = fit.about_to_leave(cost=1, share_prevented=0.2, months=24)
    gain = found.worth_it["gain"].sum()
    assert f"costs ${found.spent:,.0f} and is expected to gain" in found.describe()
    assert found.spent == len(found.worth_it)
    saved = (found.worth_it["gain"] + 1) / 0.2  # if all losses were prevented
    low, high = found.ends
    draws = np.random.default_rng(3).multivariate_normal(np.append(fit.coefficients, fit.drift.delta),
                                                         fit.covariance_ahead, 400)  # fmt: skip
    known, here, total = fit.ahead(None, 24).known, 1.0, 0.0
    for month in range(24):
        matrix = fit.table_of_levels.matrix(fit.levels(known, month))
        chance = expit(draws[:, :-1] @ matrix.T + draws[:, -1:] * np.log(month + 1))
        total, here = total + here * chance * (23 - month), here * (1 - chance)
    paying = np.isin(fit.predict()["customer_id"], found.worth_it["customer_id"])
    came = (0.2 * total * fit.predict()["margin"].to_numpy())[:, paying].sum(axis=1) - found.spent
    assert (high - low) / 2 == pytest.approx(1.96 * came.std(), rel=0.25)  # losses are taken to come when they do
    assert f"[${low:,.0f}, ${high:,.0f}] beyond that within" in found.describe()
    assert found.breaks_even * saved.sum() == pytest.approx(found.spent)
    assert 0 < found.breaks_even < 0.2
    half = fit.about_to_leave(cost=1, share_prevented=0.2, months=12)
    assert (found.sooner.months, found.sooner.n) == (12, len(half.worth_it))
    assert found.sooner.gain == pytest.approx(half.worth_it["gain"].sum())
    assert gain > found.sooner.gain
    np.testing.assert_allclose(found.ends_of(found.sooner.gain, found.sooner.n, found.reach_sooner), half.ends)
    low, high = half.ends
    if_12 = f"If 12 months counted, calling would gain ${found.sooner.gain:,.0f} [${low:,.0f}, ${high:,.0f}]."
    assert not found.turns_later
    assert if_12 in found.details().splitlines()
    assert fit.about_to_leave(cost=1, share_prevented=0.2, months=1).sooner is None


def test_how_far_one_looks_ahead_is_a_doubt_where_it_decides(fit):
    least = fit.about_to_leave(cost=0, share_prevented=0.2, months=12).frame["gain"].max()
    dear = fit.about_to_leave(cost=0.98 * least, share_prevented=0.2, months=24)
    gain = f"{dear.sooner.gain:,.2f}"
    doubt = dear.describe().splitlines()[2]
    assert 0 < dear.sooner.gain < 0.1 * dear.worth_it["gain"].sum()
    assert doubt.startswith(f"If 12 months counted, calling would gain only ${gain} [")
    assert "], and that a call costs" in doubt
    never = fit.about_to_leave(cost=1.02 * least, share_prevented=0.2, months=24)
    assert never.describe().splitlines()[2].startswith("If 12 months counted, it would pay for nobody, and that")


def test_who_is_called_and_who_is_left_uncalled_add_up_to_the_list(fit):
    found = fit.about_to_leave(cost=1, share_prevented=0.2)
    n, alone = len(found.worth_it), 300
    some, few = replace(found, alone=alone, alone_to_pay=450), replace(found, alone=None)
    assert some.what_to_do().startswith(f"Call {n - alone:,} of the first {n:,} of the list and leave the others")
    assert "whether calls work at all" in some.what_to_do()
    assert some.what_to_do().endswith("; whether they pay, 450 uncalled show.")
    none = replace(some, alone_to_pay=None).what_to_do()
    assert none.endswith("; whether they pay, even half of the list would not show.")
    gain = found.worth_it["gain"].sum() * (n - alone) / n
    assert f"{n - alone:,} calls cost ${n - alone:,} and are expected to gain ${gain:,.0f}" in some.details()
    if_they_go_on = f"(if those kept go on leaving as before, it gains ${found.if_they_go_on:,.0f}): only a test"
    assert if_they_go_on in found.describe()
    assert found.if_they_go_on < found.worth_it["gain"].sum()
    assert few.what_to_do().startswith(f"Call half of the first {n:,} of the list, chosen at random")


def test_so_many_are_left_alone_that_what_is_prevented_is_found_as_often_as_planned():
    """Simulated trials of the split; 80% of 4,000 within 4 standard errors, and its neighbours by the formula."""
    n, leave, prevented = 9_000, 0.12, 0.2
    alone, rng = left_alone(leave, prevented, n), np.random.default_rng(1)
    lost, kept = rng.binomial(alone, leave, 4_000) / alone, rng.binomial(n - alone, 0.8 * leave, 4_000) / (n - alone)
    error = np.sqrt(lost * (1 - lost) / alone + kept * (1 - kept) / (n - alone))
    found = (np.abs(lost - kept) > 1.96 * error).mean()
    assert found == pytest.approx(0.8, abs=4 * np.sqrt(0.16 / 4_000) + 0.01)
    assert left_alone(leave, prevented, 500) is None
    alone, n = left_alone(leave, prevented, 30_000, least=0.08), 30_000
    lost, kept = rng.binomial(alone, leave, 4_000) / alone, rng.binomial(n - alone, 0.8 * leave, 4_000) / (n - alone)
    error = np.sqrt(0.92**2 * lost * (1 - lost) / alone + kept * (1 - kept) / (n - alone))
    found = (np.abs(0.92 * lost - kept) > 1.96 * error).mean()  # that fewer than those who would have to be lost are
    assert found == pytest.approx(0.8, abs=4 * np.sqrt(0.16 / 4_000) + 0.01)
    assert left_alone(leave, prevented, 30_000, least=0.2) is None
    assert left_alone(leave, 0.0, n) is None


def test_how_many_leave_next_month_has_an_interval_that_holds_the_parameters_and_chance(fit):
    middle, low, high = fit.expected
    assert middle == pytest.approx(fit.predict()["risk"].sum())
    rng, known = np.random.default_rng(2), fit.ahead(None, 1).known
    draws = rng.multivariate_normal(fit.coefficients, fit.covariance, 4_000)
    chance = expit(draws @ fit.table_of_levels.matrix(fit.levels(known)).T)
    came = rng.binomial(1, chance).sum(axis=1)
    assert (high - low) / 2 == pytest.approx(1.96 * came.std(), rel=0.06)
    assert f"{middle:,.0f} [{low:,.0f}, {high:,.0f}] are expected" in fit.describe()
