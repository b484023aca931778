"""Does a trial measure a plan and a frontier as scores say, customer by customer? And what does it refuse?"""

import numpy as np
import pandas as pd
import pytest
from coverage_harness import assert_covers
from tailored_trials import by_segment
from trials import leaning, length_by_loop

import winback as wb
from winback.money import format_alike, format_money, money_interval

OFFERS = [wb.Offer(name="a", amount=20, paid="per_contact"), wb.Offer(name="b", amount=50, paid="on_acceptance")]
CHANCES = {"a": {"x": 0.5, "y": 0.2}, "b": {"x": 0.3, "y": 0.6}, "none": {"x": 0.1, "y": 0.1}}
N, STRANGERS = 600, 40


@pytest.fixture(scope="module")
def drawn():
    return by_segment(np.random.default_rng(1), N, **CHANCES)


def made_up(seed=3):
    """Values, costs and chances of the trial's customers and of others who were not in it, in mixed order."""
    rng = np.random.default_rng(seed)
    index = pd.Index(rng.permutation(N + STRANGERS) + 1, name="customer_id")
    names = ["b", "none", "a"]
    values = pd.DataFrame(rng.normal(20, 30, (len(index), 3)), index, names)
    chances = pd.DataFrame(rng.uniform(0, 0.9, (len(index), 3)), index, names)
    return values, pd.DataFrame({"b": 15.0, "none": 0.0, "a": 20.0}, index), chances


@pytest.fixture(scope="module")
def plan():
    values, costs, _ = made_up()
    return wb.allocate_budget(values, OFFERS, costs=costs, budget=3_000)


@pytest.fixture(scope="module")
def scores(drawn):
    return {
        name: wb.offer_scores(wb.read_trial(drawn[0], OFFERS), outcome=name).scores for name in ("profit", "returned")
    }


def money(table, outcome="profit"):
    """Return what each customer brought, or whether they returned."""
    cost = table["offer"].map({"a": 20.0, "b": 0.0, "none": 0.0}) + 50.0 * (table["offer"].eq("b") & table["returned"])
    return table["value"].fillna(0) - cost if outcome == "profit" else table["returned"].astype(float)


def measured_by_loop(assigned, scores, table, outcome="profit", alone=None):
    """Return the total over all customers, its standard error and skewness, from those who were in the trial."""
    gains, counts, rows = [], [], []
    for customer, offer in assigned:
        if customer in scores.index:
            rows.append(scores.index.get_loc(customer))
            row, own = scores.loc[customer], table["offer"].iloc[rows[-1]]
            nothing = row["none"] if alone is None else alone
            gains.append(0.0 if offer == "none" else row[offer] - nothing)
            counts.append(0 if offer == "none" else (own == offer) - (own == "none"))
    n, error = len(assigned), np.std(gains, ddof=1) / np.sqrt(len(gains))
    length = length_by_loop(table, money(table, outcome), counts, rows)
    return n * np.mean(gains), n * error, length / error


def said(total, error, skewness):
    ends = format_alike((total, *leaning(total, error, skewness)), "$")
    return f"{ends[0]} in all [{ends[1]}, {ends[2]}]"


def test_a_plan_is_measured_by_the_scores_of_its_choices(drawn, plan, scores):
    found = plan.measure(wb.read_trial(drawn[0], OFFERS))
    assigned = plan.assignments.reset_index()[["customer_id", "offer"]].to_numpy()
    assert len(set(assigned[:, 1])) == 3
    figures = measured_by_loop(assigned, scores["profit"], drawn[0])
    sentence = found.describe().splitlines()[1]
    assert f"these choices gain {said(*figures)} (incremental, value as measured)" in sentence
    assert f"customers are like the {N} of them who were in it" in sentence
    assert f"predicted were {format_money(plan.profit_total, '$')}" in sentence
    assert plan.measured is None
    pd.testing.assert_frame_equal(found.assignments, plan.assignments)


