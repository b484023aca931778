"""Is winning back counted only for losses like those on whom it was tried?"""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import valid_calls as valid

import winback as wb
from winback.offers import Acquire, ByThemselves, Keep, WinBack
from winback.offers.strategy_measured import inputs_of_base
from winback.offers.strategy_reasons import with_comparable

REASONS = {10.0: ["price"] * 6 + ["moved"] * 4, 20.0: ["price"] * 3 + ["service"] * 5 + ["moved"] * 2,
           30.0: ["service"] * 8 + [None] * 2}  # fmt: skip
HELD = {"price": [True] * 9 + [False], "service": [True, True, False, False], "never seen": [True]}


def base_of(reasons=REASONS):
    """Return a base with as many here as were lost, by margin; all losses within the last year."""
    rows = [
        {"start": "2020-01-01", "end": end, "margin": margin, "reason": reason if end else None}
        for margin, lost in reasons.items()
        for reason in lost
        for end in ("2023-06-15", None)
    ]
    contracts = pd.DataFrame(rows).assign(customer_id=range(len(rows)))
    return wb.read_contracts(contracts, until="2023-12-31")


def trial_of(held=HELD):
    rows = [{"reason": reason, "eligible": each} for reason, some in held.items() for each in some]
    return SimpleNamespace(lapsed=pd.DataFrame(rows))


def shares(base, trial):
    return with_comparable(inputs_of_base(base, 0.95), base, trial, 0.95)


def test_the_share_is_that_of_the_reasons_times_that_of_the_promising():
    found = shares(base_of(), trial_of())
    by_hand = [0.6 * 0.9, 0.3 * 0.9 + 0.5 * 0.5, 0.5]  # whose reason is not known is like the others of the segment
    np.testing.assert_allclose(found.segments["comparable"], by_hand)
    p, e, n = np.array([0.3, 0.5, 0.2]), np.array([0.9, 0.5, 0.0]), np.array([10, 4, 1])
    error = np.sqrt((p @ e**2 - (p @ e) ** 2) / 10 + p**2 @ (e * (1 - e) / n))
    width = found.segments["comparable_high"] - found.segments["comparable_low"]
    assert width[1] == pytest.approx(2 * 1.959964 * error)
    assert "Of 28 losses" in found.notes[-1]
    assert f"{100 * (9 * 0.9 + 13 * 0.5) / 28:.1f}% are like those" in found.notes[-1]


def test_all_losses_alike_change_nothing():
    base = base_of({margin: ["price"] * 10 for margin in REASONS})
    found = shares(base, trial_of({"price": [True] * 5}))
    assert "comparable" not in found.segments
    stated = shares(base, SimpleNamespace(lapsed=pd.DataFrame({"customer_id": [1, 2]})))
    assert "comparable" not in stated.segments


def test_where_reasons_have_no_word_in_common_the_promising_are_counted():
    found = shares(base_of(), trial_of({"dear": [True, True, True, False]}))
    assert set(found.segments["comparable"]) == {0.75}
    assert "is not known in the words of the trial" in found.notes[-1]


def test_of_a_table_it_is_taken_for_granted_and_said_unless_stated():
    table = {"segment": ["a"], "n": [10], "hazard": [0.1], "margin": [40.0]}
    how = {"win_back": wb.read_trial(valid.measured().assign(reason="price"), valid.OFFERS)}
    how |= {"horizon_months": 12, "annual_discount": 0.0}
    said = wb.compare_win_back_keep_acquire(table, **how)
    assert "taken for granted: for which reasons is not known" in str(said.details())
    assert np.isnan(said.tried)
    stated = wb.compare_win_back_keep_acquire(table | {"comparable": [0.5]}, **how)
    assert stated.frame["gain"].iloc[0] == pytest.approx(0.5 * said.frame["gain"].iloc[0])
    assert stated.frame["spending"].iloc[0] == pytest.approx(0.5 * said.frame["spending"].iloc[0])
    assert "winning back was tried on 50% of such losses" in str(stated.describe())


def test_what_others_bring_is_in_no_strategy():
    """One month's loss by hand: half of the losses are like those of the trial, the others bring nothing."""
    table = {"segment": ["a"], "n": [1], "hazard": [1.0], "margin": [100.0], "comparable": [0.5]}
    how = {"win_back": WinBack(0.4, 90.0, cost=10.0, contact_cost=2.0), "by_themselves": ByThemselves(0.1, 50.0)}
    how |= {"keep": Keep(3.0, 0.2), "horizon_months": 2, "annual_discount": 0.0, "acquire": Acquire(0.1, 50.0, 1.0)}
    found = wb.compare_win_back_keep_acquire(table, **how)
    asked, alone = 0.5 * (0.4 * 80 - 2), 0.5 * 0.1 * 50
    gains = found.frame[found.frame["segment"] == "a"].set_index("strategy")["gain"]
    assert gains["keep everybody"] == pytest.approx(0.2 * (100 - alone) - 3)
    assert gains["wait and win back"] == pytest.approx(asked - alone)
    assert gains["keep and win back"] == pytest.approx(0.2 * (100 - asked) - 3 + asked - alone)
    assert gains["acquire instead"] == pytest.approx(50 - 10)
    assert found.worth_lost.of(np.array([1.0]), 2)[0, 0] == pytest.approx(alone)


@pytest.mark.slow
def test_on_the_study_a_new_customer_earns_more_than_winning_back_in_every_third():
    """Counted by hand: winning back was tried on losses for three of ten reasons, and of these on the promising."""
    study = wb.load_telecom_study()
    new = Acquire(0.05, 800.0, 18.0, value_months=24.0)
    how = {"win_back": study.trial, "acquire": new, "horizon_months": 24, "annual_discount": 0.0}
    found = wb.compare_win_back_keep_acquire(study.base, **how)
    lives, held = study.base.lives, study.trial.lapsed
    until = pd.Timestamp("2015-12-31") - pd.Timedelta(days=study.base.grace_days)
    lost = lives[lives["ended"] & (lives["end"] > until - pd.Timedelta(days=365)) & (lives["end"] <= until)]
    promising = held["eligible"].groupby(held["reason"].astype(str)).mean()
    by_loss = lost["reason"].astype(str).map(promising).fillna(0.0).groupby(
        np.searchsorted(found.inputs.edges, lost["margin"])).mean()  # fmt: skip
    np.testing.assert_allclose(found.inputs.segments["comparable"], by_loss)
    assert found.new_everywhere
    assert "earns more than winning back everywhere" in str(found.describe())
    assert f"winning back was tried on {100 * found.tried:.0f}% of such losses" in str(found.describe())
    segments = found.inputs.segments.drop(columns=[name for name in found.inputs.segments if "comparable" in name])
    figures = segments[[name for name in segments if not name.startswith(("win_back_cost_", "acquire"))]]
    unscaled = wb.compare_win_back_keep_acquire(
        figures, acquire=new, horizon_months=24, annual_discount=0.0
    )  # as if all losses were like those of the trial, the order is another
    assert not unscaled.new_everywhere
