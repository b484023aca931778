"""Do the figures of values and of their validation carry their message, their units and a second cue?"""

import re
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from contract_data import COHORTS, HIGH_END

import winback as wb
from winback import plots
from winback.value.contracts.fits import contract_model

VALIDATIONS = (plots.plot_tracking, plots.plot_held_out_tenths, plots.plot_lorenz)


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def held_out():
    """Split a log of customers who buy at rates of their own and never leave."""
    rng = np.random.default_rng(3)
    customer = np.repeat(np.arange(400), rng.poisson(rng.gamma(1.0, 6.0, 400)))
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, len(customer)), unit="D")
    log = pd.DataFrame({"customer_id": customer, "date": day, "amount": rng.gamma(4, 5, len(customer))})
    return wb.summarize_purchases(log, period="W", until="2024-10-27").hold_out("2024-07-31")


@pytest.fixture(scope="module")
def found(held_out):
    some = held_out.customers[held_out.customers["age"] > 0]
    return wb.fit_purchases(some, "pareto_nbd", period="W").check(held_out, spend=wb.fit_spend(some))


@pytest.fixture(scope="module")
def values():
    rng = np.random.default_rng(1)
    base = pd.DataFrame({"next_renewal": rng.integers(1, 6, 200), "fee": rng.gamma(0.5, 200, 200)})
    return wb.lifetime_value(contract_model(3.8, 15.2, period="Y"), base, margin="fee", annual_discount=0.1)


@pytest.fixture(scope="module")
def base():
    fit = wb.fit_contracts(COHORTS, "sbg", period="Y")
    counts = [20500, 15200, 11340, 7961, 4391]
    return wb.base_value(fit, counts, margin=100, annual_discount=0.1, by="next_renewal").in_currency("€")


def title(ax):
    ax.figure.canvas.draw()
    return ax.get_title(loc="left").replace("\n", " ")