def test_a_plan_of_the_trial_alone_is_not_extrapolated(drawn, scores):
    values, costs, _ = (each[each.index <= N] for each in made_up())
    plan = wb.allocate_budget(values, OFFERS, costs=costs, budget=3_000)
    honest = plan.measure(wb.read_trial(drawn[0], OFFERS)).describe()
    assigned = plan.assignments.reset_index()[["customer_id", "offer"]].to_numpy()
    assert said(*measured_by_loop(assigned, scores["profit"], drawn[0])) in honest
    assert "extrapolated" not in honest


def test_everybody_the_same_offer_is_the_effect_of_that_offer(drawn):
    """Another way: the trial's own comparison of the offer with no offer."""
    index = drawn[0]["customer_id"]
    values = pd.DataFrame({"a": 1e3, "none": 0.0}, pd.Index(index, name="customer_id"))
    plan = wb.allocate_budget(values, OFFERS, costs={"a": 20.0}, budget=1e6)
    effect = wb.offer_scores(wb.read_trial(drawn[0], OFFERS)).frame.set_index("offer").loc["a"]
    total, *ends = format_alike(N * effect[["effect", "effect_low", "effect_high"]], "$")
    told = plan.measure(wb.read_trial(drawn[0], OFFERS)).describe()
    assert f"{total} in all [{ends[0]}, {ends[1]}]" in told
    counts = (drawn[0]["offer"] == "a").astype(int) - (drawn[0]["offer"] == "none")
    length = length_by_loop(drawn[0], money(drawn[0]), counts)
    gain, error = N * effect["effect"], N * effect["effect_std_error"]
    assert said(gain, error, N * length / error) in told


def test_a_frontier_is_measured_point_by_point(drawn, scores):
    values, _, chances = made_up()
    frontier = wb.profit_share_frontier(values, OFFERS, chances=chances)
    found = frontier.measure(wb.read_trial(drawn[0], OFFERS))
    names = np.array(["none", *frontier.choices.offers])
    for point in (0, 20, len(frontier.frame) - 1):
        chosen = names[frontier.walk.choices_after(frontier.steps[point])]
        assigned = list(zip(frontier.choices.customer_ids, chosen, strict=True))
        row = found.frame.iloc[point]
        for name, outcome in (("measured_profit_total", "profit"), ("measured_regained", "returned")):
            total, *spread = measured_by_loop(assigned, scores[outcome], drawn[0], outcome)
            assert row[name] == pytest.approx(total, rel=1e-9)
            assert [row[f"{name}_low"], row[f"{name}_high"]] == pytest.approx(leaning(total, *spread), rel=1e-6)
    pd.testing.assert_frame_equal(found.frame[frontier.frame.columns], frontier.frame)


def test_the_ends_of_a_frontier_are_compared_customer_by_customer(drawn, scores):
    values, _, chances = made_up()
    frontier = wb.profit_share_frontier(values, OFFERS, chances=chances)
    found = frontier.measure(wb.read_trial(drawn[0], OFFERS))
    first, last = (found.frame[["measured_profit_total", "measured_regained"]].iloc[end] for end in (0, -1))
    assert found.measured_ends["profit"].total == pytest.approx(first.iloc[0] - last.iloc[0], rel=1e-9)
    assert found.measured_ends["regained"].total == pytest.approx(last.iloc[1] - first.iloc[1], rel=1e-9)
    names = np.array(["none", *frontier.choices.offers])
    ends = [names[frontier.walk.choices_after(frontier.steps[end])] for end in (0, -1)]
    for name, outcome, sign in (("profit", "profit", 1), ("regained", "returned", -1)):
        paired, counts, rows = [], [], []
        for customer, one, other in zip(frontier.choices.customer_ids, *ends, strict=True):
            if customer <= N:
                rows.append(customer - 1)
                own = drawn[0]["offer"].iloc[rows[-1]]
                paired.append(sign * (scores[outcome].loc[customer, one] - scores[outcome].loc[customer, other]))
                counts.append(sign * ((own == one) - (own == other)))
        length = length_by_loop(drawn[0], money(drawn[0], outcome), counts, rows)
        error = np.std(paired, ddof=1) / np.sqrt(N)
        end, scale = found.measured_ends[name], N + STRANGERS
        margins = leaning(0.0, scale * error, length / error)
        assert [end.low - end.total, end.high - end.total] == pytest.approx(margins, rel=1e-6)
    assert found.describe().startswith(f"Of {N + STRANGERS} customers, buying market share regains")
    assert "as measured in the trial" in found.describe()


