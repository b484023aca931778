"""Does a trial keep data and terms together, and is it the same trial under other terms?"""

import hashlib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sentences import hold_to_three
from trials import random_lives, random_values

import winback as wb
from winback.terms.catalog import Offer, OfferCatalog
from winback.trial.same_terms import check_is_trial, check_same_terms, check_same_trial

OFFERS = [Offer(name=name, amount=10, paid="on_acceptance") for name in ("a", "b")]
TOML = """
currency = "EUR"
horizon_months = 20
annual_discount = 0.1
[[offer]]
name = "a"
amount = 10
paid = "on_acceptance"
[[offer]]
name = "b"
amount = 10
paid = "on_acceptance"
"""


@pytest.fixture
def lives(rng):
    return random_lives(rng, 400, a=0.5, b=0.4, none=0.3)


@pytest.fixture
def trial(lives):
    return wb.read_trial(lives, OFFERS, horizon_months=20, annual_discount=0.1)


# read from frames or files


def test_two_files_and_two_frames_are_the_same_trial(lives, tmp_path):
    (tmp_path / "offers.toml").write_text(TOML)
    lives.rename(columns={"customer_id": "Kunde"}).to_csv(tmp_path / "leavers.csv", index=False)
    files = wb.read_trial(tmp_path / "leavers.csv", tmp_path / "offers.toml", columns={"customer_id": "Kunde"})
    frames = wb.read_trial(lives, OfferCatalog(tuple(OFFERS), "EUR", 20.0, 0.1))
    pd.testing.assert_frame_equal(wb.compare_offers(files).frame, wb.compare_offers(frames).frame)
    assert files.source == "leavers.csv"
    digest = hashlib.sha256((tmp_path / "leavers.csv").read_bytes()).hexdigest()
    assert ("SHA-256 of the file", digest) in files.provenance.items
    assert files.currency == frames.currency == "EUR"


def test_an_argument_overrides_the_file(lives, tmp_path):
    (tmp_path / "offers.toml").write_text(TOML)
    found = wb.read_trial(lives, tmp_path / "offers.toml", horizon_months=12, currency="$")
    assert (found.horizon_months, found.annual_discount, found.currency) == (12, 0.1, "$")


def test_terms_that_are_overruled_are_said(lives, trial):
    catalog = OfferCatalog(tuple(OFFERS), "$", 20.0, 0.1)
    found = wb.read_trial(lives, catalog, horizon_months=12, annual_discount=0.1)
    assert "The offers come with horizon_months = 20.0; the terms given beside them hold instead." in found.details()
    assert "hold instead" not in trial.details()


def test_the_callers_table_is_not_changed(lives):
    before = lives.copy(deep=True)
    wb.compare_offers(wb.read_trial(lives, OFFERS, horizon_months=20, annual_discount=0.1))
    pd.testing.assert_frame_equal(lives, before)


def test_the_studys_trial_is_the_published_comparison(study):
    frame = wb.compare_offers(study.trial).frame
    assert frame["gross_profit"].round(2).tolist() == [360.72, 341.39, 319.37, 308.94]
    assert frame["gross_roi"].round(2).tolist() == [6.68, 7.93, 3.02, 5.96]


# under other terms


def test_over_other_terms_is_reading_under_them(lives, trial):
    for terms in ({"horizon_months": 12}, {"annual_discount": 0.0}, {"organic_value": 30.0}):
        read = wb.read_trial(lives, OFFERS, **{"horizon_months": 20, "annual_discount": 0.1, **terms})
        over = trial.over(**terms)
        pd.testing.assert_frame_equal(wb.compare_offers(over).frame, wb.compare_offers(read).frame)
        pd.testing.assert_frame_equal(wb.offer_scores(over).frame, wb.offer_scores(read).frame)


def test_over_leaves_the_trial_as_it_was(trial):
    before = wb.compare_offers(trial).frame
    wb.compare_offers(trial.over(horizon_months=6))
    assert trial.horizon_months == 20
    pd.testing.assert_frame_equal(wb.compare_offers(trial).frame, before)


def test_what_is_no_term_is_refused(trial):
    with pytest.raises(TypeError, match="horizon is no term of a trial; there are horizon_months, annual_discount"):
        trial.over(horizon=12)


def test_a_horizon_beyond_the_data_is_for_models_and_refused_by_the_trial(trial):
    beyond = trial.over(horizon_months=500)
    with pytest.raises(ValueError, match="horizon_months = 500 reaches beyond the data"):
        wb.compare_offers(beyond)


@pytest.mark.parametrize("terms", [{"horizon_months": -1}, {"annual_discount": 10}, {"assignment": "guessed"}])
def test_terms_that_are_none_are_refused_at_once(trial, terms):
    with pytest.raises(ValueError, match=next(iter(terms))):
        trial.over(**terms)


