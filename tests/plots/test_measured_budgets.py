"""Do figures of budgets show what was measured, and say whether choosing customers pays?"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from tailored_trials import by_segment

import winback as wb
from winback import plots
from winback.budgets.spending import SpendingCurve
from winback.results import format_money

OFFERS = [wb.Offer(name="a", amount=20, paid="per_contact"), wb.Offer(name="b", amount=50, paid="on_acceptance")]
CHANCES = {"a": {"x": 0.5, "y": 0.2}, "b": {"x": 0.3, "y": 0.6}, "none": {"x": 0.1, "y": 0.1}}


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def title(ax):
    return ax.get_title(loc="left").replace("\n", " ")


def curve_with(leads, margin=1.0):
    """Make a curve of given leads, each plus or minus a margin."""
    leads, budgets = np.array(leads, dtype=float), 5.0 * np.arange(1, len(leads) + 1)
    frame = pd.DataFrame({"budget": budgets, "budget_total": budgets * 10, "share_contacted": 0.5, "predicted": 9.0})
    frame = frame.assign(honest=5 + leads, honest_low=3 + leads, honest_high=7 + leads, untargeted=5.0)
    frame = frame.assign(lead=leads, lead_low=leads - margin, lead_high=leads + margin, spent=budgets)
    frame = frame.assign(untargeted_low=4.0, untargeted_high=6.0)
    ends = [f"{name}_{end}" for name in ("honest", "untargeted", "lead") for end in ("low", "high")]
    frame = frame.assign(**{name.replace("_", "_simultaneous_"): frame[name] for name in ends})
    wider = {f"honest_simultaneous_{end}": frame[f"honest_{end}"] + gap for end, gap in (("low", -1), ("high", 1))}
    frame = frame.assign(**wider)  # as the sentences and the table have it
    return SpendingCurve(frame=frame, kind="incremental", n=10)


@pytest.mark.parametrize(
    ("leads", "message"),
    [
        ([2, 3, 0.5], "Choosing customers earns up to $3.00 more each than drawing them at random (at $10.00 spent)"),
        (
            [2, 3, -5],
            "Choosing customers earns up to $3.00 more each than drawing them at random (at $10.00 spent), and up to "
            "$5.00 less (at $15.00 spent)",
        ),
        ([0.5, -0.5], "Choosing customers is not shown to earn more than drawing them at random"),
        ([0.5, -4, -2], "Choosing customers earns up to $4.00 less each than drawing them at random (at $10.00 spent)"),
    ],
)
def test_the_title_says_whether_choosing_pays_as_the_sentences_do(leads, message):
    curve = curve_with(leads)
    assert title(plots.plot_spending_curve(curve)) == message
    words = {", and up to": "Choose customers while you spend up to"}
    words |= {"more each": "Choosing customers pays", "less each": "Choosing customers loses", "not shown": "not shown"}
    assert next(told for part, told in words.items() if part in message) in curve.describe()


def test_the_curve_is_drawn_three_times():
    curve = curve_with([2, 3, -5])
    ax = plots.plot_spending_curve(curve)
    for line, name in zip(ax.lines, ("honest", "untargeted", "predicted"), strict=True):
        assert list(line.get_xdata()) == curve.frame["budget"].tolist()
        assert list(line.get_ydata()) == curve.frame[name].tolist()
    (band,) = ax.collections
    low, high = band.get_datalim(ax.transData).intervaly
    assert (low, high) == (curve.frame["honest_simultaneous_low"].min(), curve.frame["honest_simultaneous_high"].max())
    assert ax.get_ylabel() == "incremental gain per customer, net"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "customers chosen, measured",
        "drawn at random, measured",
        "customers chosen, predicted",
    ]


@pytest.fixture(scope="module")
def frontier():
    rng = np.random.default_rng(3)
    index = pd.Index(np.arange(1, 601), name="customer_id")
    values = pd.DataFrame(rng.normal(20, 30, (600, 3)), index, ["a", "b", "none"])
    chances = pd.DataFrame(rng.uniform(0, 0.9, (600, 3)), index, ["a", "b", "none"])
    return wb.profit_share_frontier(values, OFFERS, chances=chances)


def test_measured_points_stand_beside_the_frontier(frontier):
    table = by_segment(np.random.default_rng(1), 600, **CHANCES)[0]
    measured = frontier.measure(wb.read_trial(table, OFFERS))
    ax = plots.plot_profit_share_frontier(measured)
    (marks,) = ax.containers
    shown = measured.frame.iloc[np.unique(np.linspace(0, len(measured.frame) - 1, 3).round().astype(int))]
    assert list(marks.lines[0].get_xdata()) == shown["measured_regained"].tolist()
    assert list(marks.lines[0].get_ydata()) == shown["measured_profit_total"].tolist()
    across, up = (np.array(bars.get_segments()) for bars in marks.lines[2])
    np.testing.assert_allclose(across[:, :, 0], shown[["measured_regained_low", "measured_regained_high"]], rtol=1e-9)
    ends = shown[["measured_profit_total_low", "measured_profit_total_high"]]
    np.testing.assert_allclose(up[:, :, 1], ends, rtol=1e-9)
    assert ax.get_legend().get_texts()[-1].get_text() == "measured in the trial there, with intervals"
    tied = [line for line in ax.lines if line.get_linestyle() == ":"]
    assert [list(line.get_xdata()) for line in tied] == shown[["n_regained", "measured_regained"]].to_numpy().tolist()
    unclear = all(each.low <= 0 <= each.high for each in measured.measured_ends.values())
    assert title(ax).startswith("Measured: ")
    assert title(ax).endswith("in customers or in profit" if unclear else "profit")
    assert ("no clear difference" in measured.describe()) == ("no clear difference" in title(ax)) == unclear


def test_a_frontier_that_was_not_measured_has_no_marks(frontier):
    ax = plots.plot_profit_share_frontier(frontier)
    assert len(ax.containers) == 0
    told = [text.get_text() for text in ax.get_legend().get_texts()]
    assert told == ["most profit, as predicted", "most customers, as predicted"]
    price = format_money(frontier.price_of_last, "$")
    assert title(ax).endswith(f"of profit, the last one {price}")


def test_where_the_most_profitable_choice_regains_most_nothing_is_given_up():
    values = pd.DataFrame({"a": [30.0, 20.0], "none": [0.0, 0.0]})
    chances = pd.DataFrame({"a": [0.5, 0.5], "none": [0.1, 0.1]})
    ax = plots.plot_profit_share_frontier(wb.profit_share_frontier(values, chances=chances))
    assert title(ax) == "Most profit and most customers go together"
    (told,) = ax.get_legend().get_texts()
    assert told.get_text() == "most profit and most customers, as predicted"