def dear_or_cheap(seed, n=1_500):
    """Measure a frontier from a, which earns 80 a customer, to b, which regains 20 more in 100 and earns 48: 160 each.

    Nobody's values are predicted, so that both ends are the same for all customers and the truth is known.
    """
    chances = {"a": {"x": 0.4, "y": 0.4}, "b": {"x": 0.6, "y": 0.6}, "none": {"x": 0.1, "y": 0.1}}
    offers = [wb.Offer(name="a", amount=0, paid="per_contact"), wb.Offer(name="b", amount=120, paid="on_acceptance")]
    drawn = by_segment(np.random.default_rng(seed), n, **chances)[0]  # without columns that may be uneven by chance
    trial = wb.read_trial(drawn.drop(columns=["segment", "calls"]), offers)
    index = pd.Index(np.arange(1, n + 1), name="customer_id")
    values, back = (pd.DataFrame(np.tile(row, (n, 1)), index, ["a", "b"]) for row in ([80.0, 48.0], [0.4, 0.6]))
    frontier = wb.profit_share_frontier(values.assign(none=20.0), offers, chances=back.assign(none=0.1))
    return trial, frontier.measure(trial)


def test_the_ends_of_the_price_are_where_profit_less_price_times_customers_may_be_zero():
    """Fieller's interval is just that: at an end, profit and customers at that price are one studentised total."""
    trial, found = dear_or_cheap(1)
    price, table = found.measured_price, trial.customers
    scores = {name: wb.offer_scores(trial, outcome=name).scores for name in ("profit", "returned")}
    assert price.ratio == pytest.approx(found.measured_ends["profit"].total / found.measured_ends["regained"].total)
    own = table["offer"].astype(str).to_numpy()
    for at, end in ((price.low, 0), (price.high, 1)):
        worth = scores["profit"] + at * scores["returned"]
        paired = (worth["a"] - worth["b"]).to_numpy()
        money = trial.profit + at * table["returned"].to_numpy(dtype=float)
        error = paired.std(ddof=1) / np.sqrt(len(paired))
        skewness = length_by_loop(table, money, (own == "a").astype(float) - (own == "b")) / error
        assert leaning(paired.mean(), error, skewness)[end] == pytest.approx(0, abs=1e-4 * error)


def one_offer_trial(seed=1, n=900):
    """Return a frontier from a to b made on half of a trial, and the whole of it, which is uneven in a segment."""
    chances = {"a": {"x": 0.4, "y": 0.3}, "b": {"x": 0.6, "y": 0.5}, "none": {"x": 0.1, "y": 0.1}}
    offers = [wb.Offer(name="a", amount=0, paid="per_contact"), wb.Offer(name="b", amount=120, paid="on_acceptance")]
    drawn = by_segment(np.random.default_rng(seed), n, **chances)[0]
    whole = wb.read_trial(drawn, offers)
    half = whole.part(np.arange(0, n, 2))
    index = pd.Index(half.lapsed["customer_id"], name="customer_id")
    values, back = (
        pd.DataFrame(np.tile(row, (len(index), 1)), index, ["a", "b"]) for row in ([80.0, 48.0], [0.4, 0.6])
    )
    return wb.profit_share_frontier(values.assign(none=20.0), offers, chances=back.assign(none=0.1)), half, whole