def test_the_truth_of_one_horizon_is_not_that_of_another(study):
    assert study.trial.true_profits is not None
    assert study.trial.over(currency="EUR").true_profits is not None
    assert study.trial.over(horizon_months=12).true_profits is None


# who is in it


def test_a_control_that_is_not_random_is_left_out_and_counted(study):
    mixed = study.lapsed.query("eligible or offer == 'none'").drop(columns="eligible")
    found = wb.read_trial(mixed, study.offers)
    assert found.design.control == "refused"
    assert "none" not in found.arms
    assert found.n_left_out == (mixed["offer"] == "none").sum()


def test_a_part_is_the_trial_of_its_rows(lives, trial):
    rows = np.arange(len(lives)) % 2 == 0
    part = wb.read_trial(lives[rows], OFFERS, horizon_months=20, annual_discount=0.1)
    for found in (trial.part(rows), trial.part(np.flatnonzero(rows))):
        pd.testing.assert_frame_equal(wb.compare_offers(found).frame, wb.compare_offers(part).frame)


def test_functions_of_lapsed_customers_take_the_trial(lives, trial):
    assert (
        wb.survival_curve(trial, horizon_months=20).describe() == wb.survival_curve(lives, horizon_months=20).describe()
    )
    with pytest.raises(ValueError, match="A trial has a table of lapsed customers, and no table of events"):
        wb.tables.check_events(trial)


def test_it_shows_what_is_compared_on_which_terms(trial):
    hold_to_three(trial, trial.design, trial.provenance)
    said = trial.describe()
    assert "were sent a and b, beside a random group that was sent nothing" in said
    assert "value over 20 months, less interest of 10% a year" in said
    assert trial.to_frame()["n"].tolist() == [400, 400, 400]


def test_provenance_names_the_data_by_their_hash(study):
    items = study.trial.provenance.to_frame().set_index("what")["which"]
    assert items["data"] == "The telecom study (simulated)"
    assert items["rows"] == "53,000"
    assert len(items["SHA-256 of the data"]) == 64
    assert items["seed of the simulation"] == "2016"


# the trial that is meant


def test_other_terms_are_refused_with_both_named(trial):
    check_same_terms("the plan", trial, trial.over(covariates=[]))
    with pytest.raises(
        ValueError, match=r"The plan was made under other terms \(value over 20 months.*12 months"
    ) as caught:
        check_same_terms("the plan", trial, trial.over(horizon_months=12))
    assert "trial.over(...), or make the plan anew" in str(caught.value)


@pytest.mark.parametrize("terms", [{"annual_discount": 0.0}, {"currency": "EUR"}])
def test_each_term_that_moves_money_counts(trial, terms):
    with pytest.raises(ValueError, match="under other terms"):
        check_same_terms("the plan", trial, trial.over(**terms))


@pytest.mark.parametrize(
    ("changed", "theirs", "ours"),
    [
        ({"amount": 12}, "b amount = 10", "b amount = 12"),
        ({"contact_cost": 2.0}, r"b contact_cost = 0\.0", r"b contact_cost = 2\.0"),
        ({"paid": "per_contact"}, "b paid = 'on_acceptance'", "b paid = 'per_contact'"),
    ],
)
def test_other_costs_are_other_terms(lives, trial, changed, theirs, ours):
    other = wb.read_trial(lives, [OFFERS[0], replace(OFFERS[1], **changed)], horizon_months=20, annual_discount=0.1)
    with pytest.raises(ValueError, match=rf"under other terms \(.*with {theirs}\) than this trial has \(.*{ours}\)"):
        check_same_trial("the plan", trial, other)


def test_an_assumed_return_is_a_term(rng):
    gross = wb.read_trial(random_values(rng, 100, a=0.4, b=0.3), OFFERS)
    with pytest.raises(ValueError, match=r"under other terms \(value as measured.*organic return of 5\.0%"):
        check_same_terms("the policy", gross, gross.over(organic=0.05))


def test_another_trial_is_refused_with_both_named(trial, lives):
    again = wb.read_trial(lives, OFFERS, horizon_months=20, annual_discount=0.1)
    check_same_trial("the policy", trial, again)  # read twice, but the same
    with pytest.raises(ValueError, match=r"another trial \(a table, 1,200 lapsed customers\) than this one \(.*1,000"):
        check_same_trial("the policy", trial, trial.part(np.arange(1_000)))


def test_a_table_is_no_trial(lives):
    with pytest.raises(TypeError, match=r"takes a trial, not DataFrame: read it once by winback\.read_trial"):
        check_is_trial(lives)
    with pytest.raises(TypeError, match="takes a trial"):
        wb.compare_offers(lives)
    with pytest.raises(TypeError, match="takes a trial"):
        wb.offer_scores(lives)
