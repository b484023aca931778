"""Is keeping, winning back and acquiring worth what a count by hand, month by month, and simulated customers say?"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import winback as wb
from winback.offers import Acquire, ByThemselves, Keep, WinBack
from winback.offers.keep_or_win_back import kept_share
from winback.offers.strategy_words import ALL

PLAIN = {"horizon_months": 12, "annual_discount": 0.0}
NOBODY = ByThemselves(0.0)


def compare(figures, **how):
    return wb.compare_win_back_keep_acquire(figures, **{**PLAIN, **how})


def gain(found, strategy, segment=ALL):
    rows = found.frame[(found.frame["strategy"] == strategy) & (found.frame["segment"] == segment)]
    return rows["gain"].item()


def one(hazard=0.1, margin=100.0, n=1.0):
    return {"segment": ["all alike"], "n": [n], "hazard": [hazard], "margin": [margin]}


# three segments by hand: two months, so that every sum is two terms

THREE = {
    "segment": ["low", "middle", "high"],
    "n": [600, 300, 100],
    "hazard": [0.2, 0.1, 0.1],
    "margin": [10.0, 40.0, 200.0],
    "win_back_value": [12.0, 60.0, 300.0],
    "organic_value": [10.0, 50.0, 250.0],
}
BY_HAND = {"horizon_months": 2, "annual_discount": 0.0, "by_themselves": ByThemselves(0.1), "keep": Keep(1.0, 0.5, 0.6)}
BY_HAND |= {"win_back": WinBack(0.4, None, cost=5.0, contact_cost=0.5), "acquire": Acquire(0.05, 25.0, 1.0)}
# Leaving in month 1: 20% (10%); in month 2: 16% (9%). One who leaves in month 1 misses one month, in month 2 none.
LEAVE = {"low": 0.36, "middle": 0.19, "high": 0.19}
MISSED = {"low": 0.2 * 10, "middle": 0.1 * 40, "high": 0.1 * 200}
ALONE = {"low": 0.1 * 10, "middle": 0.1 * 50, "high": 0.1 * 250}
ASKED = {"low": 0.4 * 7 - 0.5, "middle": 0.4 * 55 - 0.5, "high": 0.4 * 295 - 0.5}


@pytest.fixture(scope="module")
def three():
    return compare(THREE, **BY_HAND)


def test_what_is_spent_is_paid_for_those_who_get_it(three):
    rows = three.frame[three.frame["segment"] == "low"].set_index("strategy")
    leave, asked = LEAVE["low"], 0.4 * 5 + 0.5
    spent = {"keep everybody": 1, "keep the riskiest": 1, "wait and win back": leave * asked}
    spent |= {"keep and win back": 1 + 0.5 * leave * asked, "acquire instead": leave * 1 / 0.05}
    for strategy, amount in spent.items():
        assert rows.loc[strategy, "spending"] == pytest.approx(amount), strategy
        assert rows.loc[strategy, "per_dollar"] == pytest.approx(rows.loc[strategy, "gain"] / amount)


@pytest.mark.parametrize("segment", ["low", "middle", "high"])
def test_every_strategy_is_what_a_count_by_hand_says(three, segment):
    leave, missed, alone, asked = (each[segment] for each in (LEAVE, MISSED, ALONE, ASKED))
    by_hand = {
        "keep everybody": 0.5 * (missed - leave * alone) - 1,
        "wait and win back": leave * (asked - alone),
        "keep and win back": 0.5 * (missed - leave * asked) - 1 + leave * (asked - alone),
        "acquire instead": leave * (25 - 1 / 0.05),
    }
    for strategy, amount in by_hand.items():
        assert gain(three, strategy, segment) == pytest.approx(amount, rel=1e-12), strategy


def test_the_riskiest_are_kept_and_paid_for_alone(three):
    low = gain(three, "keep everybody", "low")  # 60% of all customers, who are the 600 with the highest hazard
    assert gain(three, "keep the riskiest", "low") == pytest.approx(low)
    assert gain(three, "keep the riskiest", "high") == 0
    assert gain(three, "keep the riskiest") == pytest.approx(0.6 * low)


def test_those_whom_it_pays_are_whole_segments_where_customers_are_alike():
    """Keeping costs $1.50: in the low segment it saves half of 2 - .36 x 1, so those are left alone."""
    found = compare(THREE, **BY_HAND | {"keep": Keep(1.5, 0.5, 0.6)})
    assert gain(found, "keep everybody", "low") < 0 == gain(found, "keep those whom it pays", "low")
    for segment in ("middle", "high"):
        assert gain(found, "keep those whom it pays", segment) == gain(found, "keep everybody", segment)
    kept = [300 * gain(found, "keep everybody", "middle"), 100 * gain(found, "keep everybody", "high")]
    assert gain(found, "keep those whom it pays") == pytest.approx(sum(kept) / 1000)
    rows = found.frame[found.frame["strategy"] == "keep those whom it pays"].set_index("segment")
    assert rows["spending"].tolist() == pytest.approx([0.0, 1.5, 1.5, 0.6])
    assert "Those whom it pays are picked by the same figures, which flatters" in str(found.details())
    for cost in (0.1, 1e3):  # of all, or of nobody, it is none of its own
        assert "keep those whom it pays" not in set(
            compare(THREE, **BY_HAND | {"keep": Keep(cost, 0.5)}).frame["strategy"]
        )


def test_for_low_value_leavers_acquiring_wins_and_for_others_winning_back(three):
    assert gain(three, "acquire instead", "low") > gain(three, "wait and win back", "low")
    for segment in ("middle", "high"):
        assert gain(three, "acquire instead", segment) < gain(three, "wait and win back", segment)
    assert "more than winning back among low and less among middle and high" in str(three.describe())
    rows = three.frame[three.frame["segment"] == "low"].set_index("strategy")["per_dollar"]
    back, new = rows["wait and win back"], rows["acquire instead"]
    said = f"for each 1 spent winning back brings {back:.2f} there, acquiring {new:.2f}"
    assert said in str(three.describe())
    turn = three.break_even.set_index("segment")["margin_turn"]
    # .4 (1.2 m - 5) - .5 - .1 m = 5 at the margin m at which they earn alike, for the low segment's proportions
    assert turn["low"] == pytest.approx((5 + 0.5 + 2) / (0.4 * 1.2 - 0.1), rel=1e-12)
    assert turn["low"] > 10
    assert turn["high"] < 200


def test_all_customers_are_the_segments_weighed_by_their_customers(three):
    frame = three.frame
    for strategy, rows in frame.groupby("strategy"):
        parts = rows[rows["segment"] != ALL]
        assert gain(three, strategy) == pytest.approx(np.average(parts["gain"], weights=parts["n"]))
        assert rows["gain_total"].iloc[-1] == pytest.approx(parts["gain_total"].sum())


def test_the_check_value_of_the_formula():
    found = compare(one(), keep=Keep(0.0, 0.3), by_themselves=NOBODY)
    assert gain(found, "keep everybody") == pytest.approx(144.73, abs=0.005)


# laws

SHARES = st.integers(1, 900).map(lambda thousandths: thousandths / 1000)
MONEY = st.integers(0, 5_000).map(lambda dimes: dimes / 10)


@st.composite
def problems(draw):
    figures = {"segment": ["a", "b"], "n": [draw(st.integers(1, 99)) for _ in range(2)]}
    figures |= {"hazard": [draw(SHARES) for _ in range(2)], "margin": [draw(MONEY) for _ in range(2)]}
    how = {"horizon_months": draw(st.integers(1, 30)), "annual_discount": draw(st.sampled_from([0.0, 0.1, 0.5]))}
    how["keep"] = Keep(draw(MONEY), draw(SHARES), draw(SHARES))
    span = draw(st.sampled_from([None, 6.0, 40.0]))
    how["win_back"] = WinBack(
        draw(SHARES), draw(MONEY), draw(MONEY), draw(MONEY), draw(st.sampled_from([0.0, 2.5])), span
    )
    how["by_themselves"] = ByThemselves(draw(SHARES), draw(MONEY))
    return figures, how | {"acquire": Acquire(draw(SHARES), draw(MONEY), draw(MONEY), span)}


@settings(max_examples=15, deadline=None)
@given(problems())
def test_what_has_no_effect_or_leaves_nobody_out(problem):
    figures, how = problem
    found, keep = compare(figures, **how), how["keep"]
    idle = compare(figures, **how | {"keep": Keep(keep.cost, 0.0)})
    assert gain(idle, "keep everybody") == pytest.approx(-keep.cost, abs=1e-7)
    assert gain(idle, "keep and win back") == pytest.approx(gain(found, "wait and win back") - keep.cost, abs=1e-7)
    whole = compare(figures, **how | {"keep": Keep(keep.cost, keep.share_prevented, 1.0)})
    assert gain(whole, "keep the riskiest") == pytest.approx(gain(found, "keep everybody"), abs=1e-7)
    if "keep those whom it pays" in set(found.frame["strategy"]):
        part = gain(found, "keep those whom it pays")
        assert part >= max(gain(found, "keep everybody"), 0.0) - 1e-7
    assert found.picked.gain >= gain(found, "keep the riskiest") - 1e-7  # as many, picked by what they gain


@settings(max_examples=15, deadline=None)
@given(problems())
def test_at_its_break_even_a_strategy_earns_nothing_or_what_its_rival_does(problem):
    figures, how = problem
    figures = {name: each[:1] for name, each in figures.items()}
    at = compare(figures, **how).break_even.iloc[0]
    keep, new, back, alone = (how[name] for name in ("keep", "acquire", "win_back", "by_themselves"))
    f = at["margin_turn"] / max(figures["margin"][0], 0.1)
    back_times = WinBack(back.chance, f * back.value, back.cost, back.contact_cost, back.months_away, back.value_months)
    changed = {
        "keep_cost": ({"keep": Keep(at["keep_cost"], keep.share_prevented)}, "keep everybody", None),
        "share_prevented": ({"keep": Keep(keep.cost, at["share_prevented"])}, "keep everybody", None),
        "keep_cost_beside": (
            {"keep": Keep(at["keep_cost_beside"], keep.share_prevented)},
            "keep and win back",
            "wait and win back",
        ),
        "stranger_cost": (
            {"acquire": Acquire(new.chance, new.value, at["stranger_cost"], new.value_months)},
            "acquire instead",
            None,
        ),
        "stranger_cost_turn": (
            {"acquire": Acquire(new.chance, new.value, at["stranger_cost_turn"], new.value_months)},
            "acquire instead",
            "wait and win back",
        ),
        "margin_turn": (
            {"win_back": back_times, "by_themselves": ByThemselves(alone.chance, f * alone.value)},
            "wait and win back",
            "acquire instead",
        ),
    }
    for name, (other, strategy, rival) in changed.items():
        most = {"share_prevented": 1, "margin_turn": 1e6 if figures["margin"][0] else -1}.get(name, 1e9)
        if 0 <= at[name] <= most:
            turned = compare(figures, **how | other)
            goal = 0.0 if rival is None else gain(turned, rival)
            assert gain(turned, strategy) == pytest.approx(goal, rel=1e-6, abs=1e-5), name


@settings(max_examples=20, deadline=None)
@given(hazard=SHARES, margin=MONEY, share=SHARES, back=SHARES, months=st.integers(1, 40))
def test_keeping_at_no_cost_never_loses_where_staying_is_worth_more_than_having_left(
    hazard, margin, share, back, months
):
    figures = one(hazard, margin)
    # whoever returns earns the same margin at most, in the months that are left
    alone = ByThemselves(back, margin * 6)
    evenly = {"win_back": WinBack(back, margin * 6, value_months=6.0), "by_themselves": alone}
    found = compare(figures, horizon_months=months, annual_discount=0.1, keep=Keep(0.0, share), **evenly)
    assert gain(found, "keep everybody") >= -1e-9
    more = compare(figures, horizon_months=months, annual_discount=0.1, keep=Keep(0.0, min(1.0, share * 1.1)), **evenly)
    assert gain(more, "keep everybody") >= gain(found, "keep everybody") - 1e-9


def test_currency_customers_and_order_change_nothing_but_scale():
    found = compare(THREE, **BY_HAND)
    table = pd.DataFrame(THREE)
    turned = compare(table.iloc[::-1], **BY_HAND)
    many = compare(table.assign(n=table["n"] * 7), **BY_HAND)
    money = ["margin", "win_back_value", "organic_value"]
    cents = BY_HAND | {"keep": Keep(100.0, 0.5, 0.6), "acquire": Acquire(0.05, 2500.0, 100.0)}
    cents |= {"win_back": WinBack(0.4, None, cost=500.0, contact_cost=50.0)}
    in_cents = compare(table.assign(**100 * table[money]), **cents)
    for strategy in found.frame["strategy"].unique():
        for segment in (*THREE["segment"], ALL):
            amount = gain(found, strategy, segment)
            assert gain(turned, strategy, segment) == pytest.approx(amount)
            assert gain(many, strategy, segment) == pytest.approx(amount)
            assert gain(in_cents, strategy, segment) == pytest.approx(100 * amount)


def test_rows_of_customers_are_what_their_segments_are():
    n = np.array(THREE["n"]) // 100
    rows = pd.DataFrame({name: np.repeat(each, n) for name, each in THREE.items() if name != "n"})
    found = compare(rows.assign(customer_id=range(len(rows))), **BY_HAND)
    whole = compare(THREE, **BY_HAND)
    pd.testing.assert_series_equal(found.frame["gain"], whole.frame["gain"])
    pd.testing.assert_frame_equal(found.break_even, whole.break_even)


def test_those_who_score_alike_are_cut_alike():
    assert kept_share(np.array([0.1, 0.1]), np.array([3.0, 1.0]), 0.25).tolist() == [0.25, 0.25]
    assert kept_share(np.array([0.3, 0.1, 0.2]), np.ones(3), 2 / 3).round(12).tolist() == [1, 0, 1]


def test_the_riskiest_need_not_be_worth_keeping():
    """Those who leave anyway for little, and few who leave with much."""
    rows = pd.DataFrame({"customer_id": range(10), "hazard": [0.4] * 2 + [0.05] * 8, "margin": [1.0] * 2 + [90.0] * 8})
    found = compare(rows, keep=Keep(5.0, 0.3), by_themselves=NOBODY)
    assert gain(found, "keep the riskiest") < 0 < found.picked.gain
    assert "picked by what keeping them would gain" in str(found.details())
    assert found.picked.pays_for == pytest.approx(0.8)


def test_what_is_stated_for_all_is_unsure_for_all_at_once():
    """Two segments alike: one assumption moves both together, two measurements each its own."""
    alike = {"segment": ["a", "b"], "n": [1, 1], "hazard": [0.1] * 2, "margin": [100.0] * 2, "keep_cost": [0.0] * 2}
    together = compare(alike, keep=Keep(None, (0.2, 0.4)), by_themselves=NOBODY)
    each = {"share_prevented": [0.3] * 2, "share_prevented_low": [0.2] * 2, "share_prevented_high": [0.4] * 2}
    apart = compare(alike | each, by_themselves=NOBODY)
    for found, ratio in ((together, 1.0), (apart, np.sqrt(0.5))):
        rows = found.frame[found.frame["strategy"] == "keep everybody"]
        width = (rows["gain_high"] - rows["gain_low"]).to_numpy()
        assert width[0] == pytest.approx(0.2 * 144.73 / 0.3, rel=0.02)
        assert width[2] / width[0] == pytest.approx(ratio, rel=0.03)


def test_nobody_is_asked_back_after_the_horizon_where_only_months_within_it_count():
    late = {"win_back": WinBack(0.4, 90.0, cost=5.0, months_away=12.0, value_months=6.0), "by_themselves": NOBODY}
    row = compare(one(), **late).frame.iloc[0]
    assert row["gain"] == row["spending"] == 0


@pytest.mark.parametrize(("errors", "apart"), [(2.1, False), (2.4, True)])
def test_verdicts_allow_for_all_strategies_compared(errors, apart):
    """Two rivals at 95%: not 1.96 but 2.24 standard errors tell them from the first one."""
    sure = 144.73 - errors * 482.43 * 0.1 / 1.959964
    new = Acquire(0.5, sure / (1 - 0.9**12), 0.0)
    found = compare(one(), keep=Keep(0.0, (0.2, 0.4)), by_themselves=NOBODY, acquire=new)
    row = found.frame[found.frame["strategy"] == "acquire instead"].iloc[0]
    assert row["gain"] == pytest.approx(sure)
    assert row["told_apart"] == apart


# customers drawn month by month


def lives_of(rng, n, hazard, horizon):
    """Return the month in which each customer leaves, looked at month by month; beyond the horizon: stays."""
    month = np.full(n, horizon + 1)
    for t in range(1, horizon + 1):
        month[(month > horizon) & (rng.random(n) < hazard)] = t
    return month


def test_simulated_customers_earn_what_the_formulas_say():
    n, horizon, hazard, margin, rate = 200_000, 18, 0.07, 30.0, 0.12
    rng = np.random.default_rng(5)
    keep, back = Keep(12.0, 0.35), WinBack(0.4, 240.0, cost=25.0, contact_cost=2.0, months_away=2.0, value_months=10.0)
    alone, new = ByThemselves(0.1, 200.0), Acquire(0.05, 160.0, 3.0, value_months=8.0)
    found = compare(one(hazard, margin), horizon_months=horizon, annual_discount=rate, keep=keep, win_back=back,
                    by_themselves=alone, acquire=new)  # fmt: skip
    worth = (1 + rate) ** -(np.arange(0, 60_000) / 12_000)  # of money in every thousandth of a month
    upto = np.append(0, np.cumsum(worth) / 1_000)

    def money(first, months, a_month):
        """Return what so much a month is worth, from a month on, to the horizon at most."""
        last = np.minimum(first + months, horizon)
        ends = (np.rint(1_000 * np.maximum(each, 0)).astype(int) for each in (np.minimum(first, horizon), last))
        start, end = (upto[each] for each in ends)
        return a_month * np.maximum(end - start, 0)

    month = lives_of(rng, n, hazard, horizon)
    left = month <= horizon
    in_time = left & (month + 2 < horizon)
    at = (1 + rate) ** -((month + 2) / 12)
    whole = upto[10_000]  # what the value of a return is spread over, seen from the return
    alone_back = rng.random(n) < 0.1
    asked_back = rng.random(n) < 0.4
    by_themselves = in_time * alone_back * money(month + 2, 10, 200 / whole)
    programme = in_time * (asked_back * (money(month + 2, 10, 240 / whole) - 25 * at) - 2 * at)
    stays = left * money(month, horizon, margin)
    prevented = rng.random(n) < 0.35
    replaced = left * (money(month, 8, 160 / upto[8_000]) - 60 * (1 + rate) ** -(month / 12))
    drawn = {
        "keep everybody": np.where(prevented, stays, by_themselves) - by_themselves - 12,
        "wait and win back": programme - by_themselves,
        "keep and win back": np.where(prevented, stays, programme) - by_themselves - 12,
        "acquire instead": replaced,
    }
    for strategy, amounts in drawn.items():
        error = amounts.std() / np.sqrt(n)
        assert abs(gain(found, strategy) - amounts.mean()) < 3.5 * error + 1e-2, strategy


def covers(draws, seed=11):
    """Return the truth, whether intervals hold it, and whether the best strategy is said to be behind, by segment.

    Figures of two segments are estimated from their customers.
    """
    rng, n_at_risk, n_sent = np.random.default_rng(seed), 3_000, 1_500
    hazard, chance, value, alone = np.array([0.03, 0.06]), 0.35, np.array([200.0, 80.0]), 0.08
    how = {"keep": Keep(4.0, 0.3), "acquire": Acquire(0.05, 60.0, 2.0), "horizon_months": 12}
    truth = compare(
        {"segment": ["a", "b"], "n": [1, 1], "hazard": hazard, "margin": [20.0, 9.0], "win_back_value": value,
         "win_back_chance": chance, "organic": alone}, win_back=WinBack(None, None, cost=10.0), **how)  # fmt: skip
    held, wrong, best = [], [], truth.frame["leads"]
    for _ in range(draws):
        figures = {"segment": ["a", "b"], "n": [1, 1], "margin": [20.0, 9.0]}
        shares = {"hazard": (hazard, n_at_risk), "win_back_chance": (chance, n_sent), "organic": (alone, n_sent)}
        for name, (p, n) in shares.items():
            found = rng.binomial(n, np.broadcast_to(p, 2)) / n
            error = 1.959964 * np.sqrt(found * (1 - found) / n)
            figures |= {name: found, f"{name}_low": np.maximum(found - error, 0), f"{name}_high": found + error}
        error = value / np.sqrt(500)  # as spread out as an exponential
        mean = rng.normal(value, error)
        figures |= {"win_back_value": mean, "win_back_value_low": mean - 1.959964 * error}
        figures |= {"win_back_value_high": mean + 1.959964 * error}
        frame = compare(figures, win_back=WinBack(None, None, cost=10.0), **how).frame
        held.append((frame["gain_low"] <= truth.frame["gain"]) & (truth.frame["gain"] <= frame["gain_high"]))
        wrong.append([(rows["told_apart"] & best[rows.index]).any() for _, rows in frame.groupby("segment")])
    return truth.frame, np.array(held), np.array(wrong)


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say():
    draws = 200
    frame, held, wrong = covers(draws)
    assert wrong.mean(axis=0).max() <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / draws)  # the best one said to be behind
    moves = frame["spending"].gt(0).to_numpy()
    share = held.mean(axis=0)[moves]
    assert (np.abs(share - 0.95) < 3 * np.sqrt(0.95 * 0.05 / draws)).all(), share
