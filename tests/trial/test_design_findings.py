"""Are late columns, missing kinds, empty arms and few returns noticed, and is a broken table refused?"""

import numpy as np
import pandas as pd
import pytest
from trials import measured, random_values

import winback as wb
from winback.terms.catalog import Offer
from winback.trial.design_checks import check_design
from winback.trial.late_columns import measured_after_the_offer

OFFERS = [Offer(name=name, amount=10, paid="on_acceptance") for name in ("discount", "upgrade", "bundle")]


@pytest.fixture
def trial(rng):
    """Draw a fair trial of 2 x 300 customers, with two things known of them beforehand."""
    table = random_values(rng, 300, discount=0.4, none=0.2)
    return table.assign(age=rng.normal(45, 12, len(table)), region=rng.choice(["north", "south"], len(table)))


def finding(check, table, offers=None, **more):
    rows = check_design(table, offers, **more).to_frame().set_index("check")
    return tuple(rows.loc[check, ["verdict", "finding"]])


# measured after the offer


@pytest.mark.parametrize(
    "measured_late",
    [
        lambda table: table["value"],
        lambda table: table["value"].fillna(0),
        lambda table: np.where(table["returned"], "app", None),
        lambda table: np.where(table["returned"], table["customer_id"] % 5, -1),
    ],
    ids=["known only then", "zero otherwise", "a label known only then", "moving only then"],
)
def test_a_column_measured_after_the_offer_is_noticed_and_not_used(trial, measured_late):
    table = trial.assign(visits_after=measured_late(trial))
    verdict, text = finding("measured after the offer", table)
    assert verdict == "warning"
    assert "visits_after" in text
    assert finding("control group", table) == finding("control group", trial)


def test_a_column_that_moves_for_everyone_is_no_late_column(trial):
    verdict, text = finding("measured after the offer", trial)
    assert (verdict, text) == ("ok", "No column looks as if measured after the offer.")


def test_row_numbers_left_by_an_export_are_no_difference_between_customers(trial):
    numbered = trial.sort_values("offer").assign(**{"Unnamed: 0": range(600)})
    assert check_design(numbered).control == "accepted"


# overlap


def test_a_kind_of_customer_that_a_group_lacks_is_noticed(trial):
    trial.loc[trial.query("offer == 'discount'").index[:60], "region"] = "east"
    assert finding("overlap", trial) == (
        "warning",
        "Some groups have no customer of a kind that others have: region east.",
    )


def test_a_rare_kind_of_customer_may_be_missing(trial):
    trial.loc[trial.query("offer == 'discount'").index[:49], "region"] = "east"
    assert finding("overlap", trial)[0] == "ok"


# arms


def test_an_offer_without_customers_is_named(trial):
    verdict, text = finding("arms", trial, OFFERS)
    assert verdict == "warning"
    assert text == "No customer was sent upgrade and bundle: left out."


def test_arms_in_which_few_returned_are_named():
    table = measured(discount=[10.0] * 29 + [None] * 71, upgrade=[10.0] * 30 + [None] * 70)
    verdict, text = finding("returned", table)
    assert verdict == "warning"
    assert text.startswith("Fewer than 30 returned under discount (29): no interval is reliable there")


def test_arms_in_which_nobody_returned_are_named():
    table = measured(discount=[None] * 40, upgrade=[10.0] * 40)
    assert "under discount (0):" in finding("returned", table)[1]


# groups


def test_without_untreated_customers_all_figures_are_gross(trial):
    offered = trial[trial["offer"] != "none"]
    assert finding("control group", offered) == (
        "note",
        "Nobody was left without an offer: what would have come back anyway is not measured.",
    )
    assert check_design(offered).control == "none"


def test_without_offered_customers_there_is_nothing_to_compare(trial):
    untreated = trial[trial["offer"] == "none"]
    assert finding("control group", untreated)[0] == "warning"
    assert check_design(untreated).control == "none"


def test_those_judged_not_promising_are_left_out_and_counted(trial):
    table = trial.assign(eligible=np.arange(600) >= 50)
    assert finding("eligible", table) == ("ok", "50 customers judged not promising beforehand are left out.")


def test_figures_are_the_same_whether_they_are_marked_or_dropped(study):
    marked = check_design(study.lapsed).to_frame().query("check != 'eligible'")
    dropped = check_design(study.lapsed.query("eligible")).to_frame().query("check != 'eligible'")
    pd.testing.assert_frame_equal(marked, dropped)


# broken tables


def test_duplicate_ids_are_an_error_and_no_finding(trial):
    table = trial.assign(customer_id=[7, 7, *range(100, 698)])
    with pytest.raises(wb.TableError, match=r"`customer_id` must be unique.*; 1 of 600 rows \(first: row 2, 7\)"):
        check_design(table)


def test_a_missing_column_is_an_error(trial):
    with pytest.raises(wb.TableError, match="`returned` is missing from the table"):
        check_design(trial.drop(columns="returned"))


@pytest.mark.parametrize("empty", ["reason", "segment"])
def test_an_empty_column_of_labels_is_no_crash(trial, empty):
    table = trial.assign(**{empty: pd.Series([None] * 600, dtype=object)})
    assert check_design(table).control == check_design(trial).control


def test_a_trial_in_which_nobody_is_eligible_says_so(trial):
    with pytest.raises(wb.TableError, match="`eligible` is true for nobody"):
        check_design(trial.assign(eligible=False))


@pytest.mark.parametrize(
    "strange",
    [
        lambda n: pd.date_range("2024-01-01", periods=n, tz="UTC"),
        lambda n: pd.array([True, None] * (n // 2), dtype="boolean"),
        lambda n: pd.array([1, None] * (n // 2), dtype="Int64"),
        lambda n: [f"note {each}" for each in range(n)],
        lambda n: np.full(n, np.nan),
        lambda n: np.where(np.arange(n) == 0, np.inf, 1.0),
        lambda n: [1, "a", None] * (n // 3),
    ],
    ids=["dates", "flags", "counts", "texts", "nothing", "infinite", "mixed"],
)
def test_a_strange_column_beside_is_no_crash(trial, strange):
    report = check_design(trial.assign(strange=strange(600)))
    assert report.control == "accepted"
    assert "nan" not in " ".join(report.to_frame()["finding"])


def test_the_callers_table_is_not_changed(trial):
    before = trial.copy(deep=True)
    check_design(trial, OFFERS)
    pd.testing.assert_frame_equal(trial, before)


@pytest.mark.parametrize(
    ("late", "told"),
    [
        (lambda back: np.where(back, "active", "lost"), True),
        (lambda back: np.where(back, "active", None), True),
        (lambda back: np.where(back, 5.0, -1.0) + np.arange(len(back)) / len(back), True),
        (lambda back: np.where(np.arange(len(back)) == 3, "active", np.where(back, "active", "lost")), False),
        (lambda back: np.arange(len(back)) % 7, False),
    ],
    ids=["labels", "known then", "ranges", "one exception", "unrelated"],
)
def test_a_column_that_tells_without_fail_who_returned_was_measured_afterwards(late, told):
    back = np.arange(60) % 3 == 0
    back[3] = False
    table = pd.DataFrame({"customer_id": range(60), "returned": back, "status_now": late(back)})
    assert measured_after_the_offer(table) == (["status_now"] if told else [])


def test_too_few_who_did_not_return_say_nothing_of_columns():
    table = pd.DataFrame({"customer_id": range(30), "returned": [True] * 29 + [False], "calls": [*range(29), 40]})
    assert measured_after_the_offer(table) == []
