"""Do the figures of losses draw what the report holds, and do their titles tell the truth in every case?"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.dates import date2num

import winback as wb
from winback import plots

UNTIL = "2025-01-31"
ODD = ["$5 off $10", "😀 Zoë", "x" * 200, "שלום עולם", "李小龙", "_hidden", "a\nb", "  ", "100%"]


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def title(ax):
    ax.figure.canvas.draw()
    return ax.get_title(loc="left").replace("\n", " ")


def ticks(axis):
    axis.figure.canvas.draw()
    return [label.get_text() for label in axis.get_ticklabels() if label.get_text()]


def texts(ax):
    return [text.get_text() for text in ax.texts]


def contracts(n=100, n_lost=10, end="2024-06-30", **columns):
    """Return customers since 2023, of whom the first few left on one day."""
    ends = [end] * n_lost + [None] * (n - n_lost)
    return pd.DataFrame({"customer_id": range(1, n + 1), "start": "2023-01-01", "end": ends, **columns})


def company(rng, n=600, **columns):
    """Return customers who come over three years, leave at a constant rate, and of whom some come back."""
    start, stay = rng.integers(0, 1450, n), rng.exponential(400, n).astype(int) + 1
    first = pd.DataFrame({"customer_id": range(n), "start": start, "end": start + stay, **columns})
    again = first.iloc[: n // 5].assign(start=lambda frame: frame["end"] + 90, end=lambda frame: frame["end"] + 200)
    table = pd.concat([first, again])
    days = {name: pd.Timestamp("2021-01-01") + pd.to_timedelta(table[name], unit="D") for name in ("start", "end")}
    table = table.assign(**days, margin=rng.gamma(4, 5, len(table)))
    return table[table["start"] < UNTIL].assign(end=lambda frame: frame["end"].mask(frame["end"] > UNTIL))


def report_of(table, **asked):
    return wb.lost_report(wb.read_contracts(table, until=UNTIL), **asked)


@pytest.fixture(scope="module")
def report():
    return report_of(company(np.random.default_rng(5)))


# the flow


def test_the_flow_leads_from_those_here_first_to_those_here_now(report):
    ax = plots.plot_flow(report)
    year = report.last_year
    rows = report.years_back(0)
    n = rows["n"].iloc[0]
    lost, won, back = year["n_lost"] + year["n_lost_within"], year["n_won"], year["n_returned"]
    ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches]
    left, with_won = n - lost, n - lost + won
    assert ends == [(0, n), (left, n), (left, with_won), (with_won, with_won + back), (0, with_won + back)]
    assert texts(ax) == [f"{n:,}", f"-{lost:,.0f}", f"+{won:,.0f}", f"+{back:,.0f}", f"{n - lost + won + back:,.0f}"]
    assert ticks(ax.yaxis)[0] == f"here on {rows['start'].iloc[0]:%Y-%m-%d}"
    change = (won + back - lost) / n
    assert title(ax) == (
        f"In the year to {rows['end'].iloc[-1]:%Y-%m-%d} {lost:,.0f} customers were lost and {won + back:,.0f} came "
        f"({back:,.0f} of them back): the base {'grew' if change > 0 else 'shrank'} by {abs(change):.1%}"
    )


def test_the_flow_of_each_kind_of_year():
    ax = plots.plot_flow(report_of(contracts(n_lost=0)))
    assert title(ax).endswith("nobody was lost and nobody came: the base is as large as it was")
    one = plots.plot_flow(report_of(contracts(n_lost=1), period="Y"))
    assert "1 customer was lost and nobody came: the base shrank by 1.0%" in title(one)
    back = pd.concat([contracts(), pd.DataFrame({"customer_id": [1, 2], "start": "2024-09-15", "end": None})])
    assert "2 came (all of them back): the base shrank by 8.0%" in title(plots.plot_flow(report_of(back, period="Y")))
    late = contracts(end="2025-01-20")
    shown = plots.plot_flow(report_of(late, since="2025-01-01", period="M"))
    assert ticks(shown.yaxis)[-2] == "not known yet"
    assert texts(shown)[-2:] == ["-10", "90"]


# losses by period


def bars(ax):
    return [[(bar.get_x(), bar.get_y(), bar.get_height()) for bar in group] for group in ax.containers]


def test_losses_are_drawn_as_counted(report):
    counts, paid = plots.plot_losses(report).axes
    rows = report.periods
    for ax, whole, within in ((counts, "n_lost", "n_lost_within"), (paid, "money_lost", "money_lost_within")):
        first, second = (np.array(group) for group in bars(ax))
        np.testing.assert_allclose(first[:, 0], date2num(rows["start"]))
        np.testing.assert_allclose(first[:, 2], rows[whole])
        np.testing.assert_allclose(second[:, 1], rows[whole])
        np.testing.assert_allclose(second[:, 2], rows[within])
    assert [text.get_text() for text in counts.get_legend().get_texts()] == ["lost", "came and lost within the period"]
    assert all(text.startswith("$") for text in ticks(paid.yaxis))
    year = report.last_year
    assert title(counts).startswith(f"{year['n_lost'] / year['n']:.1%} of customers are lost in a month, ")
    total = report.years_back(0)[["money_lost", "money_lost_within"]].sum().sum()
    assert f"had brought in ${total:,.0f} in the year before they left" in title(paid)


def yearly(n_before, n_last):
    """Return the title for 1,000 customers of whom so many leave in 2022, and in 2023."""
    days = np.repeat(["2022-06-30", "2023-06-30"], [n_before, n_last])
    ends = [*days, *[None] * (1000 - len(days))]
    table = pd.DataFrame({"customer_id": range(1000), "start": "2021-06-01", "end": ends})
    base = wb.read_contracts(table, until="2024-01-31")
    return title(plots.plot_losses(wb.lost_report(base, period="M", since="2022-01-01")).axes[0])


def test_a_rise_is_only_called_one_beyond_chance():
    assert yearly(40, 90).endswith(", more than in the year before (0.3%)")
    assert yearly(90, 40).endswith(", less than in the year before (0.8%)")
    assert yearly(38, 46).endswith(", not told apart from the year before (0.3%)")
    assert yearly(42, 42).endswith(", as in the year before")


def test_losses_without_money_of_one_period_and_of_nobody():
    (only,) = plots.plot_losses(report_of(contracts(), period="Y")).axes
    assert title(only) == "Of 100 customers 10 were lost in the year from 2024-01-01, 10.0%"
    assert only.get_xlabel().endswith("what they had brought in is not known")
    counts, paid = plots.plot_losses(report_of(contracts(n_lost=0, margin=5.0))).axes
    assert title(counts).startswith("Nobody was lost from ") or title(counts).startswith("Nobody was lost in ")
    assert title(paid) == "No money went with them"
    assert counts.get_ylim() == (0, 1)


def test_who_may_still_come_back_is_drawn_apart():
    late = contracts(end="2025-01-20", margin=5.0)
    counts, _ = plots.plot_losses(report_of(late, since="2024-11-01", period="M")).axes
    labels = [text.get_text() for text in counts.get_legend().get_texts()]
    assert labels == ["lost", "not known yet: they may still come back"]
    assert [height for *_, height in bars(counts)[1]] == [0, 0, 10]
    assert counts.containers[1][2].get_facecolor()[:3] == (1, 1, 1)


def test_of_many_periods_the_last_are_drawn(rng):
    found = report_of(company(rng), period="W")
    counts, paid = plots.plot_losses(found).axes
    assert len(counts.containers[0]) == 60
    assert paid.get_xlabel() == f"week in which they were lost (the last 60 of {len(found.periods)})"


def test_money_is_in_the_currency_of_the_table():
    found = wb.lost_report(wb.read_contracts(contracts(margin=5.0), until=UNTIL, currency="€"))
    assert all(text.startswith("€") for text in ticks(plots.plot_losses(found).axes[1].yaxis))


# cohorts


def test_cohorts_are_drawn_as_counted(report):
    ax = plots.plot_cohorts(report)
    frame = report.cohorts().dropna(subset=["cohort"])
    frame = frame[(frame["periods_since"] > 0) & (frame["n_came"] > 0)]
    cohorts = np.sort(frame["cohort"].unique())[-24:]
    values = ax.collections[0].get_array()
    for row, cohort in enumerate(cohorts):
        own = frame[frame["cohort"] == cohort].set_index("periods_since")["share"]
        np.testing.assert_allclose(values[row].compressed(), own)
    year = frame[frame["cohort"].isin(cohorts) & (frame["periods_since"] == 12)]
    assert title(ax).startswith(
        f"Of those who came, {year['n'].sum() / year['n_came'].sum():.0%} are still here 12 months later; "
    )
    assert ax.get_xlabel() == "months since they came"


def cohort_title(lost):
    """Return the title where so many of the 100 leave who came in each quarter of 2022, in the tenth month."""
    tables = []
    for quarter, n in enumerate(lost):
        start = pd.Timestamp("2022-01-05") + pd.DateOffset(months=3 * quarter)
        ends = [start + pd.DateOffset(months=9)] * n + [pd.NaT] * (100 - n)
        tables.append(pd.DataFrame({"start": start, "end": pd.to_datetime(ends)}))
    tables.append(pd.DataFrame({"start": pd.Timestamp("2021-01-01"), "end": [pd.Timestamp("2023-12-31")]}))
    table = pd.concat(tables, ignore_index=True)
    base = wb.read_contracts(table.assign(customer_id=range(len(table))), until="2024-01-31")
    return title(plots.plot_cohorts(wb.lost_report(base, period="3M", since="2022-01-01")))


def test_a_cohort_is_only_called_another_one_beyond_chance():
    alike = "; how many stay differs between cohorts no more than by chance"
    assert cohort_title([20, 22, 18, 20]) == f"Of those who came, 80% are still here 12 months later{alike}"
    assert cohort_title([20, 20, 60, 20]).endswith(
        "; of those who came from 2022-07-01 fewer than chance explains (40%)"
    )
    assert cohort_title([40, 40, 40, 5]).endswith("; 1 of 4 cohorts stays longer than chance explains")
    assert cohort_title([0, 0, 0, 0]) == f"Of those who came, 100% are still here 12 months later{alike}"


def test_without_a_cohort_there_is_no_figure():
    with pytest.raises(ValueError, match="Nobody came in a period that another one follows"):
        plots.plot_cohorts(report_of(contracts(), since="2024-01-01"))


@pytest.mark.parametrize("plot", [plots.plot_flow, plots.plot_cohorts])
def test_a_figure_is_drawn_where_it_is_asked_for(plot, report):
    own = plt.subplots(figsize=(4, 4))[1]
    assert plot(report, own) is own
    assert len(plt.get_fignums()) == 1
