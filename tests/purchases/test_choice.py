"""Is the model kept that says better who will buy, judged by the same purchases held out?"""

from dataclasses import replace

import pytest

import winback as wb
from winback.purchases.check import tenths_off
from winback.purchases.choice import model_choice


@pytest.fixture(scope="module")
def checks():
    held_out = wb.load_shop_study().base.summary.hold_out()
    return [wb.fit_purchases(held_out, model).check(held_out) for model in ("pareto_nbd", "bg_nbd")]


def test_the_figure_that_decides_is_the_gap_by_tenths(checks):
    said = model_choice(*checks).splitlines()
    gaps = [(found.frame["predicted"] - found.frame["observed"]).abs().sum() for found in checks]
    shares = [f"{gap / found.frame['observed'].sum():.0%}" for gap, found in zip(gaps, checks, strict=True)]
    assert said[0].startswith("The Pareto/NBD does better than the BG/NBD: ")
    assert said[0].endswith(f"it is off by {shares[0]} of all purchases, that by {shares[1]}.")
    assert said[3].startswith("Why: the BG/NBD lets customers leave only after a repeat purchase")


def test_the_other_way_round_it_is_worse_and_no_reason_is_given(checks):
    said = model_choice(*checks[::-1])
    assert said.startswith("The BG/NBD does worse than the Pareto/NBD: ")
    assert "Why:" not in said


def test_the_verdict_follows_the_figures_and_not_the_name(checks):
    frame = checks[0].frame.assign(predicted=checks[0].frame["observed"] * 2)
    poor = replace(checks[0], frame=frame)
    assert tenths_off(poor) == pytest.approx(1.0)
    assert model_choice(poor, checks[1]).startswith("The Pareto/NBD does worse than the BG/NBD: ")
    assert model_choice(checks[0], checks[0]).startswith("The Pareto/NBD and the Pareto/NBD do equally well: ")


def test_nothing_held_out_decides_nothing(checks):
    nothing = [replace(found, frame=found.frame.assign(observed=0)) for found in checks]
    assert model_choice(*nothing) == "Nothing was bought on the days held out: they decide between no models."


def test_other_purchases_are_refused(checks):
    fewer = replace(checks[1], frame=checks[1].frame.iloc[1:])
    with pytest.raises(ValueError, match="only by the same purchases held out"):
        model_choice(checks[0], fewer)
