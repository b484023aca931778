"""What do untrue reasons really do to a rule? Labels are corrupted in earnest, and the rule's true gain is taken."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
from coverage_harness import assert_covers
from tailored_trials import by_segment, free
from trials import leaning, length_by_loop

import winback as wb

OFFERS = free("a", "b")
RULE = {"x": "a", "y": "b", "z": "a"}
CHANCES = {"a": {"x": 0.6, "y": 0.2, "z": 0.4}, "b": {"x": 0.1, "y": 0.6, "z": 0.2}}
CHANCES |= {"none": {"x": 0.1, "y": 0.1, "z": 0.1}}
PARTS = {"x": 0.5, "y": 0.3, "z": 0.2}  # of all customers
TENTHS = {f"{name}{place}": name for name, part in PARTS.items() for place in range(round(10 * part))}
BY_TENTH = {offer: {tenth: chance[name] for tenth, name in TENTHS.items()} for offer, chance in CHANCES.items()}


def drawn(seed, n):
    """Draw a trial of three segments of different size."""
    table, truth = by_segment(np.random.default_rng(seed), n, **BY_TENTH)
    return table.assign(segment=table["segment"].map(TENTHS)), truth


def expected_gain(share):
    """Return the mean gain over b for everybody by the chances themselves; 200 is what one who returns brings."""
    gain = 0.0
    for true, part in PARTS.items():
        stated = {other: share * PARTS[other] / (1 - part) for other in PARTS if other != true} | {true: 1 - share}
        for label, chance in stated.items():
            gain += part * chance * (CHANCES[RULE[label]][true] - CHANCES["a"][true]) * 200
    return gain


def truth_break_even():
    return expected_gain(0) / (expected_gain(0) - expected_gain(1))


def misstated(table, rule=RULE, *, offers=OFFERS, by="segment", rng=0, **shares):
    trial = table if isinstance(table, wb.Trial) else wb.read_trial(table, offers)
    return wb.evaluate_policy(trial, rule, by=by, splits=wb.Splits(repeats=1, rng=rng)).misstated(**shares)


@pytest.fixture(scope="module")
def large():
    return drawn(1, 30_000)


@pytest.fixture(scope="module")
def found(large):
    return misstated(large[0], shares=np.linspace(0, 1, 11))


def corrupted(segment, share, rng):
    """State another segment than the true one with a chance, any other as often as it is there."""
    labels, counts = np.unique(segment, return_counts=True)
    stated = segment.copy()
    for label in labels:
        rows = np.flatnonzero((segment == label) & (rng.random(len(segment)) < share))
        others = labels != label
        stated[rows] = rng.choice(labels[others], size=len(rows), p=counts[others] / counts[others].sum())
    return stated


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 1.0])
def test_the_gain_is_what_the_rule_truly_earns_by_corrupted_labels(large, found, share):
    table, truth = large
    stated = corrupted(table["segment"].to_numpy(), share, np.random.default_rng(9))
    earned = np.where(np.isin(stated, ["x", "z"]), truth["a"], truth["b"]) - truth[found.best_single]
    row = found.frame.iloc[found.frame["share_untrue"].sub(share).abs().argmin()]
    assert row["share_untrue"] == pytest.approx(share)
    error = np.hypot(row["std_error"], np.std(earned) / np.sqrt(len(earned)))
    assert abs(row["gain"] - earned.mean()) < 3 * error
    assert found.best_single == "a"


def test_corrupted_labels_and_expected_gain_agree(large):
    """The two ways by which the tests know the truth."""
    table, truth = large
    stated = corrupted(table["segment"].to_numpy(), 0.3, np.random.default_rng(2))
    earned = np.where(np.isin(stated, ["x", "z"]), truth["a"], truth["b"]) - truth["a"]
    assert abs(earned.mean() - expected_gain(0.3)) < 3 * earned.std() / np.sqrt(len(earned))


def test_the_gain_is_a_straight_line_in_the_share(found):
    np.testing.assert_allclose(np.diff(found.frame["gain"], n=2), 0, atol=1e-9)
    assert (np.diff(found.frame["gain"]) < 0).all()


def test_a_plain_loop_over_customers_agrees(large):
    table = drawn(2, 400)[0]
    found = misstated(table, shares=[0.35], rng=5)
    scores = wb.offer_scores(wb.read_trial(table, OFFERS), rng=5).scores
    counts, gains, own = table["segment"].value_counts(), [], []
    for label, sent, row in zip(table["segment"], table["offer"], scores.to_dict("records"), strict=True):
        others = counts.drop(label) / counts.drop(label).sum()
        for each, kept in ((row, gains), ({name: float(name == sent) for name in row}, own)):
            untrue = sum(weight * each[RULE[other]] for other, weight in others.items())
            kept.append(0.65 * each[RULE[label]] + 0.35 * untrue - each[found.best_single])
    gain, error = np.mean(gains), np.std(gains, ddof=1) / 20
    assert found.frame["gain"].iloc[0] == pytest.approx(gain, rel=1e-9)
    assert found.frame["std_error"].iloc[0] == pytest.approx(error, rel=1e-9)
    ends = leaning(gain, error, length_by_loop(table, table["value"].fillna(0), own) / error)
    assert found.frame[["gain_low", "gain_high"]].iloc[0].tolist() == pytest.approx(ends, rel=1e-6)


@pytest.mark.parametrize("terms", [{}, {"organic": (0.05, 0.2), "organic_value": 150.0}])
def test_with_every_label_true_it_is_the_honest_gain_itself(terms):
    """One figure has one estimator: the same splits, the same single offers, the same interval."""
    table = drawn(3, 600)[0]
    table = table[table["offer"] != "none"] if terms else table
    trial = wb.read_trial(table, OFFERS, **terms)
    judged = wb.evaluate_policy(trial, {**RULE, "z": None}, by="segment", splits=wb.Splits(repeats=4, rng=2))
    ours, theirs = judged.misstated([0.0]).frame.iloc[0], judged.frame.iloc[0]
    pairs = {"gain": "honest_gain", "std_error": "std_error"}
    pairs |= {f"gain_{end}": f"honest_gain_{end}" for end in ("low", "high")}
    for name, other in pairs.items():
        assert ours[name] == pytest.approx(theirs[other], rel=1e-9), name


def test_the_page_says_one_figure_of_one_rule(study):
    rule = {"price": "discount", "service": "upgrade", "both": "bundle"}
    judged = wb.evaluate_policy(study.trial, rule, by="reason", splits=wb.Splits(repeats=2))
    amount = re.search(r"loses (\$\S+ \[[^]]+\])", judged.describe())[1]
    assert f"the rule loses {amount} per customer against discount for everybody" in judged.misstated().describe()


def test_the_break_even_is_where_the_line_crosses_zero(found):
    crossing = np.interp(0, -found.frame["gain"], found.frame["share_untrue"])
    assert found.break_even == pytest.approx(crossing, rel=1e-9)
    assert found.break_even_low < truth_break_even() < found.break_even_high
    told = found.describe()
    assert f"The gain is gone when {found.break_even:.0%} are untrue" in told
    assert told.startswith("With every stated segment true, the rule gains $")


def test_the_ends_of_the_break_even_are_where_the_intervals_of_the_gain_touch_zero(large, found):
    """Fieller's interval is just that."""
    ends = misstated(large[0], shares=[found.break_even_low, found.break_even_high]).frame
    assert ends["gain_low"].iloc[0] == pytest.approx(0, abs=1e-9)
    assert ends["gain_high"].iloc[1] == pytest.approx(0, abs=1e-9)


