"""What do scores refuse, and does the refusal help? Parts of each message."""

import numpy as np
import pytest
from tailored_trials import by_chance, by_segment, free

import winback as wb
from winback.tables import TableError

OFFERS = free("a", "b")
RETURNS = {"a": {"x": 0.5, "y": 0.2}, "b": {"x": 0.3, "y": 0.4}, "none": {"x": 0.2, "y": 0.2}}


@pytest.fixture
def table(rng):
    return by_segment(rng, 300, **RETURNS)[0]


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_a_chance_of_nothing_or_certainty(table, chance):
    table["offer_probability"] = 1 / 3
    table.loc[[4, 9], "offer_probability"] = chance
    with pytest.raises(TableError, match=r"`offer_probability`.*2 of 300 .*\(first: customer 5, "):
        wb.offer_scores(wb.read_trial(table, OFFERS))


def test_missing_chances(table):
    table["offer_probability"] = 1 / 3
    table.loc[[7, 8, 20], "offer_probability"] = np.nan
    with pytest.raises(
        TableError, match=r"`offer_probability` is missing for some; 3 of 300 .*customer 8.*or drop the"
    ):
        wb.offer_scores(wb.read_trial(table, OFFERS))


def test_missing_and_certain_chances_are_both_said(table):
    table["offer_probability"] = 1 / 3
    table.loc[7, "offer_probability"], table.loc[8, "offer_probability"] = np.nan, 1.0
    with pytest.raises(TableError, match=r"2 problems(.|\n)*is missing for some(.|\n)*must be below 1"):
        wb.offer_scores(wb.read_trial(table, OFFERS))


def test_chances_of_customers_outside_the_trial_are_not_asked_for(table):
    table["eligible"], table["offer_probability"] = True, 1 / 3
    table.loc[[7, 8], "eligible"], table.loc[[7, 8], "offer_probability"] = False, np.nan
    assert len(wb.offer_scores(wb.read_trial(table, OFFERS)).scores) == 298


def test_an_offer_absent_from_a_fold(table):
    folds = np.where(table["offer"] == "b", 0, np.arange(300) % 3)
    with pytest.raises(ValueError, match=r"'b' has no customer in 2 of 3 folds.*Use fewer folds"):
        wb.offer_scores(wb.read_trial(table, OFFERS), folds=folds)


def test_an_offer_with_fewer_customers_than_folds(table):
    few = table[(table["offer"] != "b") | (table.groupby("offer").cumcount() < 3)]
    with pytest.raises(ValueError, match=r"'b' has no customer in 2 of 5 folds.*or leave the offer out"):
        wb.offer_scores(wb.read_trial(few, OFFERS, covariates=[]))


def test_too_few_customers_for_the_covariates(table):
    few = table[(table["offer"] != "b") | (table.groupby("offer").cumcount() < 10)]
    with pytest.raises(ValueError, match=r"'b' has 8 customers outside .* from 3 columns need 12\. .*covariates=\[\]"):
        wb.offer_scores(
            wb.read_trial(few, OFFERS, covariates=list(wb.offer_scores(wb.read_trial(table, OFFERS)).trial.covariates))
        )
    assert (
        wb.offer_scores(wb.read_trial(few, OFFERS)).trial.covariates == ()
    )  # averages, where nothing else was asked for
    assert len(wb.offer_scores(wb.read_trial(few, OFFERS, covariates=[])).scores) == 210


def test_uneven_folds_are_counted_at_their_worst(table):
    """Of a hundred customers with b all but four are in one fold: predictions for that fold come from four."""
    among_b = table.groupby("offer").cumcount()
    folds = np.where((table["offer"] == "b") & (among_b >= 6), 0, among_b % 3)
    with pytest.raises(ValueError, match=r"'b' has 4 customers outside the folds left out"):
        wb.offer_scores(wb.read_trial(table, OFFERS), folds=folds)


@pytest.mark.parametrize("folds", [1, 0, 2.5, True, "5"])
def test_a_number_of_folds_that_is_none(table, folds):
    with pytest.raises(ValueError, match=r"folds`? must be a whole number"):
        wb.offer_scores(wb.read_trial(table, OFFERS), folds=folds)


@pytest.mark.parametrize(
    "folds", [np.arange(299) % 5, np.arange(300) % 5 - 1, np.arange(300) % 5 / 2, np.arange(300) > 9]
)
def test_folds_that_are_none(table, folds):
    with pytest.raises(
        ValueError,
        match=r"folds`? must be (one whole number from 0 per customer \(300 of them\)|a whole number or a list)",
    ):
        wb.offer_scores(wb.read_trial(table, OFFERS), folds=folds)


@pytest.mark.parametrize(("setting", "value", "message"), [
    ("level", 2, "level must be between 0 and 1, such as 0.95; got 2"),
    ("outcome", "revenue", "outcome must be one of profit, value, cost, returned; got 'revenue'"),
])  # fmt: skip
def test_a_setting_that_is_none(table, setting, value, message):
    with pytest.raises(ValueError, match=message):
        wb.offer_scores(wb.read_trial(table, OFFERS), **{setting: value})


def test_an_assignment_that_is_none(table):
    with pytest.raises(ValueError, match="assignment must be known or estimated; got 'guessed'"):
        wb.read_trial(table, OFFERS, assignment="guessed")


def test_covariates_that_are_none_are_all_named(table):
    table["visits"] = np.where(table["returned"], np.arange(300) % 7, 0)
    with pytest.raises(TableError, match=r"2 problems(.|\n)*`age` is missing(.|\n)*`visits` is not known before"):
        wb.offer_scores(wb.read_trial(table, OFFERS, covariates=["age", "visits", "segment"]))


def test_columns_measured_after_the_offer_are_not_used_unasked(table):
    table["visits"] = np.where(table["returned"], np.arange(300) % 7, 0)
    assert wb.offer_scores(wb.read_trial(table, OFFERS)).trial.covariates == ("segment", "calls")


def test_the_callers_table_and_folds_are_not_changed(rng):
    table, _ = by_chance(rng, 400)
    folds = np.arange(400) % 4
    before = table.copy(deep=True)
    wb.offer_scores(wb.read_trial(table, OFFERS, assignment="estimated"), folds=folds)
    assert table.equals(before)
    assert (folds == np.arange(400) % 4).all()
