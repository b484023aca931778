"""Do the figures of losses draw what the report holds, and do their titles tell the truth in every case?"""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.dates import date2num
from matplotlib.text import Text

import winback as wb
from winback import plots
from winback.lost.published_rates import PUBLISHED

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
    year, rows = report.over_last_year, report.years_back(0)
    n, lost, won, back, within = (year[name] for name in ("n", "n_lost", "n_won", "n_returned", "n_lost_within"))
    levels = np.cumsum([n, -lost, won, back, -within])
    ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches]
    steps = [tuple(sorted(pair)) for pair in pairwise(levels)]
    assert ends == [(0, n), *steps, (0, levels[-1])]
    signed = [f"-{lost:,.0f}", f"+{won:,.0f}", f"+{back:,.0f}", f"-{within:,.0f}"]
    assert texts(ax) == [f"{n:,.0f}", *signed, f"{levels[-1]:,.0f}"]
    assert levels.min() >= 0
    assert n == rows["n"].iloc[0]
    lost += within
    assert lost == rows[["n_lost", "n_lost_within"]].to_numpy().sum()
    assert ticks(ax.yaxis)[4].replace("\n", " ") == "newcomers lost again within the year"
    assert ticks(ax.yaxis)[0] == f"here on {rows['start'].iloc[0]:%Y-%m-%d}"
    change = (won + back - lost) / n
    assert title(ax) == (
        f"In the year to {rows['end'].iloc[-1]:%Y-%m-%d}, {lost:,.0f} customers were lost and {won + back:,.0f} came "
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
    assert [text.get_text() for text in paid.get_legend().get_texts()] == ["lost", "came and lost within the period"]
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
    assert yearly(38, 46).endswith(", not clearly different from the year before (0.3%)")
    assert yearly(42, 42).endswith(", as in the year before")


def test_losses_without_money_of_one_period_and_of_nobody():
    (only,) = plots.plot_losses(report_of(contracts(), period="Y")).axes
    assert title(only) == "Of 100 customers 10 were lost in the year from 2024-01-01, 10.0%"
    assert only.get_xlabel().replace("\n", " ").endswith("what they had brought in is not known")
    counts, paid = plots.plot_losses(report_of(contracts(n_lost=0, margin=5.0))).axes
    assert title(counts).startswith("Nobody was lost from ") or title(counts).startswith("Nobody was lost in ")
    assert title(paid) == "No money went with them"
    assert counts.get_ylim() == (0, 1)


def test_who_may_still_come_back_is_drawn_apart():
    late = contracts(end="2025-01-20", margin=5.0)
    counts, paid = plots.plot_losses(report_of(late, since="2024-11-01", period="M")).axes
    labels = [text.get_text() for text in paid.get_legend().get_texts()]
    assert labels == ["lost", "not known yet: they may still come back"]
    assert [height for *_, height in bars(counts)[1]] == [0, 0, 10]
    assert counts.containers[1][2].get_facecolor()[:3] == (1, 1, 1)


def test_of_many_periods_the_last_are_drawn(rng):
    found = report_of(company(rng), period="W")
    counts, paid = plots.plot_losses(found).axes
    assert len(counts.containers[0]) == 60
    assert paid.get_xlabel().replace("\n", " ") == f"week in which they were lost (the last 60 of {len(found.periods)})"


def test_money_is_in_the_currency_of_the_table():
    found = wb.lost_report(wb.read_contracts(contracts(margin=5.0), until=UNTIL, currency="€"))
    assert all(text.startswith("€") for text in ticks(plots.plot_losses(found).axes[1].yaxis))


# groups


def grouped(sizes, lost, names=None, **asked):
    """Return the report of groups of so many customers each, of whom so many leave on one day."""
    names = names or [f"g{place}" for place in range(len(sizes))]
    parts = [contracts(n, k, manager=name) for n, k, name in zip(sizes, lost, names, strict=True)]
    table = pd.concat(parts).assign(customer_id=lambda frame: range(len(frame)))
    return report_of(table, by="manager", period="Y", since="2024-01-01", **asked)


def marks(ax):
    """Return what is drawn of each verdict: sizes and shares."""
    found = {line.get_label().split(" (")[0]: line for line in ax.lines if line.get_linestyle() == "None"}
    return {label: (list(line.get_xdata()), list(line.get_ydata())) for label, line in found.items()}


def test_the_funnel_draws_every_group_and_names_those_beyond_chance():
    found = grouped([400, 300, 200, 20], [56, 42, 60, 3], ["ann", "bob", "cem", "dan"])
    ax = plots.plot_funnel(found)
    assert title(ax) == "One of 4 lies above the band: a question, not a verdict"
    assert texts(ax) == ["cem 30.0%"]
    groups = found.groups.set_index("group")
    assert marks(ax)["loses more"] == ([200], [0.3])
    others = groups.loc[["ann", "bob", "dan"]]
    assert marks(ax)["not clearly different"] == (others["n"].tolist(), others["share_lost"].tolist())
    limits = {line.get_label(): line for line in ax.lines}
    alone = limits["chance, one group alone"]
    np.testing.assert_allclose(alone.get_ydata(), found.funnel(alone.get_xdata())["low"])
    (band,) = ax.collections
    ends = found.funnel(alone.get_xdata())[["low_together", "high_together"]]
    heights = band.get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == pytest.approx((ends.min().min(), ends.max().max()))
    assert band.get_label() == "band: chance, all groups at once"  # an area: no line of the key looks like another
    assert limits["all together"].get_color() != alone.get_color()
    assert ax.get_ylabel() == "share lost in a year"
    assert ax.get_xscale() == "linear"
    assert ticks(ax.yaxis)
    assert all(float(text[:-1]) >= 0 for text in ticks(ax.yaxis))


def test_what_the_funnel_says_of_groups_alike_less_lost_none_and_one():
    assert title(plots.plot_funnel(grouped([100] * 4, [10, 11, 9, 10]))) == (
        "None of 4 lies outside the band: chance alone may make the differences"
    )
    less = plots.plot_funnel(grouped([400] * 3, [40, 40, 4]))
    assert title(less) == "One of 3 lies below the band: a question, not a verdict"
    many = title(plots.plot_funnel(grouped([400] * 12, [4] * 8 + [90, 80, 70, 100])))
    assert many == "Of 12, 4 above and 8 below the band: questions, not verdicts"
    assert title(plots.plot_funnel(grouped([50, 50], [0, 0]))) == "Nobody was lost: no manager stands out"
    one = plots.plot_funnel(grouped([50], [5]))
    assert title(one) == "There is one manager only, g0: nothing to compare"
    assert marks(one) == {"the only group": ([50], [0.1])}
    with pytest.raises(ValueError, match="There are no groups: name a column"):
        plots.plot_funnel(report_of(contracts()))
    with pytest.raises(ValueError, match="Of no customer the group is known"):
        plots.plot_funnel(grouped([50], [5], [None]))


def test_groups_watched_at_other_times_are_drawn_as_of_the_same_periods():
    """All lose a tenth in 2023 and four tenths in 2024; one group was there in 2023 only, and is like the others."""
    both, one = [], []
    for n, first in ((1000, "2022-12-01"), (500, "2022-12-01")):
        table = pd.DataFrame({"start": first, "end": [None] * n, "manager": "ann" if n == 1000 else "bob"})
        table.loc[: n // 10 - 1, "end"] = "2023-06-30"
        if n == 1000:
            table.loc[100:459, "end"] = "2024-06-30"
            both.append(table)
        else:
            table.loc[50:, "end"] = "2023-12-31"  # handed on
            one.append(table)
    on = pd.DataFrame({"start": "2024-01-01", "end": ["2024-06-30"] * 180 + [None] * 270, "manager": "ann"})
    on["customer_id"] = range(1050, 1500)
    first = pd.concat([*both, *one]).assign(customer_id=range(1500))
    found = report_of(pd.concat([first, on]), by="manager", period="Y", since="2023-01-01")
    groups = found.groups.set_index("group")
    ax = plots.plot_funnel(found)
    assert groups.loc["bob", "share_lost"] < 0.7 * groups.loc["ann", "share_lost"]
    overall = groups["n_lost"].sum() / groups["n"].sum()
    drawn = groups["share_lost"] / groups["common"] * overall
    assert marks(ax)["not clearly different"][1] == pytest.approx(drawn.tolist())
    assert drawn["bob"] == pytest.approx(overall, rel=0.02)
    assert ax.get_ylabel() == "share lost in a year\n(of the same periods)"


@pytest.mark.parametrize("n", [2, 60, 400])
def test_funnels_of_few_and_many_groups_name_at_most_eight_one_above_the_other(n, rng):
    sizes = rng.integers(5, 3000, n)
    found = grouped(sizes, rng.binomial(sizes, rng.choice([0.05, 0.1, 0.4], n)), [f"name {k}" for k in range(n)])
    ax = plots.plot_funnel(found, plt.subplots(figsize=(4.2, 4.5), layout="constrained")[1])
    ax.figure.canvas.draw()
    assert len(ax.texts) <= 8
    heights = sorted(Text.get_window_extent(text).y0 for text in ax.texts)
    assert (np.diff(heights) >= 14 * ax.figure.dpi / 72 - 0.1).all()


def test_no_limit_runs_through_the_name_of_a_group():
    sizes = [*np.linspace(300, 4000, 30).astype(int), 3000, 1200]
    lost = [round(0.1 * size) for size in sizes[:-2]]
    ax = plots.plot_funnel(grouped(sizes, [*lost, 450, 40], [f"name {k}" for k in range(32)]))
    ax.figure.canvas.draw()
    assert len(ax.texts) == 2
    for text in ax.texts:
        box = Text.get_window_extent(text)
        for line in ax.lines:
            if line.get_marker() == "None" and len(line.get_xdata()) > 2:
                points = ax.transData.transform(np.column_stack([line.get_xdata(), line.get_ydata()]))
                assert not box.count_contains(points), text.get_text()


def test_a_share_stands_beside_a_name_only_where_it_is_the_share_lost():
    """Of those watched in other periods a mark lies elsewhere; the sentence and the table say what was lost."""
    table = contracts(1200, 0).assign(start="2022-06-01", manager=["ann"] * 1000 + ["bob"] * 200)
    table.loc[:99, "end"] = "2023-06-30"
    table.loc[1000:1079, "end"] = "2023-06-30"
    table.loc[100:459, "end"] = "2024-06-30"
    table.loc[1080:, "end"] = "2023-12-31"
    found = report_of(table, by="manager", period="Y", since="2023-01-01")
    ax = plots.plot_funnel(found)
    assert "(of the same periods)" in ax.get_ylabel()
    assert ax.texts
    assert not any("%" in text for text in texts(ax))


def test_odd_names_are_drawn_as_they_are_written():
    found = grouped([400] * 9, [30] * 8 + [90], ODD[1:] + ODD[:1])
    ax = plots.plot_funnel(found)
    assert title(ax) == "One of 8 lies above the band: a question, not a verdict"
    assert texts(ax) == ["$5 off $10 22.5%"]
    for name in ODD[1:4]:
        shown = grouped([400] * 9, [30] * 8 + [90], [each for each in ODD if each != name] + [name])
        plots.plot_funnel(shown).figure.canvas.draw()


# reasons


def left_for(reasons, margins=20.0, **columns):
    table = contracts(len(reasons), len(reasons), reason=reasons, **columns)
    return table if margins is None else table.assign(margin=margins)


def reasons_of(table, **asked):
    return wb.reason_table(wb.read_contracts(table, until=UNTIL, **asked))


def test_reasons_are_drawn_by_money_with_their_intervals(rng):
    reasons = rng.choice(["price", "service", "moved", None], 400, p=[0.5, 0.3, 0.1, 0.1])
    table = reasons_of(left_for(reasons, rng.gamma(4, 5, 400)), currency="€")
    ax = plots.plot_reason_money(table)
    rows = table.reasons.sort_values("money", ascending=False)
    unknown = table.frame[table.frame["reason"].isna()]
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([*rows["money"], *unknown["money"]])
    ends = [tuple(line.get_xdata()) for line in ax.lines[: len(rows)]]
    assert ends == list(rows[["money_low", "money_high"]].itertuples(index=False, name=None))
    assert ticks(ax.yaxis) == [*rows["words"], "not known"]
    first = rows.iloc[0]
    assert title(ax) == f"Most money went with those who named price, €{first['money']:,.0f} a year"
    assert texts(ax)[0] == f"€{first['money']:,.0f} ({first['n']})"
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["cause: company", "cause: customer"]
    by_words = dict(zip(ticks(ax.yaxis), ax.patches, strict=True))
    assert by_words["price"].get_facecolor() != by_words["moved"].get_facecolor()
    assert by_words["price"].get_hatch() != by_words["moved"].get_hatch()


def test_reasons_that_are_not_told_apart_and_one_alone(rng):
    tie = plots.plot_reason_money(reasons_of(left_for(["price", "service"] * 50, rng.gamma(4, 5, 100))))
    assert title(tie).endswith("is not clearly different from it")
    many = plots.plot_reason_money(reasons_of(left_for([f"r{k % 40}" for k in range(400)], rng.gamma(4, 5, 400))))
    assert len(many.patches) == 15
    assert many.get_ylabel() == "reason (first 15 of 40)"
    assert title(many).endswith("12 more are not clearly different from it")
    alone = plots.plot_reason_money(reasons_of(left_for(["price"] * 20)))
    assert title(alone) == "Price is the only reason that was named: $4,800 a year went with it"


def test_reasons_without_money_are_drawn_by_customers():
    table = reasons_of(left_for(["price"] * 60 + ["service"] * 20, None))
    ax = plots.plot_reason_money(table)
    assert [bar.get_width() for bar in ax.patches] == [0.75, 0.25]
    assert title(ax) == "Most left for price, 75%; what they had brought in is not known"
    assert all(text.endswith("%") for text in ticks(ax.xaxis))
    nothing = plots.plot_reason_money(reasons_of(left_for(["price"] * 60 + ["service"] * 20, 0.0)))
    assert "had brought in" in title(nothing)


def test_odd_reasons_are_drawn():
    ax = plots.plot_reason_money(reasons_of(left_for([name for name in ODD if name.strip()] * 5)))
    ax.figure.canvas.draw()
    assert "$5 off $10" in ticks(ax.yaxis)
    assert max(map(len, ticks(ax.yaxis))) <= 28


# effort


def efforts(margins, hours, **more):
    n = len(margins)
    table = contracts(n, 1, end="2024-12-01", margin=margins)
    events = pd.DataFrame({"customer_id": range(1, n + 1), "date": "2024-06-30", "event": "hours", "amount": hours})
    return wb.triage(wb.read_contracts(table, events, until=UNTIL, **more))


def test_effort_is_drawn_beside_profit():
    found = efforts([80.0] * 10 + [15.0] * 10 + [5.0] * 10, [1.0] * 10 + [2.0] * 10 + [7.0] * 10)
    ax = plots.plot_effort(found)
    frame = found.effort_by_class()
    profit, hours = ax.containers
    assert [bar.get_width() for bar in profit] == pytest.approx(frame["profit_share"].tolist())
    assert [bar.get_width() for bar in hours] == pytest.approx(frame["hours_share"].tolist())
    lowest = found.effort.on_lowest()
    assert title(ax).startswith(f"{lowest['effort']:.0%} [")
    assert title(ax).endswith(f"of the hours go to those who bring {lowest['profit_share']:.0%} of the profit")
    assert ticks(ax.yaxis)[0].startswith("A (")
    assert profit[0].get_hatch() != hours[0].get_hatch()


def test_effort_where_the_profit_is_and_none_at_all(rng):
    fair = plots.plot_effort(efforts([80.0] * 40 + [10.0] * 40, np.append(rng.gamma(9, 9, 40), rng.gamma(2, 1, 40))))
    assert title(fair).endswith("of the profit: less than they bring")
    margins = np.append(np.full(40, 80.0), np.full(40, 10.0))
    even = plots.plot_effort(efforts(margins, margins * rng.gamma(2, 1, 80)))
    assert title(even).endswith("of the profit: not clearly different from what they bring")
    assert "cannot be told" in title(plots.plot_effort(efforts([0.0] * 5, [1.0] * 5)))
    with pytest.raises(ValueError, match="No event tells of time spent"):
        plots.plot_effort(wb.triage(wb.read_contracts(contracts(margin=5.0), until=UNTIL)))


# whom to call first


def test_each_bar_of_the_calls_is_a_part_of_the_one_above():
    base = wb.read_contracts(company(np.random.default_rng(5)), until=UNTIL)
    found = wb.triage(base)
    ax = plots.plot_calls(found)
    widths = [bar.get_width() for bar in ax.patches]
    listed = found.call_list()
    first = listed[listed["priority"].isin(["bring back first", "must come back"])]
    assert widths[0] == len(found.customers)
    assert widths[2] == len(first)
    assert widths[3] == (first["months_away"] <= 12).sum()
    assert (np.diff(widths) <= 0).all()
    assert title(ax) == f"Of {widths[0]:,} customers who are lost {widths[3]:,} are called first"


# returns


def test_returns_are_the_curve_of_the_report_with_published_marks(report):
    ax = plots.plot_returns(report)
    own = ax.lines[0]
    months = own.get_xdata()
    rows = report.organic.chance(np.zeros(len(months)), months)
    np.testing.assert_allclose(own.get_ydata(), rows["chance"])
    for at in (1, 6, 12, 24):
        drawn = np.interp(at, months, own.get_ydata())
        known = report.returns.set_index("months").loc[at, "returned"]
        assert drawn == pytest.approx(known, abs=0.02)
    reach = ax.collections[0].get_paths()[0].get_extents()
    assert reach.y1 == pytest.approx(rows["chance_high"].max())
    row = report.returns.set_index("months").loc[12]
    ends = f"[{row['returned_low']:.1%}, {row['returned_high']:.1%}]"
    assert title(ax) == f"{row['returned']:.1%} {ends} of the lost are back within a year"
    marked = {(x, y) for line in ax.lines[1:] for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)}
    assert marked == {(each.months, each.shares[0]) for each in PUBLISHED if each.kind == "returned"}
    labels = " ".join(text.get_text().replace("\n", " ") for text in ax.get_legend().get_texts())
    assert labels.count("survey of a company") == 4
    assert "returns after offers included" in ax.get_xlabel().replace("\n", " ")


def test_returns_before_an_offer_are_said_to_be_by_themselves():
    table = company(np.random.default_rng(5))
    sent = pd.DataFrame({"customer_id": table["customer_id"].unique(), "offer": "call", "offered_on": "2023-06-30"})
    found = wb.lost_report(wb.read_contracts(table, until=UNTIL), sent=sent)
    ax = plots.plot_returns(found, months=6, published=False)
    assert "by themselves within 6 months" in title(ax)
    assert ax.get_xlabel().replace("\n", " ") == "months since the loss, watched until an offer went out"
    assert len(ax.lines) == 1
    assert ax.get_legend() is None


def test_no_returns_and_no_losses():
    nobody = plots.plot_returns(report_of(contracts()))
    upper = nobody.collections[0].get_paths()[0].get_extents().y1
    assert title(nobody).startswith("Nobody who was lost is back within 6 months; up to ")
    assert upper > 0
    with pytest.raises(ValueError, match="Nobody was lost and watched afterwards"):
        plots.plot_returns(report_of(contracts(n_lost=0)))
    with pytest.raises(ValueError, match="months must be a number above 0; got 0"):
        plots.plot_returns(report_of(contracts()), months=0)


# a buyer


def shop(*days, lost=90, until="2024-12-31", customer="1", **columns):
    """Return a base of one customer who bought on these days, and of one who bought once."""
    log = pd.DataFrame({"customer_id": customer, "date": days, "amount": np.arange(1.0, len(days) + 1)})
    other = pd.DataFrame({"customer_id": ["other"], "date": ["2024-01-01"], "amount": [5.0]})
    return wb.read_purchases(pd.concat([log, other]), until=until, lost=lost, **columns)


def verticals(ax, label):
    return [pd.Timestamp(line.get_xdata()[0]) for line in ax.lines if line.get_label() == label]


def test_a_buyer_is_drawn_with_the_days_of_their_losses():
    base = shop("2024-01-01", "2024-02-01", "2024-08-01", "2024-09-01")
    ax = plots.plot_buyer(base, 1)
    points = next(line for line in ax.lines if line.get_label().startswith("a day with"))
    days = pd.to_datetime(["2024-01-01", "2024-02-01", "2024-08-01", "2024-09-01"])
    assert list(date2num(points.get_xdata())) == list(date2num(days))
    assert list(points.get_ydata()) == [1.0, 2.0, 3.0, 4.0]
    lost, again = ["2024-05-02", "2024-12-01"], ["2024-08-01", "2024-12-31"]
    assert verticals(ax, "called lost") == [pd.Timestamp(lost[0])]
    shades = [(shade.get_x(), shade.get_x() + shade.get_width()) for shade in ax.patches]
    assert shades == list(zip(date2num(pd.to_datetime(lost)), date2num(pd.to_datetime(again)), strict=True))
    assert title(ax) == "Customer 1 was called lost on 2024-12-01 and has not bought since, after coming back once"
    assert ax.get_xlabel() == "lost: silent for more than 90 days"
    assert ax.get_ylabel() == "paid"


def test_one_who_is_here_will_be_called_lost_on_a_day():
    ax = plots.plot_buyer(shop("2024-10-01", "2024-11-01", "2024-12-01"), "1")
    assert title(ax) == "Customer 1 has bought on 3 days and is here; if silent until 2025-03-02, lost"
    assert verticals(ax, "lost, if silent until then") == [pd.Timestamp("2025-03-02")]
    assert not ax.patches
    assert "has bought on 1 day and is here" in title(plots.plot_buyer(shop("2024-12-01"), 1))


def test_the_next_purchase_is_that_of_the_base():
    base = wb.load_shop_study().base
    here = base.customers[~base.customers["lost"] & base.customers["next_purchase_high"].lt("2025-06-30")].iloc[0]
    ax = plots.plot_buyer(base, here["customer_id"])
    assert verticals(ax, "next purchase, of one who buys again: median, interval") == [here["next_purchase"]]
    bar = next(line for line in ax.lines if line.get_linewidth() == 2.5)
    assert [pd.Timestamp(day) for day in bar.get_xdata()] == [here["next_purchase_low"], here["next_purchase_high"]]
    lost = base.customers[base.customers["lost"]]
    most = lost.loc[lost["frequency"].idxmax(), "customer_id"]
    assert title(plots.plot_buyer(base)).startswith(f"Customer {most} was called lost on ")


def test_buyers_unknown_without_amounts_and_with_odd_names():
    with pytest.raises(ValueError, match=r"There is no customer 7 among the 2 of .*; ids are like"):
        plots.plot_buyer(shop("2024-01-01"), 7)
    log = pd.DataFrame({"customer_id": [1, 1, 2], "date": ["2024-01-01", "2024-03-01", "2024-04-01"]})
    bare = plots.plot_buyer(wb.read_purchases(log, until="2024-12-31", lost=90), 1)
    assert bare.get_ylabel() == "days with a purchase"
    assert not ticks(bare.yaxis)
    for name in filter(str.strip, ODD):
        ax = plots.plot_buyer(shop("2024-01-01", "2024-02-01", customer=name, currency="€"), name)
        assert title(ax).endswith("was called lost on 2024-05-02 and has not bought since")


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