def test_a_break_even_without_an_end_is_not_said(found):
    endless = dataclasses.replace(found, break_even_low=-np.inf, break_even_high=np.inf)
    assert "From which share of untrue ones on the gain is gone, the data do not tell." in endless.describe()
    assert "The gain is gone" not in endless.describe() + endless.details()


def test_a_rule_that_gains_nothing_has_nothing_to_lose(large):
    wrong = misstated(large[0], {"x": "b", "y": "a", "z": "b"})
    assert np.isnan([wrong.break_even, wrong.break_even_low, wrong.break_even_high]).all()
    assert wrong.frame["gain"].iloc[0] < 0
    assert "no gain is there to lose" in wrong.describe()


def test_a_rule_that_is_one_offer_gains_nothing(large):
    same = misstated(large[0], dict.fromkeys("xyz", "a"))
    assert np.isnan(same.break_even)
    np.testing.assert_allclose(same.frame["gain"], 0.0, atol=1e-12)


def test_a_gain_that_no_untruth_takes_away():
    """Most customers are x, to whom the rule gives a, though b and c, each bad for some others, are better for them."""
    chances = {"a": {"x": 0.85, "y": 0.9, "z": 0.9}, "b": {"x": 1, "y": 1, "z": 0}, "c": {"x": 1, "y": 0, "z": 1}}
    names = {f"{name}{place}": name for name, size in (("x", 14), ("y", 3), ("z", 3)) for place in range(size)}
    by_name = {offer: {each: chance[name] for each, name in names.items()} for offer, chance in chances.items()}
    table, _ = by_segment(np.random.default_rng(4), 30_000, **by_name)
    table["segment"] = table["segment"].map(names)
    found = misstated(table, {"x": "a", "y": "b", "z": "c"}, offers=free("a", "b", "c"))
    assert found.frame["gain_low"].iloc[0] > 0
    assert found.frame["gain"].is_monotonic_increasing
    assert [found.break_even, found.break_even_low, found.break_even_high] == [np.inf] * 3
    assert f"However many are untrue, the rule still earns more than {found.best_single} for everybody" in (
        found.describe()
    )


