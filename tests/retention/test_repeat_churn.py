"""Are the parameters of repeat churn found, each within its error, and is a cure claimed only where one can be seen?"""

import dataclasses

import numpy as np
import pytest
from repeat_churners import GAMMA, SCALES, SHAPES, churners, truth

import winback as wb
from winback.datasets.telecom import assumptions as assumed
from winback.retention.repeat_churn_sample import ALL_CURED, CURED, NONE_CURED, NOTHING_TO_CURE, TOO_SHORT

FORMULAS = {"formula": "reason + complaints", "hazards": "fast"}


def covering(n, draws, rng, **how):
    """Return whether each interval of each draw covers the truth, (draws, parameters in the order of `truth`)."""
    rng = np.random.default_rng(rng)
    found = []
    for _ in range(draws):
        params = wb.fit_repeat_churn(churners(n, rng, **how), **FORMULAS).params.set_index(["equation", "term"])
        params, true = params.reindex(truth().index), truth()
        found.append((params["low"] <= true) & (true <= params["high"]))
    return np.array(found)


def of_cures(n, draws, rng):
    """Return whether the interval of the share cured covers the chance to be cured of those who were drawn."""
    rng = np.random.default_rng(rng)
    found = []
    for _ in range(draws):
        table = churners(n, rng)
        fit = wb.fit_repeat_churn(table, **FORMULAS)
        eta = fit.equations.formula.matrix(table) @ [*GAMMA.values()]
        row, mean = fit.frame.iloc[-1], 1 - (1 / (1 + np.exp(-eta))).mean()
        found.append(row["cured_low"] <= mean <= row["cured_high"])
    return np.array(found)


@pytest.mark.parametrize("n", [5_000, pytest.param(50_000, marks=pytest.mark.slow)])
def test_every_parameter_is_found_within_its_error(n):
    fit = wb.fit_repeat_churn(churners(n, 1), **FORMULAS)
    assert fit.state == CURED
    params = fit.params.set_index(["equation", "term"])
    z = (params["estimate"] - truth()[params.index]) / params["std_error"]
    assert len(z) == len(truth())
    assert np.abs(z).max() < 3.5  # of thirteen, at random one in a hundred draws is beyond
    assert (z**2).sum() < 34.5  # chi-squared of 13 beyond which lies one in a thousand


@pytest.mark.slow
def test_intervals_cover_as_often_as_they_say_in_a_small_draw():
    covered = covering(2_000, 15, 2)
    error = np.sqrt(0.05 * 0.95 / covered.size)
    assert covered.mean() == pytest.approx(0.95, abs=4 * error)  # parameters of a draw are not independent


@pytest.mark.slow
def test_the_planted_cure_of_the_study_is_found(study):
    """The study's stays are not Weibull ones, so its shares are found but for a few points."""
    fit = wb.fit_repeat_churn(study.trial)
    assert fit.state == CURED
    cured = fit.frame.set_index("reason")["cured"]
    for reason, share in assumed.CURED.items():
        assert cured[reason] == pytest.approx(share, abs=0.06)
    assert cured["service"] > cured["price"]


@pytest.mark.slow
def test_planted_shares_stand_beside_those_found_and_it_is_said_which_are_missed(study):
    fit = wb.fit_repeat_churn(study.trial)
    frame = fit.frame.set_index("reason")
    assert frame["planted"][[*assumed.CURED]].to_dict() == pytest.approx(assumed.CURED)
    assert frame["planted"]["all"] == pytest.approx((frame["n"] * frame["planted"])[:-1].sum() / frame["n"]["all"])
    assert frame["planted"]["service"] > frame["cured_high"]["service"]
    said = fit.beside_planted()
    assert "service 65.0% (missed); price and service 55.0%;" in said
    assert "The model misses 1 of them" in said
    assert "As planted" in fit.table()
    assert "Hazards have another shape than assumed: in months 7 to 9" in fit.details()


def test_without_planted_shares_nothing_is_said_of_them():
    table = churners(1_500, 8)
    fit = wb.fit_repeat_churn(table, **FORMULAS)
    assert not fit.beside_planted()
    assert "As planted" not in fit.table()
    right = dataclasses.replace(fit, planted=dict(zip(fit.frame["reason"], fit.frame["cured"], strict=True)))
    assert "missed" not in right.beside_planted()
    assert "the true shares" not in right.describe()
    off = dataclasses.replace(fit, planted={each: share + 0.2 for each, share in right.planted.items()})
    assert "the true shares, known here, are up to 20 points off" in off.describe()
    assert "Planted as cured were" in right.beside_planted()


