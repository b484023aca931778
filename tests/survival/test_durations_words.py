"""What does a fit of durations say, and what does it refuse?"""

import numpy as np
import pandas as pd
import pytest
from lives import drawn, lives
from sentences import hold_to_three

from winback.survival.durations import fit_duration
from winback.survival.durations_text import effects, headline
from winback.tables import TableError


def estimates(fit):
    return fit.params.set_index("term")["estimate"]


# what is said


def test_effects_are_said_as_longer_and_shorter_stays(rng):
    fit = fit_duration(drawn(rng, n=3000), "reason + spend", "lognormal")
    lines = fit.describe().splitlines()
    hold_to_three(fit)
    widest, next_one = lines[0].split("; ")
    assert widest.startswith("Spend higher by 1: stays 3")
    assert "% longer [" in widest
    assert next_one.startswith("left for service rather than for price: stays 1")
    assert "% shorter [" in next_one
    assert "for the expected difference, not for one customer" in fit.details()
    assert headline(fit).startswith("spend higher by 1: 3")


def test_a_logarithm_is_read_for_ten_percent_more(rng):
    table = drawn(rng, n=3000)
    fit = fit_duration(table, "log(former)", "lognormal")
    ratio, low, high = 1.1 ** fit.params.set_index("term").loc["log(former)", ["estimate", "low", "high"]] - 1
    assert f"10% more former: stays {ratio:.1%} longer [{low:.1%}, {high:.1%}]." in fit.describe()


def test_what_is_left_of_a_count_is_counted_too(rng):
    complaints = rng.integers(0, 4, 400)
    table = drawn(rng).assign(complaints=complaints, complaints_resolved=rng.binomial(complaints, 0.5))
    fit = fit_duration(table, "I(complaints - complaints_resolved) + I(spend**2)", "lognormal")
    said = [what for what, *_ in effects(fit)]
    assert said == ["1 more complaint left open", "1 more of spend ** 2"]


def test_what_cannot_be_told_is_named_together(rng):
    table = drawn(rng).assign(height=rng.normal(size=400), width=rng.normal(size=400))
    fit = fit_duration(table, "height + width + spend")
    unclear = fit.params[(fit.params["low"] <= 0) & (fit.params["high"] >= 0)]["term"].tolist()
    assert unclear == ["height", "width"]
    assert (
        "Not clearly different from no difference, the interval contains it: height higher by 1 and width higher by 1."
        in str(fit.describe())
    )
    assert "has the lowest AIC; above it lie" in fit.details()
    nothing = fit_duration(table, "height", "weibull")
    assert headline(nothing) == "No covariate is shown to go with a longer or a shorter stay"


def test_neither_intercept_nor_scale_is_a_ratio(rng):
    params = fit_duration(drawn(rng), "spend", "weibull").params.set_index("term")
    assert params["time_ratio"].notna().tolist() == [False, True, False]
    assert np.isnan(params.loc["scale", "z"])
    assert params.loc["spend", "time_ratio_low"] == pytest.approx(np.exp(params.loc["spend", "low"]))
    ends = params.loc["scale", ["low", "high"]]
    assert ends.prod() == pytest.approx(params.loc["scale", "estimate"] ** 2)  # even on the log scale, so above zero


def test_first_lifetimes_and_only_the_returned(rng):
    table = drawn(rng).assign(first_tenure=rng.lognormal(3, 0.5, 400))
    first = fit_duration(table, "spend", "lognormal", lifetime="first")
    assert (first.n, first.n_ended) == (400, 400)
    assert first.sigma == pytest.approx(np.std(np.log(table["first_tenure"]), ddof=0), rel=0.02)
    assert "Association is not effect: that is how customers differ" in first.describe()
    away = table.iloc[:100].assign(
        customer_id=range(900, 1000), returned=False, second_tenure=np.nan, second_ended=pd.NA
    )
    both = pd.concat([table.astype({"second_ended": "boolean"}), away.astype({"second_ended": "boolean"})])
    fit = fit_duration(both, "spend", "weibull")
    assert "not what changing it would do, still less to every leaver" in fit.describe()
    assert fit.n == 400
    assert len(fit.median(both)) == 500


# bad input


def test_too_few_ends_are_refused(rng):
    table = drawn(rng, n=40)
    with pytest.raises(TableError, match="`second_ended` is false for everyone: nobody has left yet"):
        fit_duration(table.assign(second_ended=False), "spend")
    few = table.assign(second_ended=np.arange(40) < 2)
    with pytest.raises(TableError, match="is true for 2 customers, too few for 3 parameters"):
        fit_duration(few, "spend")
    with pytest.raises(TableError, match="`returned` is false for every customer"):
        fit_duration(table.assign(returned=False, second_tenure=np.nan, second_ended=pd.NA), "spend")


def test_a_group_of_which_nobody_has_left_is_named(rng):
    table = drawn(rng)
    stays = table.assign(second_ended=table["second_ended"] & (table["reason"] == "price"))
    with pytest.raises(TableError, match=r"`reason\[T.service\]` has no effect that can be told among those who left"):
        fit_duration(stays, "reason + spend")


def test_lengths_without_error_are_refused_in_words():
    table = lives(np.full(20, 6.0), np.full(20, True), spend=np.arange(20.0) % 3)
    with pytest.raises(ValueError, match=r"None of the distributions could be fitted with `spend`.*has no maximum"):
        fit_duration(table, "spend")
    with pytest.raises(ValueError, match="The weibull could not be fitted"):
        fit_duration(table, "spend", "weibull")


def test_bad_settings_are_named(rng):
    table = drawn(rng, n=50)
    with pytest.raises(ValueError, match="one of auto, lognormal, weibull, loglogistic; got 'gamma'"):
        fit_duration(table, "spend", "gamma")
    with pytest.raises(ValueError, match="lifetime must be"):
        fit_duration(table, "spend", lifetime="both")
    with pytest.raises(TableError, match="`second_margin` is an outcome"):
        fit_duration(table.assign(second_margin=1.0), "second_margin")
    with pytest.raises(TableError, match="`customers` is missing from the table"):
        fit_duration(table, "spend", weights="customers")
    with pytest.raises(
        TableError, match=r"`customers` must count customers.*1 of 50 rows \(first: customer 0, row 1, 0.5"
    ):
        fit_duration(table.assign(customers=[0.5] + [1] * 49), "spend", weights="customers")
    fit = fit_duration(table, "spend", "weibull")
    with pytest.raises(ValueError, match="after_months must be at least 0"):
        fit.remaining(table, -1, 12)
    with pytest.raises(ValueError, match="horizon_months must be above 0"):
        fit.restricted_mean(table, 0)


def test_far_away_covariates_do_no_harm(rng):
    table = drawn(rng)
    near = fit_duration(table, "spend", "loglogistic")
    far = fit_duration(table.assign(spend=1e6 + 1e3 * table["spend"]), "spend", "loglogistic")
    assert estimates(far)["spend"] * 1e3 == pytest.approx(estimates(near)["spend"], rel=1e-4)


def test_predictions_are_by_customer(study):
    fit = fit_duration(study.lapsed, "reason", "lognormal")
    some = study.lapsed.head(3)
    found = fit.predict(some, 24)
    assert list(found["customer_id"]) == list(some["customer_id"])
    assert found["median_months"].to_numpy() == pytest.approx(fit.median(some))
    assert found["expected_months"].to_numpy() == pytest.approx(fit.restricted_mean(some, 24))
