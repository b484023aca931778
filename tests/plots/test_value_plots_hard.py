"""Do the figures of values hold where data are odd: cut or foreign counts, losses, long labels, few customers?"""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from contract_data import COHORTS, HIGH_END

import winback as wb
from winback import plots
from winback.plots.style import money_axis
from winback.value.contracts.fits import contract_model

pytestmark = pytest.mark.slow

KNOWN = contract_model(3.8, 15.2, period="Y")


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def title(ax):
    ax.figure.canvas.draw()
    return ax.get_title(loc="left").replace("\n", " ")


def labels(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def ticks(axis):
    axis.figure.canvas.draw()
    return [label.get_text() for label in axis.get_ticklabels() if label.get_text()]


# projections


@pytest.fixture(scope="module")
def five_years():
    return wb.fit_contracts(HIGH_END[:5], "sbg", period="Y")


def test_a_projection_cut_short_speaks_of_its_last_age_and_lists_what_is_drawn(five_years):
    ax = plots.plot_projection(five_years, HIGH_END, periods=3)
    expected = five_years.project([3])["still_here"][0]
    assert title(ax) == f"The sBG expects {expected:.1%} still here at age 3; {HIGH_END[3] / HIGH_END[0]:.1%} were"
    assert labels(ax) == ["sBG, fitted", "counted, seen by the fit"]
    assert not ax.patches
    longer = plots.plot_projection(five_years, HIGH_END, periods=20)
    assert title(longer) == title(plots.plot_projection(five_years, HIGH_END))


@pytest.mark.parametrize("other", [[500, 300, 200, 150, 120, 100, 90], [1000, 869, 743], [HIGH_END, [9, 8]]])
def test_counts_that_are_not_those_of_the_fit_are_not_called_seen(five_years, other):
    ax = plots.plot_projection(five_years, other)
    assert labels(ax) == ["sBG, fitted", "extrapolated", "counted"]
    assert ax.lines[-1].get_markerfacecolor() == "white"


def test_counts_of_cohorts_are_seen_by_their_fit():
    fit = wb.fit_contracts([cohort[:-1] for cohort in COHORTS], "sbg", period="Y")
    assert labels(plots.plot_projection(fit, COHORTS))[-2:] == ["counted, seen by the fit", "counted later"]


@pytest.mark.parametrize("periods", [0, -2, 2.5, True])
def test_a_projection_needs_a_period(five_years, periods):
    with pytest.raises(ValueError, match=r"periods`? must be a whole number"):
        plots.plot_projection(five_years, periods=periods)


# money


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ([10, 12.5, 15, 17.5], ["$10.00", "$12.50", "$15.00", "$17.50"]),
        ([0, 5, 10], ["$0", "$5", "$10"]),
        ([-1000, 0, 1000], ["-$1,000", "$0", "$1,000"]),
        ([0.0, 0.1, 0.2, 0.30000000000000004], ["$0.00", "$0.10", "$0.20", "$0.30"]),
        ([0, 0.002, 0.004], ["$0.000", "$0.002", "$0.004"]),
        ([1e9, 1e9 + 0.5], ["$1,000,000,000.00", "$1,000,000,000.50"]),
        ([0, 2_500_000, 5_000_000], ["$0", "$2.5 million", "$5.0 million"]),
        ([-1_000_000, 0, 1_000_000], ["-$1 million", "$0", "$1 million"]),
        ([500_000, 1_000_000], ["$0.5 million", "$1.0 million"]),
    ],
)
def test_ticks_of_money_have_the_digits_of_their_step(at, said):
    ax = plt.subplots()[1]
    ax.set_xlim(min(at), max(at))
    money_axis("$", ax.xaxis)
    ax.set_xticks(at)
    assert ticks(ax.xaxis) == said


# concentration


def values(n, fee=100.0, **terms):
    base = pd.DataFrame({"next_renewal": np.arange(n) % 5 + 1, "fee": fee})
    return wb.lifetime_value(KNOWN, base, margin="fee", annual_discount=0.1, **terms)


def test_concentration_says_what_is_the_case_of_totals_that_have_no_shares():
    with pytest.raises(ValueError, match="cost more than they bring") as told:
        plots.plot_value_concentration(values(20, -5.0))
    assert "Set a discount" not in str(told.value)
    with pytest.raises(ValueError, match=r"it is \$0.00: nothing is expected of these customers"):
        plots.plot_value_concentration(values(20, 0.0))
    with pytest.raises(ValueError, match=r"it is no upper limit\. Set a discount or a horizon"):
        plots.plot_value_concentration(replace(values(20), total=np.inf))


