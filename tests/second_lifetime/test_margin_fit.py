"""Is a margin that bends and spreads told from selection, and is a straight one left alone?

The log-normal margin of independent customers, exp(3 + .25 x + .3 e), once gave correlations of return and margin near
.7 that were trusted: its curve and its growing spread look like selection.
"""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import binom
from simulated_lives import FORMULAS, lost_customers

import winback as wb
from winback.second_lifetime.joint_fit import MARGIN_LEVEL
from winback.second_lifetime.margin_fit import UNTESTED, margin_shape
from winback.second_lifetime.sample import draw_sample
from winback.second_lifetime.two_part_fit import mills_ratio

MISTAKEN = "which is mistaken for correlation"
WEAK = 0.4  # driver: the weaker it is, the more the correlations rest on the shape


def log_normal_margins(seed, n=8_000):
    """Draw customers whose return, tenure and margin are independent given x, with a log-normal margin."""
    table = lost_customers([21, seed], n, rho=(0.0, 0.0, 0.0), driver=WEAK)
    error = np.random.default_rng([22, seed]).standard_normal(n)
    return table.assign(second_margin=np.exp(3 + 0.25 * table["x"] + 0.3 * error).where(table["returned"]))


def selected_margins(seed, n=4_000):
    """Draw customers whose margin is normal, and goes with return."""
    return lost_customers([23, seed], n, rho=(0.0, 0.5, 0.0))


def is_doubted(fit):
    return any(MISTAKEN in doubt for doubt in fit.doubts)


def test_a_log_normal_margin_is_never_trusted():
    for seed in range(4):
        fit = wb.fit_joint(log_normal_margins(seed), **FORMULAS)
        assert is_doubted(fit)
        assert fit.recommended is fit.two_part


def test_selection_is_left_alone():
    assert not any(is_doubted(wb.fit_joint(selected_margins(seed), **FORMULAS)) for seed in range(4))


@pytest.mark.slow
def test_none_of_forty_log_normal_margins_is_trusted():
    fits = [wb.fit_joint(log_normal_margins(seed), **FORMULAS) for seed in range(40)]
    assert np.mean([fit.correlations[1] for fit in fits]) > 0.5  # what would be believed
    assert not any(fit.trusted for fit in fits)
    assert all(is_doubted(fit) for fit in fits)


@pytest.mark.slow
def test_a_right_model_is_doubted_as_often_as_the_level_says():
    fits = [wb.fit_joint(selected_margins(seed), **FORMULAS) for seed in range(200)]
    assert sum(map(is_doubted, fits)) <= binom.ppf(0.999, len(fits), 2 * MARGIN_LEVEL)
    for test in ("mean", "spread"):
        below = sum(getattr(fit.margin_shape, test).p_value < 0.05 for fit in fits)
        assert abs(below / len(fits) - 0.05) < 3 * np.sqrt(0.05 * 0.95 / len(fits))


def test_the_logarithm_is_the_way_out():
    table = log_normal_margins(0)
    said = str(wb.fit_joint(table, **FORMULAS).describe())
    assert "fit the logarithm of margin in its place" in said
    assert "for values in money take the two-part model" in said
    fit = wb.fit_joint(table.assign(second_margin=np.log(table["second_margin"])), **FORMULAS)
    row = fit.params.set_index("term").loc["return-margin"]
    assert not is_doubted(fit)
    assert row["low"] < 0 < row["high"]


def test_no_logarithm_is_offered_where_a_margin_has_none():
    table = log_normal_margins(0)
    fit = wb.fit_joint(table.assign(second_margin=table["second_margin"] - 20), **FORMULAS)
    assert is_doubted(fit)
    assert "logarithm" not in str(fit.describe())


@pytest.mark.parametrize(("unit", "shift"), [(100.0, 0.0), (1.0, 5e4), (0.01, -3.0)])
def test_the_unit_and_the_zero_of_money_do_not_matter(unit, shift):
    table = selected_margins(0, 2_000)
    moved = table.assign(second_margin=unit * table["second_margin"] + shift)
    one, other = (wb.fit_joint(each, **FORMULAS).margin_shape for each in (table, moved))
    assert other.mean.statistic == pytest.approx(one.mean.statistic, rel=1e-3, abs=1e-3)
    assert other.spread.statistic == pytest.approx(one.spread.statistic, rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("draw", [log_normal_margins, selected_margins])
def test_the_mean_by_another_way(draw):
    """The score is that of a regression of ones on it; the square's own robust z says nearly the same."""
    sample = draw_sample(draw(1), FORMULAS)
    fit = wb.fit_joint(sample.customers, **FORMULAS)
    x, level = sample.numbers("margin"), sample.numbers("margin") @ fit.coefficients("margin")
    design = np.column_stack([x, mills_ratio(sample.numbers("reacquisition")[sample.returned] @ fit.theta[:3])])
    score = sm.OLS(level**2, design).fit().resid * sm.OLS(sample.margin, design).fit().resid
    found = fit.margin_shape.mean.statistic
    assert found == pytest.approx(sm.OLS(np.ones(len(score)), score).fit().ess, rel=1e-6)
    wald = sm.OLS(sample.margin, np.column_stack([design, level**2])).fit(cov_type="HC3").tvalues[-1] ** 2
    assert found == pytest.approx(wald, rel=0.2)


def test_what_cannot_bend_or_spread_is_not_tested():
    table = selected_margins(2, 2_000).assign(reason=lambda t: np.where(t["x"] > 0, "price", "service"))
    for margin, untested in (("reason", {"mean"}), ("1", {"mean", "spread"})):
        formulas = FORMULAS | {"margin": margin}
        found = margin_shape(wb.fit_joint(table, **formulas), draw_sample(table, formulas))
        assert {name for name in ("mean", "spread") if getattr(found, name) == UNTESTED} == untested


def test_a_label_with_one_customer_back():
    table = selected_margins(3, 2_000)
    labels = np.full(len(table), "common", dtype=object)
    labels[[int(np.flatnonzero(table["returned"])[0]), int(np.flatnonzero(~table["returned"])[0])]] = "rare"
    fit = wb.fit_joint(table.assign(reason=labels), **FORMULAS | {"margin": "x + reason"})
    assert 0 < fit.margin_shape.mean.p_value < 1