@pytest.mark.slow
def test_by_how_much_the_model_misses_the_study_whose_stays_are_no_weibull_ones():
    """Of redrawn studies: a bias of some points, of which chance in their mean is no part."""
    fits = [wb.fit_repeat_churn(wb.simulate_telecom_study(calibrate=False, rng=rng).trial) for rng in range(8)]
    off = np.array([fit.frame["cured"] - fit.frame["planted"] for fit in fits])[:, :2]  # price, service
    error = off.std(axis=0, ddof=1) / np.sqrt(len(off))
    assert (np.abs(off.mean(axis=0)) < 0.06).all()
    assert off.mean(axis=0)[1] < -3 * error[1]


def test_where_follow_up_is_short_plain_hazards_are_shown_and_it_is_said_so():
    table = churners(4_000, 3, watched=(6.0, 14.0), first={"price": 1.0}, reasons=("price", "moved"), cured=0.4)
    fit = wb.fit_repeat_churn(table, "complaints", hazards="fast")
    assert fit.state == TOO_SHORT
    assert fit.frame["cured"].isna().all()
    assert "too short" in fit.describe()
    assert "cannot be told yet" in fit.describe()
    assert not (fit.params["equation"] == "susceptible").any()
    assert fit.susceptible(table)[["on_return", "now"]].isna().all(axis=None)


def test_where_follow_up_is_short_others_tell_of_a_cure_and_it_is_said_what_that_rests_on():
    fit = wb.fit_repeat_churn(churners(4_000, 3, watched=(6.0, 14.0)), **FORMULAS)
    assert (fit.state, fit.follow_up.long_enough) == (CURED, False)
    assert "too short to tell" in fit.details()
    assert "it is inferred from those who first left for other reasons" in fit.describe()
    z = fit.params["estimate"].to_numpy() - truth()[list(zip(fit.params["equation"], fit.params["term"], strict=True))]
    assert np.abs(z / fit.params["std_error"].to_numpy()).max() < 3.5


def test_where_nobody_is_cured_it_is_not_claimed():
    """At the edge the likelihood falls to one side in half of the samples: in the others no cure is shown."""
    fits = [wb.fit_repeat_churn(churners(1_500, rng, cured=0.0), "1", hazards="fast") for rng in range(8)]
    states = [fit.state for fit in fits]
    assert set(states) == {NONE_CURED, CURED}
    for fit in fits:
        if fit.state == CURED:
            assert fit.frame["cured"].iloc[-1] < 0.08
        else:
            assert "no share is shown" in fit.describe()
    shown = [fit.state == CURED and fit.no_cure.p_value < 0.05 for fit in fits]
    assert sum(shown) <= 2  # of eight at one in twenty


def test_where_all_are_cured_nobody_leaves_again_for_the_first_reason():
    table = churners(3_000, 4, cured=1.0, first={"price": 0.5, "service": 0.5})
    fit = wb.fit_repeat_churn(table)
    assert fit.state == ALL_CURED
    assert fit.frame["n_again"].sum() == 0
    found = fit.predict(table, 60)
    assert found["same"].max() < 1e-9
    assert found.loc[(table["reason"] == "service").to_numpy(), "price"].min() > 0.3


def test_with_no_common_reason_there_is_nothing_to_be_cured_of():
    table = churners(1_500, 5, first={"competitor": 1.0}, reasons=("price", "moved"), cured=0.0)
    with_own = {"competitor": ("competitor",)}
    fit = wb.fit_repeat_churn(table, several=with_own)
    assert fit.state == NOTHING_TO_CURE
    params = fit.params.set_index(["equation", "term"])["estimate"]
    assert params["price", "shape"] == pytest.approx(SHAPES["price"], rel=0.1)
    assert params["price", "scale"] == pytest.approx(SCALES["price"] * np.exp(-0.2 / SHAPES["price"]), rel=0.15)


