"""Does the check find a model that misses, and leave one alone that fits?"""

import numpy as np
import pytest
from lives import lives, random_lives
from scipy import stats
from sentences import hold_to_three
from statsmodels.duration.survfunc import SurvfuncRight

from winback.survival.durations import fit_duration
from winback.survival.goodness_of_fit import check_fit, verdict
from winback.survival.observed_and_fitted import MONTHS_AT_ONCE


def drawn(rng, n=400, family="lognormal", slope=0.3):
    """Draw lives of one family, cut off after 6 to 60 months."""
    error = {
        "lognormal": rng.normal(size=n),
        "weibull": np.log(rng.exponential(size=n)),
        "loglogistic": rng.logistic(size=n),
    }[family]
    spend = rng.normal(size=n)
    months, followed = np.exp(3 + slope * spend + 0.75 * error), rng.uniform(6, 60, n)
    return lives(np.minimum(months, followed), months <= followed, spend=spend, group=np.resize(["a", "b"], n))


# against direct counting


def test_curves_are_kaplan_meier_beside_the_mean_of_the_fitted(rng):
    table = drawn(rng)
    fit = fit_duration(table, "spend", "lognormal")
    curves = fit.check_shape(table).curves
    other = SurvfuncRight(table["second_tenure"], table["second_ended"].astype(int))
    place = np.searchsorted(other.surv_times, curves["months"], side="right") - 1
    np.testing.assert_allclose(curves["observed"], np.append(other.surv_prob, 1.0)[place], rtol=1e-12)
    np.testing.assert_allclose(curves["fitted"], fit.survival(table, curves["months"]).mean(axis=0), rtol=1e-12)
    watched = (table["second_tenure"].to_numpy()[:, None] >= curves["months"].to_numpy()).sum(axis=0)
    assert curves["at_risk"].tolist() == watched.tolist()
    assert len(curves) > 3 * MONTHS_AT_ONCE


def test_classes_count_ends_and_what_was_expected(rng):
    months = rng.exponential(10, 300)
    ended = rng.random(300) < 0.8
    classes = check_fit(months, ended, lambda t: np.broadcast_to(t, (300, t.shape[-1])) / 12).classes
    assert len(classes) == 10
    assert classes["observed"].sum() == ended.sum()
    assert classes["expected"].sum() == pytest.approx(months.sum() / 12)
    for row in classes.itertuples():
        inside = np.clip(months, row.start, row.end) - row.start
        assert row.expected == pytest.approx(inside.sum() / 12)
        assert row.observed == (ended & (months > row.start) & (months <= row.end)).sum()


def test_a_weibull_expects_as_many_ends_as_there_were(rng):
    table = drawn(rng, family="weibull")
    classes = fit_duration(table, "spend", "weibull").check_shape(table).classes
    assert classes["expected"].sum() == pytest.approx(table["second_ended"].sum(), rel=1e-9)


def test_rows_and_counts_are_checked_alike(rng):
    table = drawn(rng, n=120).assign(
        spend=lambda t: t["spend"].round(0), second_tenure=lambda t: t["second_tenure"].round(0) + 1
    )
    columns = ["spend", "second_tenure", "second_ended"]
    cells = table.groupby(columns).size().rename("customers").reset_index()
    cells = cells.assign(customer_id=range(len(cells)), returned=True)
    by_rows = fit_duration(table, "spend", "weibull").check_shape(table)
    by_counts = fit_duration(cells, "spend", "weibull", weights="customers").check_shape(cells)
    assert len(cells) < len(table)
    numbers = ["n", "n_ended", "gap", "gap_month", "chi_square", "degrees", "p_value"]
    np.testing.assert_allclose(
        by_rows.frame[numbers].to_numpy(dtype=float), by_counts.frame[numbers].to_numpy(dtype=float), rtol=1e-8
    )


# the test holds its level, and has power


