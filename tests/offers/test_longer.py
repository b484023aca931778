"""Is it said where another offer comes first over more months, and held back where nothing changes or is known?"""

import re

import numpy as np
import pandas as pd
import pytest
from asked_trials import valued

import winback as wb
from winback.offers.longer import first_when_longer, other_when_longer, within_months
from winback.planning.how_sure import how_sure
from winback.questions.headline import headline
from winback.questions.which_offer import Tailoring


def stays(share_long, n=900, *, months=6.0, organic=None):
    """Return a trial of a, whose returners stay long for a share only, b, where all do, and none, unless assumed."""
    rng = np.random.default_rng(3)
    rows = []
    for offer, long, margin, back in (("a", share_long, 20.0, 0.5), ("b", 1.0, 12.0, 0.5), ("none", 0.0, 9.0, 0.05)):
        mean = np.where(rng.random(n) < long, 40.0, 8.0)
        frame = pd.DataFrame({"offer": [offer] * n, "returned": rng.random(n) < back})
        frame["second_tenure"] = np.where(frame["returned"], mean * rng.uniform(0.8, 1.2, n), np.nan)
        frame["second_margin"] = np.where(frame["returned"], margin * rng.uniform(0.9, 1.1, n), np.nan)
        rows.append(frame)
    table = pd.concat(rows, ignore_index=True).assign(customer_id=range(3 * n))
    table["second_ended"] = pd.Series([True] * len(table), dtype=object).where(table["returned"], None)
    offers = [wb.Offer(name=name, amount=10.0, paid="on_acceptance") for name in "ab"]
    table = table if organic is None else table[table["offer"] != "none"]
    return wb.read_trial(table, offers, horizon_months=months, annual_discount=0, organic=organic)


@pytest.fixture(scope="module")
def study():
    return wb.compare_offers(wb.load_telecom_study().trial)


def test_the_study_says_that_another_offer_leads_over_all_that_is_known(study):
    over = wb.compare_offers(study.trial.over(horizon_months=study.longer.settings.horizon_months))
    assert over.frame["offer"].iloc[0] == "upgrade"
    pair = over.differences.iloc[0]
    assert not pair["told_apart"]
    only = "Discount is clearly first only if no more than about 29 months count, and still first up to about 60"
    answer, _, doubt = study.describe().splitlines()
    assert doubt == f"{only}; over 84, upgrade is ${pair['difference']:.2f} ahead, but not beyond chance."
    assert answer.endswith("per customer offered [$278, $304] within 27.8 months.")


def test_made_again_it_is_clearly_first_until_then_and_not_after(study):
    at = {month: study.again(study.trial.over(horizon_months=month)) for month in (28, 30, 59, 61)}
    assert [at[month].winners for month in (28, 30)] == [["discount"], ["discount", "upgrade"]]
    assert [at[month].frame["offer"].iloc[0] for month in (59, 61)] == ["discount", "upgrade"]


def test_how_sure_the_choice_is_says_within_how_many_months(study):
    found = how_sure(study)
    assert "the best offer within 27.8 months with probability" in found.describe().splitlines()[0]
    assert found.describe().splitlines()[-1] == study.describe().splitlines()[-1]
    assert "the pilot's own" in found.details()


@pytest.mark.parametrize("assumed", [None, 0.05])
def test_the_months_are_those_at_which_the_comparison_made_again_turns(assumed):
    """By halving, with the whole comparison at each: what is read off a straight line is at most a month off."""
    trial = stays(0.3, organic=assumed)
    comparison = wb.compare_offers(trial)

    def turns(holds):
        low, high = 6.0, comparison.longer.settings.horizon_months
        while high - low > 0.05:
            middle = (low + high) / 2
            again = wb.compare_offers(trial.over(horizon_months=middle))
            low, high = (middle, high) if holds(again) else (low, middle)
        return low

    assert comparison.lead_holds.first == pytest.approx(turns(lambda made: made.winners[0] == "a"), abs=1)
    assert comparison.lead_holds.clear == pytest.approx(turns(lambda made: made.winners == ["a"]), abs=1)


def test_the_front_page_says_it_too(study):
    head = headline(study, Tailoring(None, {}))
    assert "within 27.8 months" in head.gain
    assert head.doubt == wb.Sentences.of(other_when_longer(study))


def test_whoever_stays_longer_overtakes_beyond_chance():
    comparison = wb.compare_offers(stays(0.3))
    assert comparison.winners == ["a"]
    (said,) = other_when_longer(comparison)
    assert re.fullmatch(
        r"a is clearly first only if no more than about (\d+) months count, and still first up to about (\d+); "
        r"over 24, b is \$[\d.]+ ahead",
        said.removesuffix("."),
    )
    assert within_months(comparison) == " within 6 months"


def test_nothing_is_said_where_the_same_offer_stays_first():
    comparison = wb.compare_offers(stays(1.0))
    assert comparison.longer.settings.horizon_months > 6
    assert list(other_when_longer(comparison)) == []
    assert " within " not in comparison.describe().splitlines()[0]
    assert first_when_longer(comparison).endswith(", a is still first.")


def test_what_pays_only_over_more_months_is_said():
    comparison = wb.compare_offers(stays(1.0, months=0.2))
    assert "loses money" in comparison.describe().splitlines()[0]
    (said,) = other_when_longer(comparison)
    assert said.endswith("instead of 0.2, a is shown to pay.")


def test_where_months_cannot_be_varied_nothing_is_said(study):
    assert wb.compare_offers(valued(0.5, 0.2)).longer is None
    assert study.longer.longer is None
    assumed = study.again(study.trial, organic=0.05)  # a share in place of the group that was sent nothing
    assert assumed.longer is None
    assert list(other_when_longer(assumed)) == []