def test_one_reason_and_nobody_cured_is_the_plain_weibull_model():
    table = churners(800, 6, first={"moved": 1.0}, reasons=("price",), cured=0.0)
    fit = wb.fit_repeat_churn(table, hazards="fast")
    plain = wb.fit_duration(table, "fast", "weibull")
    params = fit.params.set_index(["equation", "term"])
    mu, beta, sigma = plain.params["estimate"]
    assert fit.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-10)
    assert params["estimate"]["price", "shape"] == pytest.approx(1 / sigma, rel=1e-7)
    assert params["estimate"]["price", "scale"] == pytest.approx(np.exp(mu), rel=1e-7)
    assert params["estimate"]["all hazards", "fast"] == pytest.approx(-beta / sigma, rel=1e-6)
    error = plain.params["std_error"].to_numpy()[0] * np.exp(mu)
    assert params["std_error"]["price", "scale"] == pytest.approx(error, rel=1e-5)


@pytest.mark.slow
def test_a_single_reason_is_lifelines_mixture_cure_model():
    from lifelines import MixtureCureFitter, WeibullFitter

    table = churners(3_000, 7, first={"price": 1.0}, reasons=("price",), cured=0.4)
    fit = wb.fit_repeat_churn(table, "1", hazards="1")
    other = MixtureCureFitter(base_fitter=WeibullFitter()).fit(table["second_tenure"], table["second_ended"])
    params = fit.params.set_index(["equation", "term"])["estimate"]
    assert fit.log_likelihood == pytest.approx(other.log_likelihood_, abs=1e-3)
    assert fit.frame["cured"].iloc[0] == pytest.approx(other.cured_fraction_, abs=2e-4)
    assert params["price", "scale"] == pytest.approx(other.lambda_, rel=1e-3)
    assert params["price", "shape"] == pytest.approx(other.rho_, rel=1e-3)
    error = other.variance_matrix_.loc["cured_fraction_", "cured_fraction_"] ** 0.5
    low, high = fit.frame.loc[0, ["cured_low", "cured_high"]]
    assert (high - low) / 2 / 1.96 == pytest.approx(error, rel=0.02)


def test_the_order_of_rows_and_the_unit_of_a_covariate_change_nothing():
    table = churners(1_500, 8)
    fit = wb.fit_repeat_churn(table, **FORMULAS)
    other = table.sample(frac=1, random_state=1).assign(complaints=lambda rows: rows["complaints"] * 1000.0)
    again = wb.fit_repeat_churn(other, **FORMULAS)
    assert again.log_likelihood == pytest.approx(fit.log_likelihood, rel=1e-10)
    np.testing.assert_allclose(again.frame["cured"], fit.frame["cured"], rtol=1e-6)
    ratio = fit.params["estimate"] / again.params["estimate"]
    assert ratio[fit.params["term"] == "complaints"].iloc[0] == pytest.approx(1000, rel=1e-5)


def test_rare_reasons_are_counted_together_and_unknown_first_ones_are_not_cured():
    table = churners(2_000, 9)
    rare = np.flatnonzero(table["second_reason"] == "moved")[:4]
    table.loc[rare, "second_reason"] = ["a", "a", "b", "c"]
    late = np.flatnonzero(table["second_reason"] == "moved")[:30]
    table.loc[late, "second_reason"] = "died"
    table["reason"] = table["reason"].astype(object)
    table.loc[:100, "reason"] = None
    fit = wb.fit_repeat_churn(table)
    assert fit.reasons[-1] == "other reasons"
    assert "died" in "".join(fit.details().splitlines()) or "died" in fit.reasons
    assert "Too few left again for" in fit.details()
    assert "not known" in fit.details()
    assert fit.frame["n"].iloc[-1] == 2_000 - 101


def test_what_is_in_the_way_is_said_at_once():
    table = churners(300, 10)
    with pytest.raises(wb.TableError, match="`reason` is missing from the table"):
        wb.fit_repeat_churn(table.drop(columns="reason"))
    with pytest.raises(wb.TableError, match="`second_reason` is missing from the table"):
        wb.fit_repeat_churn(table.drop(columns="second_reason"))
    with pytest.raises(wb.TableError, match=r"`second_ended` is true for .* customers, and at least 10 are needed"):
        wb.fit_repeat_churn(table[table["second_ended"]].head(6))
    with pytest.raises(wb.TableError, match="nosuch"):
        wb.fit_repeat_churn(table, "nosuch")
    with pytest.raises(wb.TableError, match="second_tenure"):
        wb.fit_repeat_churn(table, hazards="second_tenure")
    with pytest.raises(ValueError, match=r"several\['both'\] must be a list of reasons; got 'price'"):
        wb.fit_repeat_churn(table, several={"both": "price"})
    with pytest.raises(ValueError, match="the likelihood has no maximum"):
        wb.fit_repeat_churn(table.assign(second_tenure=5.0))