@pytest.mark.slow
@pytest.mark.parametrize("family", ["lognormal", "weibull", "loglogistic"])
def test_a_true_model_is_seldom_blamed(family, record_property):
    rng = np.random.default_rng(20160301)
    p_values = []
    for _ in range(80):
        table = drawn(rng, family=family)
        p_values.append(fit_duration(table, "spend", family).check_shape(table).frame["p_value"].iloc[0])
    blamed = float(np.mean(np.array(p_values) < 0.05))
    record_property("blamed", blamed)
    assert blamed <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 80)


@pytest.mark.slow
def test_with_known_parameters_the_p_value_is_uniform():
    rng, p_values = np.random.default_rng(4), []
    for _ in range(120):
        months, followed = rng.exponential(20, 400), rng.uniform(6, 60, 400)
        seen, ended = np.minimum(months, followed), months <= followed
        hazard = lambda t: np.broadcast_to(t, (400, t.shape[-1])) / 20  # noqa: E731
        p_values.append(check_fit(seen, ended, hazard).frame["p_value"].iloc[0])
    assert stats.kstest(p_values, "uniform").pvalue > 0.01


def test_a_wrong_family_is_found(rng):
    table = drawn(rng, n=3000, family="lognormal", slope=0.0)
    right = fit_duration(table, "spend", "lognormal").check_shape(table)
    wrong = fit_duration(table, "spend", "weibull").check_shape(table)
    assert right.frame["p_value"].iloc[0] > 0.001
    assert wrong.frame["p_value"].iloc[0] < 1e-6
    assert verdict(wrong).startswith("The weibull misses: ")
    assert abs(right.frame["gap"].iloc[0]) < abs(wrong.frame["gap"].iloc[0])


def test_the_direction_of_a_miss_is_said():
    """Half leave in month 4; a constant hazard of 10 months says 33% by then."""
    months = np.array([4.0] * 200 + [30.0] * 200)
    result = check_fit(months, months < 30, lambda t: np.broadcast_to(t, (400, t.shape[-1])) / 10, model="plan")
    row = result.frame.iloc[0]
    assert (row["gap_month"], round(row["gap"], 4)) == (4, round(0.5 - np.exp(-0.4), 4))
    assert verdict(result) == "The plan misses: 17.0 points more have left by month 4 than it says"
    later = check_fit(months, months < 30, lambda t: np.broadcast_to(t, (400, t.shape[-1])) / 1, model="plan")
    assert "points fewer have left" in verdict(later)


def test_groups_are_checked_one_by_one(rng):
    table = drawn(rng, n=2000)
    table["second_tenure"] = np.where(table["group"] == "a", table["second_tenure"] * 1.4, table["second_tenure"])
    result = fit_duration(table, "spend", "lognormal").check_shape(table, by="group")
    assert result.frame["group"].tolist() == ["a", "b"]
    assert result.frame["gap"].iloc[0] > 0 > result.frame["gap"].iloc[1]
    assert "Group a: the lognormal misses:" in f"{result.describe()}\n{result.details()}"
    hold_to_three(result)
    alone = fit_duration(table, "spend", "lognormal").check_shape(table[table["group"] == "a"])
    assert alone.frame["chi_square"].iloc[0] == pytest.approx(result.frame["chi_square"].iloc[0])


def test_a_fit_is_said_in_words(rng):
    table = drawn(rng)
    text = fit_duration(table, "spend", "lognormal").check_shape(table).describe()
    assert text.startswith("The lognormal fits: at most ")
    assert "conservative" in text


def test_few_ends_make_few_classes():
    table = random_lives(np.random.default_rng(2), n=30, groups=("a",))
    result = check_fit(
        table["second_tenure"], table["second_ended"], lambda t: np.broadcast_to(t, (30, t.shape[-1])) / 20
    )
    assert len(result.classes) == table["second_ended"].sum() // 10
    nobody = check_fit([5.0, 6.0], [False, False], lambda t: np.broadcast_to(t, (2, t.shape[-1])) / 20)
    assert nobody.frame["n_ended"].iloc[0] == 0