def test_concentration_of_few_customers_speaks_of_one():
    found = values(3)
    share = found.customers["value"].max() / found.total
    ax = plots.plot_value_concentration(found)
    assert title(ax) == f"The most valuable of 3 customers carries {share:.0%} of all value"
    assert list(ax.lines[2].get_xdata()) == [1 / 3, 1 / 3, 0]
    assert title(plots.plot_value_concentration(values(1))) == "The only customer carries all value"
    assert "fifth of customers" in title(plots.plot_value_concentration(values(10)))


# bases


def base_of(worth, naive, low=None, high=None, names=None):
    """Return a base of segments of 10 customers each, worth so much a customer."""
    worth, naive = np.array(worth, dtype=float), np.array(naive, dtype=float)
    ends = [worth if end is None else np.array(end, dtype=float) for end in (low, high)]
    names = [f"s{number}" for number in range(len(worth))] if names is None else names
    customers = pd.DataFrame({"next_renewal": 1, "plan": [name for name in names for _ in range(10)]})
    found = wb.base_value(KNOWN, customers, margin=1, annual_discount=0.1, by="plan")
    frame = pd.DataFrame({"segment": names, "n": 10, "per_customer": worth, "constant_churn": 10 * naive})
    frame = frame.assign(per_customer_low=ends[0], per_customer_high=ends[1], gap=np.nan)
    totals = {"total": 10 * worth.sum(), "total_low": 10 * ends[0].sum(), "total_high": 10 * ends[1].sum()}
    return replace(found, frame=frame, constant_churn=10 * naive.sum(), gap=np.nan, **totals)


ONE = "One churn rate for everybody puts the base "


@pytest.mark.parametrize(
    ("base", "said"),
    [
        (base_of([100.0], [120.0]), "20% too high"),
        (base_of([100.0], [100.1]), "where it is"),
        (base_of([0.0], [0.0]), "where it is"),
        (base_of([-252.0], [-611.0]), "$359 a customer too low"),
        (base_of([-252.0], [611.0]), "$863 a customer too high"),
        (base_of([1.0], [400.0]), "$399 a customer too high"),
        (base_of([100.0], [120.0], [70], [130]), "20% higher, no more than the value's own uncertainty"),
        (base_of([-252.0], [-300.0], [-400], [-100]), "$48.00 a customer lower, no more than the value's own "),
        (base_of([100.0, 50.0], [101.0, 20.0]), '19% too low; plan "s1": 60% too low'),
        (base_of([100.0, 50.0], [130.0, 65.0]), "30% too high"),
        (base_of([100.0, -150.0], [160.0, -155.0]), '$27.50 a customer too high; plan "s0": 60% too high'),
        (base_of([100.0, 50.0], [130.0, 50.0], [90, 30], [110, 70]), "20% higher, no more than the value's own unc"),
    ],
)
def test_the_title_of_a_base_takes_its_direction_from_money(base, said):
    told = title(plots.plot_base_value(base))
    assert told.startswith(ONE + said)
    assert told.count(";") == ("plan" in told)


def test_a_base_without_a_finite_total_names_none():
    worth = replace(base_of([100.0], [120.0]), total=np.inf)
    assert title(plots.plot_base_value(worth)) == "A customer is worth no upper limit on average"


def test_long_labels_wrap_and_segments_are_in_the_order_of_value():
    names = [f"{number:02d} " + "customers of a very long name indeed " * 2 for number in range(15)]
    ax = plots.plot_base_value(base_of(np.arange(15.0) + 1, np.arange(15.0) + 2, names=names))
    said = ticks(ax.yaxis)
    assert [text[:2] for text in said] == [f"{number:02d}" for number in range(14, -1, -1)]
    assert all(max(map(len, text.splitlines())) <= 28 < len(text) for text in said)  # long names wrap
    assert ax.get_position().width > 0.4
    money = plots.plot_base_value(base_of([1.0, 2.0], [1.0, 2.0], names=["$10-$20", "$20-$30"]))
    assert not any(label.get_parse_math() for label in money.get_yticklabels())


def test_of_many_segments_the_most_valuable_are_drawn():
    naive = np.arange(80.0) + 2
    naive[[3, 60]] = 9.0, 80.0  # 125% of a segment that is not drawn, 31% of one that is
    ax = plots.plot_base_value(base_of(np.arange(80.0) + 1, naive))
    assert title(ax).endswith('; plan "s60": 31% too high')
    assert len(ticks(ax.yaxis)) == 30
    assert ticks(ax.yaxis)[0] == "s79"
    assert ax.get_ylabel() == "plan: 30 of 80, worth most"
    assert ax.figure.get_figheight() < 13
