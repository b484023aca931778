"""Does a tailored offer compare rightly with its own rule? Scores put together by hand, the planted gap, sentences."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from coverage_harness import assert_covers
from tailored_trials import by_segment
from trials import leaning, length_by_loop, own_counts

import winback as wb
from winback.money import format_alike

RULE = {"x": "a", "y": "b"}
OFFERS = [
    wb.Offer(name="a", amount=20, paid="on_acceptance"),
    wb.Offer(name="b", amount=35, paid="on_acceptance"),
    wb.Offer(name="fitting", tailored_by="segment", tailored=RULE),
]
RETURNS = {"a": {"x": 0.5, "y": 0.2}, "b": {"x": 0.3, "y": 0.6}, "fitting": {"x": 0.5, "y": 0.6}}
NONE = {"none": {"x": 0.1, "y": 0.2}}


def drawn(seed, n, **changed):
    return by_segment(np.random.default_rng(seed), n, **RETURNS | changed | NONE)


@pytest.fixture(scope="module")
def table():
    return drawn(3, 1_200)[0]


@pytest.fixture(scope="module")
def found(table):
    return wb.compare_offers(wb.read_trial(table, OFFERS)).tailored(splits=wb.Splits(rng=4))


def test_figures_that_are_no_plain_means_are_called_adjusted(table, found):
    """Beside the comparison's 45.0% stood 44.9% without a word."""
    assert found.table().columns[0] == "Per customer, adjusted"
    assert "not quite the plain means" in found.details()
    plain = wb.compare_offers(wb.read_trial(table, OFFERS, covariates=[])).tailored()
    assert plain.table().columns[0] == "Per customer"
    assert plain.details() == ""


def test_every_figure_is_that_of_the_scores(table, found):
    assert found.frame["figure"].tolist() == ["returned", "value", "cost", "profit"]
    rule = table["segment"].map(RULE)
    prices = {"a": 20, "b": 35, "fitting": rule.map({"a": 20, "b": 35}), "none": 0}
    price = sum(prices[name] * (table["offer"] == name) for name in prices)
    seen = {"returned": table["returned"].astype(float), "value": table["value"].fillna(0)}
    seen["cost"] = seen["returned"] * price
    seen["profit"] = seen["value"] - seen["cost"]
    counts = own_counts(table, ["fitting"] * len(table), rule)
    for row in found.frame.to_dict("records"):
        scores = wb.offer_scores(wb.read_trial(table, OFFERS), outcome=row["figure"], rng=4).scores
        composed = scores["a"].where((table["segment"] == "x").to_numpy(), scores["b"])
        paired = scores["fitting"] - composed
        assert row["tailored"] == pytest.approx(scores["fitting"].mean(), rel=1e-12)
        assert row["composed"] == pytest.approx(composed.mean(), rel=1e-12)
        assert row["difference"] == pytest.approx(paired.mean(), rel=1e-9, abs=1e-12)
        assert row["std_error"] == pytest.approx(paired.std() / np.sqrt(1_200), rel=1e-12)
        length = length_by_loop(table, seen[row["figure"]], counts)
        ends = leaning(row["difference"], row["std_error"], length / row["std_error"])
        assert [row["difference_low"], row["difference_high"]] == pytest.approx(ends, rel=1e-6)


def test_profit_is_value_less_cost(found):
    """The predictions are linear, with the same folds, so the scores are, too."""
    rows = found.frame.set_index("figure")
    for column in ("tailored", "composed", "difference"):
        assert rows.loc["profit", column] == pytest.approx(rows.loc["value", column] - rows.loc["cost", column])


def test_an_arm_that_is_its_rule_is_not_shown_to_differ_and_equal_only_within_a_bound(found):
    profit = found.frame.set_index("figure").loc["profit"]
    assert profit["difference_low"] < 0 < profit["difference_high"]
    told = found.describe()
    assert told.startswith(
        "Fitting is not shown to earn other than its rule promises (by segment, x gets a and y gets b)"
    )
    within = replace(found, equivalent_within=max(-profit["difference_low"], profit["difference_high"]) + 0.1)
    assert within.describe().startswith("Fitting earns what its rule promises within $")
    assert replace(found, equivalent_within=1.0).describe() == told
    assert "which includes zero" in told
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize(
    ("chance", "way", "back"),
    [({"x": 0.9, "y": 0.9}, "more", "More returned"), ({"x": 0.1, "y": 0.1}, "less", "Not as many returned")],
)
def test_an_arm_that_is_not_its_rule_is_said_to_earn_more_or_less(chance, way, back):
    table, truth = drawn(5, 1_200, fitting=chance)
    found = wb.compare_offers(wb.read_trial(table, OFFERS)).tailored("fitting")
    rows = found.frame.set_index("figure")
    composed = np.where(table["segment"] == "x", truth["a"], truth["b"])
    gap = (truth["fitting"] - composed).mean()
    assert abs(rows.loc["value", "difference"] - gap) < 3 * rows.loc["value", "std_error"]
    first, second, last = found.describe().splitlines()
    amount = abs(rows.loc["profit", "difference"])
    assert first.startswith(f"Fitting earns ${amount:.2f} {way} per customer than the same rule")
    shares = [f"{rows.loc['returned', side]:.1%}" for side in ("tailored", "composed")]
    assert second.startswith(f"{back} ({shares[0]} against {shares[1]})")
    each = [rows.loc["value", side] / rows.loc["returned", side] for side in ("tailored", "composed")]
    assert second.endswith(f"one who returned brought {' against '.join(format_alike(each))} before cost.")
    assert "the trial does not say" in last