@pytest.mark.parametrize("shares", [[], [-0.1], [0.2, 1.1], [np.nan], 7, ["half"], "0.5"])
def test_shares_that_are_none(large, shares):
    with pytest.raises(
        ValueError, match=r"shares`? must be (one or more shares from 0 to 1|a number or a list of numbers)"
    ):
        misstated(large[0], shares=shares)


def test_one_share_may_be_given_alone(large):
    table = large[0].head(3_000)
    pd.testing.assert_frame_equal(misstated(table, shares=0.2).frame, misstated(table, shares=[0.2]).frame)


def test_a_label_the_rule_does_not_know(large):
    with pytest.raises(wb.TableError, match=r"`segment` has values for which the rule says nothing.*knows x and y"):
        misstated(large[0], {"x": "a", "y": "b"})


def test_a_missing_label(large):
    table = large[0].head(3_000)
    with pytest.raises(wb.TableError, match=r"the rule says nothing; 1 of 3,000 rows.*missing"):
        misstated(table.assign(segment=table["segment"].where(table.index != 7)))


def test_one_label_cannot_be_misstated(large):
    with pytest.raises(ValueError, match="`segment` has one value only: nothing can be misstated"):
        misstated(large[0].assign(segment="x"))


def test_a_rule_must_read_what_is_known_beforehand(large):
    with pytest.raises(wb.TableError, match="`returned` is known only after the offer"):
        misstated(large[0], {True: "a", False: "b"}, by="returned")


@pytest.mark.slow
def test_intervals_hold_the_truth():
    rows, ends = [], []
    for seed in range(400):
        found = misstated(drawn(seed, 1_500)[0], shares=[0.2], rng=seed)
        assert found.best_single == "a"
        rows.append(found.frame.iloc[0])
        ends.append((found.break_even_low, found.break_even_high))
    rows, (low, high) = pd.DataFrame(rows), np.array(ends).T
    assert_covers(rows["gain_low"], rows["gain_high"], expected_gain(0.2))
    assert_covers(low, high, truth_break_even())
