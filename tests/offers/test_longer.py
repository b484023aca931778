"""Is it said where another offer comes first over more months, and held back where nothing changes or is known?"""

import numpy as np
import pandas as pd
import pytest
from asked_trials import valued

import winback as wb
from winback.offers.longer import first_when_longer, other_when_longer, within_months
from winback.questions.headline import headline
from winback.questions.which_offer import Tailoring


def stays(share_long, n=900, *, months=6.0):
    """Return a trial of two offers and none: of a's returners a share stays for about 40 months, of b's all."""
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
    return wb.read_trial(table, offers, horizon_months=months, annual_discount=0)


@pytest.fixture(scope="module")
def study():
    return wb.compare_offers(wb.load_telecom_study().trial)


def test_the_study_says_that_another_offer_leads_over_all_that_is_known(study):
    over = wb.compare_offers(study.trial.over(horizon_months=study.longer.settings.horizon_months))
    assert over.frame["offer"].iloc[0] == "upgrade"
    pair = over.differences.iloc[0]
    assert not pair["told_apart"]
    said = f"Counted over 84 months instead of 27.8, upgrade is first, ${pair['difference']:.2f} ahead of discount, but"
    answer, _, doubt = study.describe().splitlines()
    assert doubt == f"{said} not beyond chance."
    assert answer.endswith("per customer offered [$278, $304] within 27.8 months.")


def test_the_front_page_says_it_too(study):
    head = headline(study, Tailoring(None, {}))
    assert "within 27.8 months" in head.gain
    assert head.doubt == next(other_when_longer(study))


def test_whoever_stays_longer_overtakes_beyond_chance():
    comparison = wb.compare_offers(stays(0.3))
    assert comparison.winners == ["a"]
    (said,) = other_when_longer(comparison)
    assert said.startswith("Counted over 24 months instead of 6, b is first, $")
    assert said.endswith(" ahead of a.")
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
