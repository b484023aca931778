"""Are customers held out, ranked and cut into tenths as said, and is a verdict what its limits make of a gap?"""

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.held_out import Limits, Ranking, verdict


def test_hold_out():
    table = pd.DataFrame({"customer_id": range(1_000)}, index=np.arange(1_000) % 3)
    fit_on, judge_by = wb.hold_out(table, 0.3, rng=1)
    assert (len(fit_on), len(judge_by)) == (700, 300)
    assert sorted([*fit_on["customer_id"], *judge_by["customer_id"]]) == list(range(1_000))
    assert wb.hold_out(table, 0.3, rng=1)[1].equals(judge_by)
    assert not wb.hold_out(table, 0.3, rng=2)[1].equals(judge_by)
    assert 120 < judge_by["customer_id"].lt(500).sum() < 180
    for share in (0, 1, -0.1, "half", None):
        with pytest.raises(ValueError, match=r"share`? must be (between 0 and 1|a number; got)"):
            wb.hold_out(table, share)


def test_a_trial_is_held_out_under_its_own_terms():
    trial = wb.load_telecom_study().trial
    fit_on, judge_by = wb.hold_out(trial, 0.3, rng=1)
    assert (fit_on.terms, judge_by.terms) == (trial.terms, trial.terms)
    rows, others = wb.hold_out(trial.lapsed, 0.3, rng=1)
    assert fit_on.lapsed["customer_id"].tolist() == rows["customer_id"].tolist()
    assert judge_by.lapsed["customer_id"].tolist() == others["customer_id"].tolist()


def test_tenths_share_customers_of_equal_predictions():
    parts = Ranking.of(np.array([3.0] + [1.0] * 19)).tenths()
    assert [float(part.sum()) for part in parts] == pytest.approx([2.0] * 10)
    assert parts[0].tolist() == [1.0] + [1 / 19] * 19
    outcome = np.zeros(20)
    outcome[[0, 7]] = 5, 19
    assert [float(part @ outcome) for part in parts] == pytest.approx([6.0] + [2.0] * 9)


def test_fewer_customers_than_tenths():
    parts = Ranking.of(np.array([3.0, 2.0, 1.0])).tenths()
    assert [part.tolist() for part in parts] == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_concentration_and_gini_by_hand():
    bought = np.array([0.0, 6.0, 2.0, 0.0])
    perfect, half_right, wrong = (Ranking.of(np.array(by)) for by in ([0, 6, 2, 0], [1, 2, 2, 1], [6, 0, 1, 6]))
    customers, reached = perfect.concentration(bought)
    assert (customers.tolist(), reached.tolist()) == ([0, 0.25, 0.5, 1], [0, 0.75, 1, 1])
    assert perfect.gini(bought) == pytest.approx(0.625)
    assert half_right.gini(bought) == pytest.approx(0.5)
    assert wrong.gini(bought) < 0


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        ((0.01, 0.001, 0.02), "The sBG misses, but little: it expects so much, more than chance"),
        ((0.04, 0.01, 0.07), "The sBG misses: it expects so much, more than chance"),
        ((0.06, -0.01, 0.08), "Too few customers to tell whether the sBG fits: it expects so much, perhaps"),
        ((0.01, -0.15, 0.06), "Too few customers to tell whether the sBG fits: it expects so much, perhaps"),
        ((0.01, -0.02, 0.03), "The sBG fits: it expects so much, no more than chance"),
        ((0.0001, -0.02, 0.03), "The sBG fits: it expects so much"),
    ],
)
def test_a_verdict_names_what_chance_can_and_cannot_do(gap, said):
    limits = Limits(small=0.02, large=0.05, wide=0.10, exact=0.0005)
    assert verdict("sBG", "it expects so much", gap, limits, ("customers", ", perhaps")) == said