def test_what_a_simulation_built_in_is_said_beside_the_finding_and_of_no_other_trial(study):
    (*_, last) = wb.compare_offers(study.trial).tailored("tailored").describe().splitlines()
    assert last.endswith(f"so the rule does not explain it: {study.trial.built_in['tailored']}.")
    assert "built into the simulated data" in last
    assert "nothing published says why" in last
    own = replace(study.trial, built_in={})
    assert "built" not in wb.compare_offers(own).tailored("tailored").describe()


def test_the_table_shows_each_figure_in_its_unit(found):
    shown = found.table()
    assert shown.iloc[0, 1].endswith("%")
    assert all(cell.startswith("$") for cell in shown.iloc[1:, 1])
    assert len(shown) == 4


def test_the_gap_of_the_study_is_found(study):
    truth = study.true_profits()
    reason = study.lapsed.set_index("customer_id").loc[truth.index, "reason"].astype(str)
    offer = reason.map(study.offers["tailored"].tailored)
    composed = truth.to_numpy()[np.arange(len(truth)), truth.columns.get_indexer(offer)]
    gap = (truth["tailored"] - composed).mean()
    profit = wb.compare_offers(study.trial).tailored().frame.set_index("figure").loc["profit"]
    assert abs(profit["difference"] - gap) < 3 * profit["std_error"]
    assert profit["difference_high"] < 0
    assert gap < -10  # planted: tailoring earned less than its parts, as published


def test_no_tailored_offer_is_refused(table):
    with pytest.raises(ValueError, match="Say which tailored offer to compare; tried in this trial: none"):
        wb.compare_offers(wb.read_trial(table[table["offer"] != "fitting"], OFFERS)).tailored()


def test_a_single_offer_is_no_tailored_one(table):
    with pytest.raises(ValueError, match="tried in this trial: fitting"):
        wb.compare_offers(wb.read_trial(table, OFFERS)).tailored("a")


def test_of_several_one_must_be_named(table):
    second = wb.Offer(name="other", tailored_by="segment", tailored={"x": "b", "y": "a"})
    half = table["offer"].eq("fitting") & table["customer_id"].mod(2).eq(0)
    both = table.assign(offer=table["offer"].mask(half, "other"))
    with pytest.raises(ValueError, match="tried in this trial: fitting and other"):
        wb.compare_offers(wb.read_trial(both, [*OFFERS, second])).tailored()
    assert (
        wb.compare_offers(wb.read_trial(both, [*OFFERS, second])).tailored("other").rule
        == "by segment, x gets b and y gets a"
    )


def test_an_assigned_offer_that_was_not_tried_is_refused(table):
    with pytest.raises(ValueError, match="fitting assigns b, which was not tried by itself"):
        wb.compare_offers(wb.read_trial(table[table["offer"] != "b"], OFFERS)).tailored()


def test_customers_whose_label_the_rule_does_not_know_are_refused(table):
    with pytest.raises(wb.TableError, match=r"`segment` has values that offer 'fitting' assigns nothing to.*1 of"):
        wb.compare_offers(
            wb.read_trial(table.assign(segment=table["segment"].where(table.index != 3, "z")), OFFERS)
        ).tailored()


def test_the_callers_table_is_not_changed(table):
    before = table.copy(deep=True)
    wb.compare_offers(wb.read_trial(table, OFFERS)).tailored()
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.slow
def test_where_the_arm_is_its_rule_the_interval_holds_zero():
    ends = {name: [] for name in ("returned", "value", "cost", "profit")}
    for seed in range(400):
        frame = wb.compare_offers(wb.read_trial(drawn(seed, 600)[0], OFFERS)).tailored(splits=wb.Splits(rng=seed)).frame
        for row in frame.to_dict("records"):
            ends[row["figure"]].append((row["difference_low"], row["difference_high"]))
    for pairs in ends.values():
        low, high = np.array(pairs).T
        assert_covers(low, high, 0.0)
