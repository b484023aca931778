"""What if: are the figures at every step those of the whole comparison made anew, and is only asked what can be?"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from laws_of_offers import a_trial, offers
from numpy.testing import assert_allclose
from trials import measured
from what_if_trials import EVERYDAY_AND_SLOW, MADE, TERMS, arguments, as_found, asked, states, with_control

import winback as wb
from winback import uncertainty
from winback.offers.what_if_page import page_data
from winback.trial import moments as m

NAMES = ["organic", "cost", "contact_cost", "horizon_months", "annual_discount"]


def found_at(what_if, state):
    """Work out the figures where sliders stand from what is known there, as a page does."""
    values = {slider.name: slider.values[state[slider.name]] for slider in what_if.steps.sliders}
    known = what_if.steps.known[values.get("horizon_months"), values.get("annual_discount")]
    known = known.under(*(values.get(name) for name in ("cost", "contact_cost", "organic")))
    sent = what_if.comparison.trial.sent
    return dict(zip(sent, np.transpose(known.profit()), strict=True)), known.not_told_from_the_first()


@pytest.mark.parametrize("kind", EVERYDAY_AND_SLOW)
def test_figures_at_a_step_are_those_of_the_comparison_made_anew(kind, rng):
    what_if = asked(kind)
    for state in states(what_if, 6, rng):
        figures, unsure = found_at(what_if, state)
        anew, others = as_found(what_if.at(**arguments(what_if, state)))
        for offer, ends in anew.items():
            assert_allclose(figures[offer], ends, rtol=1e-9, atol=1e-9)
        sent = what_if.comparison.trial.sent
        assert sorted(sent[place] for place in unsure) == sorted(others)


@pytest.mark.parametrize("kind", EVERYDAY_AND_SLOW)
def test_nothing_moved_is_the_comparison_itself(kind):
    what_if = asked(kind)
    pd.testing.assert_frame_equal(what_if.at().frame, what_if.comparison.frame)


def test_other_costs_are_those_of_offers_written_so():
    table = MADE["control"](np.random.default_rng(7)).lapsed
    dearer = [
        wb.Offer(name="discount", amount_per_month=30, months=6, paid="while_active", contact_cost=2 * 1.5 + 4),
        wb.Offer(name="upgrade", amount=105 * 1.5, paid="on_acceptance", contact_cost=4),
        wb.Offer(name="bundle", amount=30 * 1.5, paid="per_contact", contact_cost=4),
    ]
    by_hand = wb.compare_offers(wb.read_trial(table, dearer, **TERMS))
    found = asked("control").at(cost=1.5, contact_cost=4.0)
    assert_allclose(found.frame.select_dtypes("number"), by_hand.frame.select_dtypes("number"), rtol=1e-9, atol=1e-12)


def test_another_horizon_and_rate_are_those_of_a_trial_read_so():
    what_if = asked("gross")
    by_hand = wb.read_trial(what_if.comparison.trial.lapsed, offers(1), horizon_months=7, annual_discount=0.03)
    found = what_if.at(horizon_months=7, annual_discount=0.03)
    pd.testing.assert_frame_equal(found.frame, wb.compare_offers(by_hand).frame)


def test_an_assumed_return_takes_the_place_of_the_control_group():
    what_if = asked("control")
    control, as_measured = what_if.comparison.control, what_if.comparison.frame.set_index("offer")
    found = what_if.at(organic=float(control.mean[0, 0]))
    again = found.frame.set_index("offer").loc[as_measured.index]
    assert_allclose(again["incremental_profit"], as_measured["incremental_profit"])  # V0 is value per returned
    # surer by what the untreated would have told of the share itself
    assert (again["incremental_profit_high"] < as_measured["incremental_profit_high"]).all()
    assert found.control is None
    assert "The control group is set aside: incremental figures rest on an assumed organic return" in found.describe()
    assert found.adjusted is None or found.adjusted.kind == "incremental"


@pytest.mark.slow
def test_the_value_of_those_who_return_anyway_is_as_unsure_as_few_untreated_make_it():
    """Coverage of profit at an assumed return; without the error of V0 the interval holds far less often."""
    rng, n, few, draws, share = np.random.default_rng(3), 800, 60, 1500, 0.5
    covered = np.zeros(2)
    for _ in range(draws):
        arm, control = (m.arm_moments(*one_arm(rng, size)) for size in (n, few))
        worth, error, _ = m.value_per_returned(control)
        for place, at in enumerate((float(error[0]), 0.0)):
            _, low, high, _ = m.profit_and_roi_at(arm, share, float(worth[0]), 0.95, at)
            covered[place] += low[0] <= 0.5 * 100 - 5 - share * 100 <= high[0]
    covered, mc_error = covered / draws, np.sqrt(0.95 * 0.05 / draws)
    assert abs(covered[0] - 0.95) < 4 * mc_error  # few untreated: a normal interval is a trifle narrow
    assert covered[1] < 0.95 - 10 * mc_error


def one_arm(rng, n):
    back = rng.random(n) < 0.5
    return back, back * rng.normal(100, 30, n), np.full(n, 5.0)


def test_moments_at_other_costs_are_those_of_customers_who_cost_so(rng):
    back, value = rng.random(50) < 0.5, rng.gamma(2, 30, 50)
    cost = rng.gamma(2, 3, 50)
    found, by_hand = m.arm_moments(back, value, cost).at_costs(1.7, 3.0), m.arm_moments(back, value, 1.7 * cost + 3.0)
    for name in ("mean", "covariance", "third"):
        assert_allclose(getattr(found, name), getattr(by_hand, name), rtol=1e-9, atol=1e-11)


# what can be asked


def test_every_slider_starts_as_in_the_trial_and_no_horizon_reaches_beyond_it():
    for kind in ("control", "assumed", "measured", "households"):
        what_if = asked(kind)
        trial = what_if.comparison.trial
        for slider in what_if.steps.sliders:
            assert len(slider.values) == len(slider.texts) == len(set(slider.texts)) > 3
            moving = [value for value in slider.values if value is not None]
            assert moving == sorted(moving)
            own = {"cost": 1.0, "contact_cost": 0.0, "organic": None}
            assert slider.values[slider.start] == own.get(slider.name, getattr(trial, slider.name, None))
            if slider.name == "horizon_months":
                assert slider.values[-1] == trial.horizon_months


def test_where_value_was_measured_horizon_and_rate_are_not_asked():
    assert [slider.name for slider in asked("measured").steps.sliders] == NAMES[:3]
    with pytest.raises(ValueError, match="`value` was measured directly"):
        asked("measured").at(horizon_months=6)


def test_free_offers_have_no_cost_to_multiply():
    table = measured(mail=[5.0, 6.0, None, 7.0], none=[3.0, None, None, 4.0])
    trial = wb.read_trial(table, [wb.Offer(name="mail", paid="per_contact", amount=0.0)])
    assert [slider.name for slider in wb.compare_offers(trial).what_if().steps.sliders] == ["organic", "contact_cost"]


def test_no_percentage_takes_more_than_all():
    costs = asked("percent").steps.slider("cost").values
    assert max(costs) == 2.5  # of 40% off


def test_without_a_control_group_the_organic_slider_says_that_figures_are_gross():
    slider = asked("gross").steps.slider("organic")
    assert slider.texts[slider.start] == "not known: figures are gross"
    assert asked("gross").at().kind == "gross"
    assert asked("gross").at(organic=0.1).kind == "incremental"


@pytest.mark.parametrize(
    ("moved", "said"),
    [
        ({"horizon_months": 12.5}, "beyond the 12 months of the trial, where only a model speaks"),
        ({"cost": -1.0}, "cost must be a number of at least 0"),
        ({"contact_cost": float("nan")}, "contact_cost must be a number of at least 0"),
        ({"organic": 1.2}, "organic must be a share from 0 to 1"),
        ({"annual_discount": 10.0}, "Write 0.1 for 10%"),
    ],
)
def test_what_cannot_be_asked_is_refused(moved, said):
    with pytest.raises(ValueError, match=said):
        asked("control").at(**moved)


def test_figures_of_offers_alone_cannot_be_asked():
    with pytest.raises(ValueError, match="Only figures of each offer are known"):
        replace(asked("gross").comparison, trial=None).what_if()


# what it says


def test_the_table_has_the_trial_first_and_the_ends_of_each_slider():
    what_if = asked("control")
    table = what_if.table()
    assert table["If"].iloc[0] == "As in the trial"
    assert len(table) == 1 + 2 * len(what_if.steps.sliders) - 2  # contacts and horizon begin or end as in the trial
    row = what_if.comparison.frame.iloc[0]
    assert table[row["offer"]].iloc[0] == what_if.interval(row, "incremental_profit", "money")


def test_sentences_say_where_another_verdict_holds():
    said = asked("control").describe()
    assert len(said.splitlines()) == 2
    assert "moved alone, it is otherwise at: " in said
    assert "(none is shown to pay)" in said


def test_a_verdict_is_the_answer_of_the_comparison(rng):
    what_if = asked("control")
    each = what_if.frame.drop_duplicates(["assumption", "setting"])
    for row in each.sample(12, random_state=1).itertuples():
        slider = next(slider for slider in what_if.steps.sliders if slider.label == row.assumption)
        found = what_if.at(**arguments_of(slider, row.setting))
        first, answer = found.frame.iloc[0], found.describe().splitlines()[0]
        sent = "are not clearly different" if "clearly different" in row.verdict else f"Send {first['offer']}"
        expected = {
            "no offer pays": "Send no offer",
            "none is shown to pay": "No offer is shown to pay",
        }.get(row.verdict, sent)
        assert expected in answer


def arguments_of(slider, setting):
    value = slider.values[slider.texts.index(setting)]
    return {} if value is None else {slider.name: value}


def test_the_page_is_small_and_safe(rng):
    table = a_trial(rng, n=40).replace({"offer": {"bundle": "</script><b>"}})
    named = [replace(offer, name=offer.name.replace("bundle", "</script><b>")) for offer in offers(1)]
    page = wb.compare_offers(wb.read_trial(table, named, **TERMS)).what_if()._repr_html_()
    assert len(page.encode()) < 60_000
    assert page.count("</script>") == 2
    assert "</script><b>" not in page


def test_the_page_holds_a_set_for_every_step():
    for kind in ("control", "assumed"):
        what_if = asked(kind)
        sizes = {slider.name: len(slider.values) for slider in what_if.steps.sliders}
        if kind == "control":
            sizes.pop("organic")  # all offers alike: it tells none of them apart
        sizes.pop("contact_cost")
        assert len(page_data(what_if.steps)["unsure"]["at"]) == np.prod(list(sizes.values()))


def test_quantiles_are_looked_up_only_where_they_decide(rng, monkeypatch):
    what_if = wb.compare_offers(with_control(rng)).what_if()
    known = next(iter(what_if.steps.known.values()))
    calls = []
    monkeypatch.setattr(uncertainty, "max_t_quantile", lambda *_: calls.append(1) or 2.5)
    for cost in (0.25, 1.0, 3.0):
        known.under(cost, None, None).not_told_from_the_first()
    assert len(calls) < 3


def test_sliders_in_a_notebook_ask_the_package():
    pytest.importorskip("ipywidgets", reason="sliders need ipywidgets, the extra `widgets`")
    what_if = asked("gross")
    box = what_if.widget()
    *knobs, shown = box.children
    assert [knob.description for knob in knobs] == [slider.label for slider in what_if.steps.sliders]
    organic = what_if.steps.slider("organic")
    knobs[0].value = 2
    anew = what_if.at(organic=organic.values[2])
    assert anew.describe()._repr_html_() in shown.value


def test_sliders_without_ipywidgets_name_the_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ipywidgets", None)
    with pytest.raises(RuntimeError, match=r"winback\[widgets\]"):
        asked("gross").widget()
