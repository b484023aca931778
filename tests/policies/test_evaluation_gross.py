"""What can be said of a policy where nobody was left without an offer? Gross figures, or an assumed organic return."""

import numpy as np
import pytest
from tailored_trials import by_segment, free

import winback as wb
from winback.money import money_interval
from winback.policies.honest import BEST_SINGLE, STATUS_QUO

OFFERS = free("a", "b")
RETURNS = {"a": {"x": 0.5, "y": 0.1}, "b": {"x": 0.3, "y": 0.3}}
RULE = {"x": "a", "y": "b"}


@pytest.fixture(scope="module")
def table():
    return by_segment(np.random.default_rng(1), 600, **RETURNS)[0]


def test_without_an_assumption_only_differences_between_offers_are_shown(table):
    found = wb.evaluate_policy(wb.read_trial(table, OFFERS), RULE, by="segment", splits=wb.Splits(repeats=5))
    assert found.choices == ("a", "b")
    assert found.frame["against"].tolist() == [BEST_SINGLE]
    assert "No random group was left without an offer" in found.describe()
    tree = wb.learn_policy(wb.read_trial(table, OFFERS), by="segment", splits=wb.Splits(repeats=1))
    assert tree.choices == ("a", "b")
    mistaken = wb.evaluate_policy(wb.read_trial(table, OFFERS), {"x": "b", "y": "b"}, by="segment")
    assert mistaken.describe().startswith("Among the offers, ")  # whether sending any pays is not known
    assert "Send" not in mistaken.describe()
    assert "No random group was left without an offer" in tree.details()


def test_gains_do_not_need_a_control_group(table):
    """A status quo that is an offer stays a yardstick."""
    found = wb.evaluate_policy(
        wb.read_trial(table, OFFERS), RULE, by="segment", status_quo="b", splits=wb.Splits(repeats=1)
    )
    assert found.frame["offer"].tolist()[1] == "b"
    assert "Against the status quo (b), the rule by segment gains" in found.describe()
    total = money_interval(*(found.frame[f"honest_total{end}"].iloc[1] for end in ("", "_low", "_high")))
    like = "customers if they are like those of the trial."
    assert found.pays == (f"{total} for 600 {like}" in found.describe())


@pytest.mark.parametrize(
    ("organic", "shares"),
    [(0.1, (0.1, 0.1)), ((0.0, 0.2), (0.1, 0.1)), ({"segment": {"x": 0.05, "y": 0.15}}, (0.05, 0.15))],
)
def test_with_an_assumption_no_offer_is_a_choice_and_the_status_quo(table, organic, shares):
    found = wb.evaluate_policy(
        wb.read_trial(table, OFFERS, organic=organic, organic_value=150.0),
        {"x": "a", "y": None},
        by="segment",
        splits=wb.Splits(repeats=2),
    )
    assert found.choices == ("a", "b", "none")
    assert found.frame["against"].tolist() == [BEST_SINGLE, STATUS_QUO]
    assert found.frame["offer"].tolist()[1] == "none"
    share = np.where(table["segment"] == "x", *shares)
    assert not found.gains.scores[:, 2].any()  # scores are over no offer
    assert not found.gains.expected[:, 2].any()
    gross = wb.evaluate_policy(
        wb.read_trial(table, OFFERS), {"x": "a", "y": "a"}, by="segment", status_quo="b", splits=wb.Splits(repeats=2)
    )
    np.testing.assert_allclose(found.gains.scores[:, :2] + 150.0 * share[:, None], gross.gains.scores, rtol=1e-9)
    x = (table["segment"] == "x").to_numpy()
    gain = np.where(x, found.gains.scores[:, 0], 0.0).mean()
    rows = found.repeats[found.repeats["against"] == STATUS_QUO]
    assert rows["honest"].mean() == pytest.approx(gain, rel=1e-9)
    assert "Under the assumed organic return, against the status quo (no offer)" in found.describe()


def test_an_organic_returner_is_worth_what_those_of_the_same_offer_are_unless_said(table):
    """As in the comparison of offers: two figures for one offer would contradict each other."""
    found = wb.evaluate_policy(
        wb.read_trial(table, OFFERS, organic=0.2, covariates=[]), RULE, by="segment", splits=wb.Splits(repeats=1)
    )
    compared = wb.compare_offers(wb.read_trial(table, OFFERS, organic=0.2)).frame.set_index("offer")[
        "incremental_profit"
    ]
    means = dict(zip(found.choices, found.gains.scores.mean(axis=0), strict=True))
    for name in ("a", "b"):
        assert means[name] == pytest.approx(compared[name], rel=0.02)  # folds of unequal shares of the arms


def test_a_high_organic_return_leaves_everybody_alone(table):
    found = wb.learn_policy(wb.read_trial(table, OFFERS, organic=0.9), by="segment", splits=wb.Splits(repeats=2))
    assert found.evaluation.best_single == "none"
    assert set(found.assign(table)) == {"none"}
    assert found.describe().startswith("Send everybody no offer")


def test_organic_segments_must_cover_everybody(table):
    with pytest.raises(wb.TableError, match=r"`segment` has values without an organic return"):
        wb.evaluate_policy(wb.read_trial(table, OFFERS, organic={"segment": {"x": 0.1}}), RULE, by="segment")


@pytest.mark.parametrize("value", [0.0, -3.0, np.inf, True])
def test_an_organic_value_that_is_none(table, value):
    with pytest.raises(ValueError, match=r"organic_value`? must be (an amount of money above 0|a number or None; got)"):
        wb.evaluate_policy(wb.read_trial(table, OFFERS, organic=0.1, organic_value=value), RULE, by="segment")
