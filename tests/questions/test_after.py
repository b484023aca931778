"""Does what stands below the cards say what its results say? Chance against worth, payback, where offers change."""

import numpy as np
import pytest
from asked_trials import valued

import winback as wb
from winback.datasets.telecom.published import JUDGED
from winback.questions.after import change_places, further


@pytest.fixture(scope="module")
def below(answered):
    return {part.heading: part for part in answered.sections}


@pytest.mark.slow
def test_the_map_is_of_customers_whom_the_model_has_not_seen(answered, below, small_trial):
    values = answered.found["values"]
    heading, part = next((heading, part) for heading, part in below.items() if heading.startswith("By the model"))
    assert len(values.customers) < len(small_trial.lapsed)
    assert JUDGED in part.why
    assert part.lines == [str(values.rankings().describe()).splitlines()[0]]
    assert heading in part.picture.label


def test_payback_is_that_of_the_package(answered, below):
    part = below[answered.found["payback"].headline]
    assert part.picture.label.startswith(answered.found["payback"].headline)


def test_at_the_cost_named_two_offers_earn_alike(answered):
    comparison = answered.found["comparison"]
    first, second = (comparison.frame.iloc[place] for place in (0, 1))
    line = change_places(comparison).lines[0]
    then = float(line.split(" costs $")[1].split()[0])
    gain = first["incremental_profit"] - (then - first["cost_per_customer"])
    assert gain == pytest.approx(second["incremental_profit"], abs=0.006)


def test_a_table_of_values_has_neither_map_nor_payback():
    trial = valued(0.5, 0.2)
    found, sections = further(trial, wb.compare_offers(trial))
    assert not found["payback"]
    assert [part.heading for part in sections] == ["Where offers change places"]


def test_where_a_figure_is_refused_the_others_stand():
    trial = valued(0.0, 0.0, control=0.05)
    comparison = wb.compare_offers(trial)
    assert all(isinstance(part.heading, str) for part in further(trial, comparison)[1])


def test_one_offer_changes_places_with_nobody():
    comparison = wb.compare_offers(valued(0.5))
    assert not [line for line in change_places(comparison).lines if "alike" in line or "overtakes" in line]


def test_a_picture_for_a_phone_is_narrow_and_says_what_is_measured_above_the_axis(answered):
    part = answered.sections[0]
    wide, narrow = part.picture.draw(), part.picture.narrow()
    assert narrow.get_figwidth() < wide.get_figwidth() / 2
    for figure in (wide, narrow):
        assert figure.axes[0].get_ylabel() == ""
        assert figure.axes[0].get_title(loc="left") != ""
    assert np.isfinite(wide.get_figheight())
