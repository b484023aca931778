"""Are columns cut where they should be, said in plain words, and refused where they tell the future?"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import winback as wb
from winback.policies.questions import check_known_beforehand, split_table
from winback.policies.tree import Step, conditions_of

NAN = np.nan


def words(column, **more):
    table = pd.DataFrame({"it": column})
    return [f"{split.yes} / {split.no}" for split in split_table(table, "it", **more).splits]


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ([3, 1, 6, 1], ["it up to 1 / it above 1", "it up to 3 / it above 3"]),
        ([1.5, NAN, 2, 2], ["it up to 1.5 / it above 1.5 or not known", "it known / it not known"]),
        ([4.0, NAN, 4, 4], ["it known / it not known"]),
        ([True, False, True], ["it yes / it no"]),
        ([True, None, True], ["it yes / it not known"]),
        (
            pd.array([True, None, False], dtype="boolean"),
            [
                "it yes / it no or not known",
                "it no / it yes or not known",
                "it known / it not known",
            ],
        ),
        (
            ["price", "service", "both"],
            [
                "it both / it price or service",
                "it price / it both or service",
                "it service / it both or price",
            ],
        ),
        (["a", None, "a"], ["it a / it not known"]),
        (["", " a", ""], ["it '' / it ' a'"]),
        ([-0.0, 1, 2.0**53], ["it up to 0 / it above 0", "it up to 1 / it above 1"]),
        ([2.0**53, 2.0**53 + 2], ["it up to 9,007,199,254,740,992 / it above 9,007,199,254,740,992"]),
        (pd.Categorical(["low", "high"], categories=["low", "unused", "high"]), ["it low / it high"]),
        (pd.array([10_000, 2_500_000, None], dtype="Int64"), ["it up to 10,000 / ...", "it known / it not known"]),
    ],
)
def test_splits_in_plain_words(column, said):
    said = [each.replace("...", "it above 10,000 or not known") for each in said]
    assert words(column) == said


def test_up_to_five_labels_are_parted_in_every_way_and_more_one_against_the_rest():
    assert [len(words(list("abcde")[:k])) for k in (2, 3, 4, 5)] == [2 ** (k - 1) - 1 for k in (2, 3, 4, 5)]
    assert [len(words([*"abcde"[:k], None])) for k in (1, 2, 3, 4, 5)] == [2**k - 1 for k in (1, 2, 3, 4, 5)]
    assert words(list("abcdef"))[1] == "it b / it not b"
    assert len(words(list("abcdef"))) == 6
    assert words([*"abcdef", None])[5:] == ["it f / it not f, or not known", "it known / it not known"]


@pytest.mark.parametrize("has_missing", [False, True])
@settings(max_examples=30, deadline=None)
@given(n_labels=st.integers(2, 5))
def test_no_two_splits_part_the_same_customers(has_missing, n_labels):
    sides = split_table(pd.DataFrame({"it": [*"abcde"[:n_labels], *([None] * has_missing)]}), "it").columns[0].sides
    sides = sides if has_missing else sides[:-1]
    parted = {tuple(side ^ side[0]) for side in sides.T}
    assert len(parted) == sides.shape[1]
    assert not any(not any(each) for each in parted)


@settings(max_examples=50, deadline=None)
@given(
    values=st.lists(st.integers(-50, 50) | st.floats(-1e6, 1e6, allow_subnormal=False), min_size=2, max_size=80),
    most_splits=st.integers(1, 40),
)
@example(values=[0, -1, 1, 1, 1], most_splits=1)  # every quantile is the largest value
def test_numbers_are_cut_at_quantiles_that_were_seen(values, most_splits):
    values = np.array(values, dtype=float)
    distinct = np.unique(values)
    if len(distinct) == 1:
        return
    column = split_table(pd.DataFrame({"it": values}), "it", most_splits).columns[0]
    cuts = distinct
    if len(distinct) > most_splits + 1:  # q is the first value with at least a share q up to it
        counts = [(values <= value).sum() * (most_splits + 1) for value in distinct]
        cuts = {distinct[np.argmax(np.array(counts) >= j * len(values))] for j in range(1, most_splits + 1)}
    wanted = [cut for cut in sorted(cuts) if cut < distinct[-1]] or [distinct[-2]]
    assert column.n_splits == len(wanted) <= most_splits
    for place, cut in enumerate(wanted):
        said = float(column.say(column.sides[:, place]).removeprefix("it up to ").replace(",", ""))
        assert np.array_equal(values <= said, values <= cut)  # the words are the rule
        assert np.array_equal(column.sides[column.bins_of(pd.Series(values)), place], values <= cut)


def test_long_numbers_are_rounded_up_as_far_as_nobody_changes_sides():
    assert words([100 / 3, 40, 50.25]) == ["it up to 33.34 / it above 33.34", "it up to 40 / it above 40"]
    assert words([1 / 3, 0.33334, 1])[0] == "it up to 0.333334 / it above 0.333334"
    assert words([0.1 + 0.2, 0.1 + 0.2 + 1e-16, 1])[0] == "it up to 0.3000000000000001 / it above 0.3000000000000001"


def test_two_answers_about_one_column_are_one_condition():
    table = pd.DataFrame({"months": [*range(1, 7), NAN], "reason": [*"abcdef", None], "few": [*"abcabca"]})
    months, reason, few = split_table(table, list(table)).columns

    def both(column, first, second):
        return conditions_of([Step(column, *first), Step(column, *second)])

    assert both(months, (4, True), (1, True)) == ("months up to 2",)
    assert both(months, (4, True), (1, False)) == ("months above 2 and up to 5",)
    assert both(months, (1, False), (4, False)) == ("months above 5 or not known",)
    assert both(months, (5, True), (4, False)) == ("months above 5",)
    assert both(reason, (0, False), (1, False)) == ("reason for leaving neither a nor b, or not known",)
    assert both(reason, (6, True), (0, False)) == ("reason for leaving not a, but known",)
    assert both(few, (0, False), (2, False)) == ("few b",)
    assert conditions_of([Step(months, 0, True), Step(few, 0, False)]) == ("months up to 1", "few b or c")


def test_a_column_that_is_the_same_for_all_is_noted():
    table = pd.DataFrame({"same": [1, 1, 1], "empty": [None] * 3, "months": [1, 2, 3]})
    splits = split_table(table, ["same", "empty", "months"])
    assert [column.name for column in splits.columns] == ["months"]
    assert splits.notes == tuple(f"{name} is the same for every customer: no split." for name in ("same", "empty"))
    with pytest.raises(wb.TableError, match=r"2 problems(?s:.*)`same` is the same.*\n.*`empty` is the same"):
        split_table(table, ["same", "empty"])


def test_the_callers_table_is_not_changed_and_a_strange_index_does_not_matter():
    table = pd.DataFrame({"months": [1, 2, None], "reason": pd.Categorical(["a", "b", None])}, index=[7, 7, 7])
    before = table.copy(deep=True)
    splits = split_table(table, ["months", "reason"])
    pd.testing.assert_frame_equal(table, before)
    assert np.array_equal(splits.bins, split_table(table.reset_index(drop=True), ["months", "reason"]).bins)


# refusals

SOME = pd.DataFrame(
    {
        "customer_id": range(40),
        "shop_id": [f"shop {number}" for number in range(40)],
        "region_id": ["north", "south"] * 20,
        "months": np.arange(40) % 7,
        "left": pd.date_range("2024-01-01", periods=40),
        "day": [pd.Timestamp("2024-01-01").date()] * 40,
        "town": [f"town {number}" for number in range(40)],
        "mixed": [1, "a"] * 20,
        "lists": [[1], [2]] * 20,
        "endless": np.where(np.arange(40) == 3, np.inf, 1.0),
        "returned": np.arange(40) < 10,
        "app_visits": np.where(np.arange(40) < 10, 2.0, NAN),
        "calls_after": np.where(np.arange(40) < 10, np.arange(40), 0),
        "offer": ["none", "discount"] * 20,
    }
)


@pytest.mark.parametrize(
    ("column", "fault"),
    [
        ("nowhere", "`nowhere` is missing from the table. Columns: customer_id, shop_id"),
        ("customer_id", "`customer_id` says who a customer is.*Leave it out"),
        ("shop_id", "`shop_id` says who a customer is"),
        ("left", "`left` holds dates or times. Turn it into months"),
        ("day", "`day` holds dates or times"),
        ("town", "`town` has 40 different values, more than the 30 .*Group them"),
        ("mixed", "`mixed` holds neither numbers"),
        ("lists", "`lists` holds neither numbers"),
        ("endless", r"`endless` must be finite; 1 of 40 rows \(first: customer 3, row 4, inf\)"),
        ("returned", "`returned` is known only after the offer went out"),
        ("app_visits", "`app_visits` is known, or varies, only for those who returned"),
        ("calls_after", "`calls_after` is known, or varies, only for those who returned"),
        ("offer", "`offer` is what the policy decides"),
    ],
)
def test_what_cannot_be_asked_is_refused(column, fault):
    with pytest.raises(wb.TableError, match=fault):
        split_table(SOME, ["months", column])


def test_everything_wrong_is_said_at_once():
    with pytest.raises(wb.TableError) as refused:
        split_table(SOME, ["months", "months", "left", "returned", "nowhere", "town"])
    assert set(refused.value.problems["column"]) == {"months", "left", "returned", "nowhere", "town"}


def test_labels_that_end_like_ids_but_repeat_are_labels():
    assert split_table(SOME, "region_id").splits[0].yes == "region id north"


@pytest.mark.parametrize(("by", "fault"), [([], "by names no column"), ((), "by names no column")])
def test_no_column_is_refused(by, fault):
    for ask in (split_table, check_known_beforehand):
        with pytest.raises(ValueError, match=fault):
            ask(SOME, by)


@pytest.mark.parametrize("most_splits", [0, -1, 2.5, True, "many"])
def test_a_number_of_splits_must_be_one(most_splits):
    with pytest.raises(ValueError, match="most_splits must be a whole number of at least 1"):
        split_table(SOME, "months", most_splits)


def test_two_columns_of_one_name_are_refused():
    twice = pd.concat([SOME[["months"]], SOME[["months", "region_id"]]], axis=1)
    with pytest.raises(wb.TableError, match="`months` is the name of more than one column"):
        split_table(twice, ["months", "region_id"])


def test_a_mask_of_another_length_is_refused():
    with pytest.raises(ValueError, match=r"must have 40 entries; got shape \(3,\)"):
        split_table(SOME, "months").rows([True, False, True])


def test_outcomes_of_the_study_are_refused_and_what_is_known_beforehand_is_not(study):
    outcomes = ["returned", "second_tenure", "second_ended", "second_margin", "offer", "offer_probability", "followed"]
    known = ["first_tenure", "first_margin", "reason", "referrals", "complaints", "complaints_resolved", "months_away"]
    with pytest.raises(wb.TableError) as refused:
        check_known_beforehand(study.lapsed, [*known, *outcomes])
    assert refused.value.problems["column"].to_list() == outcomes
    check_known_beforehand(study.lapsed, known)


def test_returned_in_words_is_read_and_gaps_in_it_are_another_matter():
    told = SOME.assign(returned=np.where(SOME["returned"], "yes", "no"))
    with pytest.raises(wb.TableError, match="`app_visits` is known, or varies, only for those who returned"):
        check_known_beforehand(told, ["months", "app_visits"])
    check_known_beforehand(told.assign(returned=None), ["months", "app_visits"])
