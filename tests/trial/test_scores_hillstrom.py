"""Do scores give the published and the peer's figures on Hillstrom's trial? Effects of two e-mails against none."""

import json
from pathlib import Path

import numpy as np
import pytest

import winback as wb

ECONML = json.loads((Path(__file__).parents[1] / "reference" / "hillstrom_scores.json").read_text(encoding="utf-8"))
# Effect and standard error by linear predictions in five folds of a seed of their own; errors are printed to 6 digits.
PAGE = {
    "visit": [(0.076006, 0.003337), (0.045454, 0.003192)],
    "conversion": [(0.006764, 0.000920), (0.003122, 0.000822)],
    "spend": [(0.766963, 0.145204), (0.427263, 0.130320)],
}
GIVEN = np.arange(64_000) * 7919 % 5


@pytest.fixture(scope="module")
def trial(hillstrom):
    return wb.load_hillstrom(margin=1.0, contact_cost=0.0)  # so that profit is spend


def effects(trial, outcome, folds=5):
    spend = trial.lapsed["value"].fillna(0)
    value = {"visit": 1.0 * trial.lapsed["returned"], "conversion": 1.0 * (spend > 0), "spend": spend}[outcome]
    frame = wb.offer_scores(wb.read_trial(trial.lapsed.assign(value=value), trial.offers), folds=folds).frame.set_index(
        "offer"
    )
    return frame.loc[["mens", "womens"], ["effect", "effect_std_error"]].to_numpy()


@pytest.mark.parametrize("outcome", PAGE)
def test_effects_are_the_published_ones(trial, outcome):
    """Effects within half a standard error, which the folds' seed moves by a fraction of; errors to 1%."""
    for (effect, error), (wanted, wanted_error) in zip(effects(trial, outcome), PAGE[outcome], strict=True):
        assert abs(effect - wanted) < wanted_error / 2
        assert error == pytest.approx(wanted_error, rel=0.01)


@pytest.mark.parametrize("outcome", PAGE)
def test_effects_are_econmls_on_the_same_folds(trial, outcome):
    wanted = [list(ECONML["effects"][outcome][offer].values()) for offer in ("mens", "womens")]
    np.testing.assert_allclose(effects(trial, outcome, GIVEN), wanted, rtol=1e-9)


def test_returned_is_the_visit(trial):
    assert trial.lapsed["returned"].mean() == pytest.approx((2262 + 3894 + 3238) / 64_000)
    found = wb.offer_scores(trial.trial, outcome="returned", folds=GIVEN).frame
    assert found["effect"].iloc[0] == pytest.approx(ECONML["effects"]["visit"]["mens"]["effect"], rel=1e-9)
