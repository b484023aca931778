"""Does a tree give customers it has never seen the offer that its words promise?"""

import pickle

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.policies.exact_tree import exact_tree
from winback.policies.questions import split_table

LEARNED = pd.DataFrame(
    {
        "months": [1, 2, 3, 8, 9, 10] * 10,
        "reason": np.repeat(["price", "service", "both"], [24, 24, 12]).astype(object),
        "app": [True, True, False] * 20,
    }
)


def learned(scores, by, depth=2):
    return exact_tree(np.column_stack(scores).astype(float), split_table(LEARNED, by), depth, 5)


@pytest.fixture
def tree():
    far, price = LEARNED["months"] > 3, LEARNED["reason"] == "price"
    return learned([~far, far & price, far & ~price], ["months", "reason"])


def test_leaves_in_reading_order_and_in_words(tree):
    assert [(leaf.conditions, leaf.arm, leaf.n) for leaf in tree.leaves] == [
        (("months up to 3",), 0, 30),
        (("months above 3", "left for price"), 1, 12),
        (("months above 3", "left for price and service or for service"), 2, 18),
    ]
    assert tree.value == 1.0
    assert str(tree).splitlines()[1] == "months above 3 and left for price: offer 1 (12 customers)"


def test_the_frame_names_offers(tree):
    frame = tree.to_frame(["none", "discount", "upgrade"])
    assert frame["offer"].to_list() == ["none", "discount", "upgrade"]
    assert frame["n"].sum() == tree.n == 60


def test_everyone_gets_the_best_single_offer_without_any_question():
    tree = learned([np.ones(60), np.full(60, 2)], "months", depth=0)
    assert tree.leaves[0].conditions == ()
    assert str(tree) == "everyone: offer 1 (60 customers)"
    assert tree.assign(pd.DataFrame({"other": [1, 2, 3]})).tolist() == [1, 1, 1]
    assert tree.assign(pd.DataFrame(index=range(2))).tolist() == [1, 1]


def test_customers_never_seen_follow_the_words(tree):
    new = pd.DataFrame(
        {
            "months": [3, 3.01, 99, -5, np.nan, np.nan, 4],
            "reason": ["price", "price", "moved away", "price", "price", None, None],
            "further": 1,
        },
        index=[5] * 7,
    )
    assert tree.assign(new).tolist() == [0, 1, 2, 0, 1, 2, 2]


@pytest.mark.parametrize("dtype", ["category", "string", object])
def test_labels_may_be_stored_otherwise(tree, dtype):
    assert np.array_equal(tree.assign(LEARNED.astype({"reason": dtype})), tree.assign(LEARNED))


@pytest.mark.parametrize("dtype", ["float32", "Int64", "int8", object])
def test_numbers_may_be_stored_otherwise(tree, dtype):
    assert np.array_equal(tree.assign(LEARNED.astype({"months": dtype})), tree.assign(LEARNED))


def test_flags_with_gaps_go_the_no_way():
    tree = learned([LEARNED["app"], ~LEARNED["app"]], "app", depth=1)
    assert tree.assign(pd.DataFrame({"app": [True, False, None]})).tolist() == [0, 1, 1]
    assert tree.assign(pd.DataFrame({"app": pd.array([True, None], dtype="boolean")})).tolist() == [0, 1]
    assert tree.assign(pd.DataFrame({"app": [None, None]})).tolist() == [1, 1]


def test_columns_that_are_not_asked_about_need_not_be_there():
    far = LEARNED["months"] > 3
    tree = learned([~far, far], ["app", "reason", "months"])
    assert tree.assign(LEARNED[["months"]]).tolist() == far.astype(int).to_list()


def test_what_cannot_be_read_is_refused_at_once(tree):
    with pytest.raises(wb.TableError) as refused:
        tree.assign(pd.DataFrame({"months": ["three", "four"]}))
    assert refused.value.problems["column"].to_list() == ["months", "reason"]
    with pytest.raises(wb.TableError, match=r"`months` holds another kind of value .*Make it numbers"):
        tree.assign(LEARNED.astype({"months": str}))
    with pytest.raises(wb.TableError, match=r"`reason` is missing from the table.*The policy asks about it"):
        tree.assign(LEARNED[["months"]])


def test_other_splits_are_not_taken_for_those_learned_from(tree):
    again = split_table(LEARNED, ["app", "reason", "months"])
    assert np.array_equal(tree.assign(again), tree.assign(LEARNED))
    with pytest.raises(ValueError, match=r"cut otherwise, or missing: months\."):
        tree.assign(split_table(LEARNED[LEARNED["months"] < 9], ["months", "reason"]))
    with pytest.raises(ValueError, match=r"cut otherwise, or missing: reason\."):
        tree.assign(split_table(LEARNED, "months"))


def test_a_tree_travels_between_processes(tree):
    again = pickle.loads(pickle.dumps(tree))
    assert again == tree
    assert np.array_equal(again.assign(LEARNED), tree.assign(LEARNED))


def test_the_callers_table_is_not_changed(tree):
    before = LEARNED.copy(deep=True)
    tree.assign(LEARNED)
    pd.testing.assert_frame_equal(LEARNED, before)