def test_ends_that_are_one_offer_are_measured_on_the_whole_trial_as_the_comparison_does():
    """Another way: means of the two groups of all customers, and the interval of the comparison."""
    frontier, half, whole = one_offer_trial()
    found, of_half = frontier.measure(half, whole=whole), frontier.measure(half)
    n, table = len(half.lapsed), whole.customers.assign(profit=whole.profit)
    means = table.groupby(table["offer"].astype(str))[["profit", "returned"]].mean()
    less, more = n * (means.loc["a"] - means.loc["b"])["profit"], n * (means.loc["b"] - means.loc["a"])["returned"]
    assert found.measured_ends["profit"].total == pytest.approx(less, rel=0.02)  # but for what folds round
    assert found.measured_ends["regained"].total == pytest.approx(more, rel=0.02)
    assert found.measured_price.ratio == pytest.approx(less / more, rel=0.02)
    error = np.sqrt(
        table.groupby(table["offer"].astype(str))["profit"].agg(lambda each: each.var() / len(each))[["a", "b"]].sum()
    )
    ends = found.measured_ends["profit"]
    assert ends.high - ends.low == pytest.approx(2 * 1.96 * n * error, rel=0.03)
    spread = [each.measured_price.high - each.measured_price.low for each in (found, of_half)]
    assert spread[0] < spread[1]
    assert "share (b for all in place of a) regains" in found.describe()
    assert "as measured in the whole trial" in found.describe()
    assert f"all {len(whole.customers)} customers of the trial measure them" in found.details()
    first, last = (found.frame[["measured_profit_total", "measured_regained"]].iloc[end] for end in (0, -1))
    assert first.iloc[0] - last.iloc[0] == pytest.approx(ends.total, rel=1e-9)
    assert last.iloc[1] - first.iloc[1] == pytest.approx(found.measured_ends["regained"].total, rel=1e-9)


def test_ends_that_are_chosen_customer_by_customer_stay_measured_where_they_were(drawn):
    values, _, chances = made_up()
    frontier = wb.profit_share_frontier(values, OFFERS, chances=chances)
    trial = wb.read_trial(drawn[0], OFFERS)
    assert frontier.measure(trial, whole=trial).one_offer is None
    pd.testing.assert_frame_equal(frontier.measure(trial, whole=trial).frame, frontier.measure(trial).frame)


def test_the_price_of_a_customer_is_said_with_its_interval():
    _, found = dear_or_cheap(1)
    price = found.measured_price
    said = money_interval(price.ratio, price.low, price.high, "$")
    assert f"unless one more customer is worth over {said} to you" in found.what_to_do()


@pytest.mark.slow
def test_intervals_of_the_price_hold_the_truth():
    """200 trials of 1,500 customers; 160 a customer is what the chances make it."""
    found = [dear_or_cheap(seed)[1].measured_price for seed in range(200)]
    assert_covers([each.low for each in found], [each.high for each in found], 160.0)


def test_the_measure_recovers_the_truth(drawn):
    """A plan by segment, whose gain the simulation knows."""
    table, truth = drawn
    ids = pd.Index(table["customer_id"], name="customer_id")
    x = (table["segment"] == "x").to_numpy()
    values = pd.DataFrame({"a": np.where(x, 100.0, 1.0), "b": np.where(x, 1.0, 100.0), "none": 0.0}, ids)
    plan = wb.allocate_budget(values, OFFERS, costs={"a": 20.0, "b": 25.0}, budget=1e6)
    cost = np.where(x, 20.0, 50.0 * (truth["b"] > 0))
    gain = (np.where(x, truth["a"], truth["b"]) - cost - truth["none"]).sum()
    scores = wb.offer_scores(wb.read_trial(table, OFFERS)).scores
    assigned = plan.assignments.reset_index()[["customer_id", "offer"]].to_numpy()
    total, error, skewness = measured_by_loop(assigned, scores, table)
    assert said(total, error, skewness) in plan.measure(wb.read_trial(table, OFFERS)).describe()
    assert abs(total - gain) < 3 * error