def labels(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def ticks(axis):
    return [label.get_text() for label in axis.get_ticklabels() if label.get_text()]


def line(ax, label):
    return next(one for one in ax.lines if one.get_label() == label)


def test_tracking_says_how_far_off_at_the_end(found):
    ax = plots.plot_tracking(found)
    last = found.tracking.iloc[-1]
    size = abs(last["expected"] / last["observed"] - 1)
    assert title(ax).startswith(f"Of new customers, from their first day on, the Pareto/NBD expects {size:.0%} ")
    assert title(ax).endswith("repeat purchases than were made")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("weeks since the first purchase", "repeat purchases so far")
    assert list(line(ax, "observed").get_ydata()) == list(found.tracking["observed"])
    assert list(line(ax, "expected (Pareto/NBD)").get_ydata()) == list(found.tracking["expected"])
    assert line(ax, "observed").get_marker() != line(ax, "expected (Pareto/NBD)").get_marker()
    assert line(ax, "observed").get_linestyle() != line(ax, "expected (Pareto/NBD)").get_linestyle()
    (shade,) = ax.patches
    split = found.tracking.loc[~found.tracking["held_out"], "periods"].iloc[-1]
    assert shade.get_x() == split
    error = f"{abs(found.error):.0%} too {'many' if found.error > 0 else 'few'} purchases"
    assert error in found.verdict
    assert labels(ax)[-1].replace("\n", " ") == f"held out: knowing each customer it predicts {error}"
    assert not ax.texts


@pytest.mark.parametrize(("off", "said"), [(1.0, "expects as many repeat purchases as"), (1.2, "20% more repeat")])
def test_tracking_titles(found, off, said):
    rows = found.tracking.assign(expected=off * found.tracking["observed"])
    assert said in title(plots.plot_tracking(replace(found, tracking=rows)))


def test_tracking_where_nobody_buys_again(found):
    rows = found.tracking.assign(observed=0)
    ax = plots.plot_tracking(replace(found, tracking=rows, totals=found.totals.assign(error=np.nan, observed=0)))
    assert re.search(r"the Pareto/NBD expects [\d,]+ repeat purchases; none were made$", title(ax))
    assert labels(ax)[-1].endswith("] and none came")


def test_tenths_show_each_prediction_with_its_interval_and_mark_misses(found):
    low = found.frame["predicted_low"].where(found.frame["tenth"] != 2, 10 * found.frame["observed"])
    high = found.frame["predicted_high"].where(found.frame["tenth"] != 2, 11 * found.frame["observed"])
    inside = found.frame["observed"].between(low, high)
    one_missed = found.frame.assign(predicted_low=low, predicted_high=high, inside=inside)
    ax = plots.plot_held_out_tenths(replace(found, frame=one_missed))
    marks = {one.get_marker(): len(one.get_xdata()) for one in ax.lines}
    assert marks["X"] == (~inside).sum() >= 1
    assert marks["o"] == inside.sum()
    assert labels(ax)[-1] == "observed, outside of it"
    bars = ax.collections[0].get_segments()
    n = found.frame["predicted"] / found.frame["predicted_each"]
    np.testing.assert_allclose([bar[:, 1] for bar in bars], np.column_stack([low / n, high / n]))
    assert ax.get_ylim()[0] == 0
    assert "per customer" in ax.get_ylabel()


@pytest.mark.parametrize(("n", "said"), [(10, "All 10 tenths"), (7, "7 of 10 tenths"), (0, "None of the 10 tenths")])
def test_the_title_of_tenths_counts_those_that_hold(found, n, said):
    frame = found.frame.assign(inside=np.arange(10) < n)
    assert title(plots.plot_held_out_tenths(replace(found, frame=frame))).startswith(f"{said} of customers bought")


@pytest.mark.parametrize("measure", ["purchases", "money"])
def test_lorenz_lies_between_the_perfect_ranking_and_none(found, measure):
    ax = plots.plot_lorenz(found, measure=measure)
    own, perfect = ax.lines[:2]
    assert (own.get_ydata() <= perfect.get_ydata() + 1e-9).all()
    assert (own.get_ydata() >= own.get_xdata() - 1e-9).all()
    first = np.interp(0.2, own.get_xdata(), own.get_ydata())
    assert f"has {first:.0%} of all {measure}" in title(ax)
    assert len({one.get_linestyle() for one in ax.lines}) == 3
    assert all(text.endswith("%") for text in ticks(ax.xaxis) + ticks(ax.yaxis))


def test_lorenz_of_what_was_not_judged_is_refused(found):
    with pytest.raises(ValueError, match="'joy' was not judged; there is purchases, money"):
        plots.plot_lorenz(found, measure="joy")


def test_figures_of_an_empty_held_out_part(held_out):
    some = held_out.customers[held_out.customers["age"] > 0]
    nothing = replace(held_out, customers=held_out.customers.assign(held_out_frequency=0))
    found = wb.fit_purchases(some, "bg_nbd", period="W").check(nothing)
    for plot in VALIDATIONS:
        assert "nan" not in title(plot(found))
    assert title(plots.plot_lorenz(found)).endswith("nothing to rank")


def test_projection_tells_seen_from_extrapolated_and_later_counts():
    ax = plots.plot_projection(wb.fit_contracts(HIGH_END[:5], "sbg", period="Y"), HIGH_END)
    assert title(ax) == "The sBG expects 30.7% still here at age 12; 39.4% were"
    assert labels(ax) == ["sBG, fitted", "extrapolated", "counted, seen by the fit", "counted later"]
    assert line(ax, "sBG, fitted").get_linestyle() != line(ax, "extrapolated").get_linestyle()
    assert line(ax, "counted later").get_markerfacecolor() == "white"
    assert list(line(ax, "counted later").get_ydata()) == [count / 1000 for count in HIGH_END[5:]]
    assert ax.get_xlabel() == "age in years"
    assert all(text.endswith("%") for text in ticks(ax.yaxis))


def test_projection_without_counts_and_of_known_parameters():
    ax = plots.plot_projection(wb.fit_contracts(HIGH_END[:8], "bdw", period="6M"), periods=20)
    assert re.fullmatch(r"The BdW expects [\d.]+% \[[\d.]+%, [\d.]+%\] still here at age 20", title(ax))
    assert ax.get_xlabel() == "age in periods of 6 months"
    known = plots.plot_projection(contract_model(3.8, 15.2, period="Y"), COHORTS)
    assert labels(known) == ["extrapolated", "counted"]
    shares = line(known, "counted").get_ydata()
    assert list(shares) == [1.0, 0.8, 0.648, 0.5307, 0.4391]


def test_concentration_names_the_share_of_the_fifth(values):
    ax = plots.plot_value_concentration(values)
    share = values.frame["cumulative_share"][1]
    assert title(ax) == f"The most valuable fifth of customers carries {share:.0%} of all value"
    curve = line(ax, "customers by value")
    assert (curve.get_ydata()[0], curve.get_ydata()[-1]) == pytest.approx((0, 1))
    assert (np.diff(curve.get_ydata(), 2) < 1e-9).all()


def test_concentration_of_no_value_is_refused(values):
    with pytest.raises(ValueError, match="need a finite total above 0; it is no upper limit"):
        plots.plot_value_concentration(replace(values, total=np.inf))


def test_base_shows_each_segment_beside_constant_churn(base):
    ax = plots.plot_base_value(base)
    whole, widest = -base.gap, -base.frame["gap"].min()
    assert title(ax) == (
        f'One churn rate for everybody puts the base {whole:.0%} too low; next renewal "5": {widest:.0%} too low'
    )
    own, naive = line(ax, "value, with interval"), line(ax, "with one churn rate for everybody")
    frame = base.frame[::-1]  # the most valuable first
    assert list(own.get_xdata()) == list(frame["per_customer"]) == sorted(frame["per_customer"], reverse=True)
    assert list(naive.get_xdata()) == list(frame["constant_churn"] / frame["n"])
    assert naive.get_markerfacecolor() == "none"
    assert own.get_marker() != naive.get_marker()
    ends = [list(one.get_xdata()) for one in ax.lines[:5]]
    assert ends == frame[["per_customer_low", "per_customer_high"]].to_numpy().tolist()
    assert ticks(ax.yaxis) == ["5", "4", "3", "2", "1"]
    assert all(text.startswith("€") for text in ticks(ax.xaxis))


@pytest.mark.parametrize("number", range(6))
def test_a_figure_is_drawn_where_it_is_asked_for(number, found, values, base):
    drawn = [
        *(lambda ax, plot=plot: plot(found, ax) for plot in VALIDATIONS),
        lambda ax: plots.plot_projection(contract_model(3.8, 15.2, period="Y"), ax=ax),
        lambda ax: plots.plot_value_concentration(values, ax),
        lambda ax: plots.plot_base_value(base, ax),
    ][number]
    own = plt.subplots()[1]
    assert drawn(own) is own
    assert len(plt.get_fignums()) == 1