def test_gross_and_assumed_plans(drawn):
    sent = drawn[0][drawn[0]["offer"] != "none"]
    values, costs, _ = made_up()
    values, costs = values.drop(columns="none"), costs.drop(columns="none")
    scores = wb.offer_scores(wb.read_trial(sent, OFFERS)).scores
    for organic, alone in ((None, 0.0), (0.1, 15.0), ((0.0, 0.2), 15.0)):
        offers = wb.OfferCatalog(OFFERS, organic=organic, organic_value=None if organic is None else 150.0)
        plan = wb.allocate_budget(values, offers, costs=costs, budget=3_000)
        assigned = plan.assignments.reset_index()[["customer_id", "offer"]].to_numpy()
        honest = plan.measure(wb.read_trial(sent, OFFERS)).describe()
        assert said(*measured_by_loop(assigned, scores, sent, alone=alone)) in honest
        assert f"({'gross' if organic is None else 'incremental'}, value as measured)" in honest


def test_a_trial_without_a_control_group_cannot_measure_what_offers_add(drawn, plan):
    sent = drawn[0][drawn[0]["offer"] != "none"]
    values, _, chances = made_up()
    with pytest.raises(ValueError, match="in this trial nobody was left without one at random"):
        plan.measure(wb.read_trial(sent, OFFERS))
    with pytest.raises(ValueError, match="in this trial nobody was left without one at random"):
        wb.profit_share_frontier(values, OFFERS, chances=chances).measure(wb.read_trial(sent, OFFERS))


def test_an_offer_that_was_not_tried(drawn, plan):
    with pytest.raises(ValueError, match="b was not tried, so the trial cannot measure it"):
        plan.measure(wb.read_trial(drawn[0][drawn[0]["offer"] != "b"], OFFERS))


def test_nobody_was_in_the_trial(drawn, plan):
    with pytest.raises(ValueError, match="None of these customers was in the trial"):
        plan.measure(wb.read_trial(drawn[0].assign(customer_id=drawn[0]["customer_id"] + 10_000), OFFERS))


def test_the_level_widens_the_interval(drawn, plan, scores):
    assigned = plan.assignments.reset_index()[["customer_id", "offer"]].to_numpy()
    spread = measured_by_loop(assigned, scores["profit"], drawn[0])
    measured = plan.measure(wb.read_trial(drawn[0], OFFERS), level=0.99).measured
    assert [measured.low, measured.high] == pytest.approx(leaning(*spread, z=2.575829), rel=1e-6)


@pytest.mark.slow
def test_a_plan_of_the_study_made_from_other_customers(study):
    """Held-out customers: what is measured is close to the truth that the simulation knows."""
    fit_on, judge_by = wb.hold_out(study.trial, 0.5)
    fit = wb.fit_two_part(fit_on, reacquisition="offer + reason", tenure="reason", margin="reason")
    plan = wb.allocate_budget(wb.second_lifetime_value(fit, judge_by), budget=400_000)
    true = study.true_profits().loc[plan.choices.customer_ids]
    offer = plan.assignments.reset_index().set_index("customer_id")["offer"]
    places = true.columns.get_indexer(offer.loc[true.index].astype(str))
    gain = (true.to_numpy()[np.arange(len(true)), places] - true["none"]).sum()
    scores = wb.offer_scores(judge_by, rng=0).scores
    each = scores.to_numpy()[np.arange(len(scores)), scores.columns.get_indexer(offer.loc[scores.index].astype(str))]
    each = each - scores["none"].to_numpy()
    assert len(each) == plan.n
    error = each.std(ddof=1) * np.sqrt(len(each))
    assert abs(each.sum() - gain) < 3 * error
    sent = judge_by.customers.set_index("customer_id")["offer"].astype(str)
    own, chosen = sent.loc[scores.index].to_numpy(), offer.loc[scores.index].astype(str).to_numpy()
    counts = (own == chosen).astype(int) - (own == "none")
    length = length_by_loop(judge_by.customers.reset_index(drop=True), judge_by.profit, counts)
    assert said(each.sum(), error, len(each) * length / error) in plan.measure().describe()
