"""Is nobody priced of whom the trial cannot speak, and nobody listed who must not be asked?"""

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.policies.learned import NO_RULE
from winback.policies.strangers import not_listed

N = 2_700
OFFERS = [
    wb.Offer(name="disc", amount=20, paid="on_acceptance"),
    wb.Offer(name="upg", amount=5, paid="per_contact"),
]


def table(segments=("a", "b", "c")):
    """Segment a earns under upg, b under disc, c under nothing."""
    rng = np.random.default_rng(0)
    segment = np.arange(N) % 3
    offer = np.repeat(["disc", "upg", "none"], N // 3)
    good = ((segment == 0) & (offer == "upg")) | ((segment == 1) & (offer == "disc"))
    back = good | (rng.random(N) < 0.1)
    value = np.where(good, 400.0, np.where(back, 100.0, 0.0))
    seg = np.array(segments, dtype=object)[segment]
    return pd.DataFrame({"customer_id": range(N), "offer": offer, "seg": seg, "returned": back, "value": value})


@pytest.fixture(scope="module")
def policy():
    return wb.learn_policy(wb.read_trial(table(), OFFERS), by=["seg"], splits=wb.Splits(repeats=2))


def test_a_label_never_seen_and_a_missing_one_are_under_no_rule(policy):
    new = pd.DataFrame({"customer_id": range(5), "seg": ["a", "b", "c", "zzz", None]})
    assert policy.pays
    assert policy.assign(new).tolist() == ["upg", "disc", "none", policy.best_single, policy.best_single]
    assert policy.rule_of(new).tolist()[3:] == [NO_RULE, NO_RULE]
    assert all("seg" in rule for rule in policy.rule_of(new)[:3])
    assert policy.tree.never_seen(new).tolist() == [False, False, False, True, True]


def test_they_are_counted_and_named_and_not_listed(policy):
    whom = pd.DataFrame({"customer_id": range(5), "seg": ["a", "b", "zzz", "deceased", None]})
    contacts = policy.contact_list(whom)
    assert contacts.frame["customer_id"].tolist() == [0, 1] or contacts.frame["customer_id"].tolist() == [1, 0]
    assert sum(n for _, n in contacts.left_out) == 3
    said = str(contacts.details())
    for part in ("1 died", "1 without seg", "1 with seg zzz"):
        assert part in said
    assert contacts.n_left_alone == 0
    assert "(3 left out: 1 died, 1 without seg, which was known of everyone in the trial, 1 with seg zzz" in str(
        contacts.describe()
    )
    assert len(contacts.describe().splitlines()) <= 3


def test_labels_never_seen_are_named_the_most_frequent_first_with_their_counts_and_the_list_has_their_ids(policy):
    """The largest but one was hidden behind "others"."""
    labels = [label for place, label in enumerate("defghijk") for _ in range(place + 1)]
    whom = pd.DataFrame({"customer_id": range(38), "seg": ["a", *labels, "died"]})
    found = policy.contact_list(whom)
    words = "with seg k (8), j (7), i (6), h (5), g (4), f (3) or 2 others (3), which nobody in the trial had"
    assert found.left_out == (("died", 1), (words, 36))
    assert found.not_listed["customer_id"].tolist() == [37, *range(1, 37)]
    assert found.not_listed["why"].tolist() == ["died", *[words] * 36]
    one = policy.contact_list(whom[whom["seg"].isin(["a", "k"])])
    assert [words for words, _ in one.left_out] == ["with seg k, which nobody in the trial had"]


def test_who_is_not_listed_is_recognised_by_what_is_carried_along(policy):
    names = {"name": ["Ann", "Ben", "Cem", "Dan"], "why": ["x", "y", "z", "-"], "phone": [1, 2, 3, 4]}
    whom = pd.DataFrame({"customer_id": [4, 3, 2, 1], "seg": ["a", "zzz", "died", "c"], **names})
    found = policy.contact_list(whom).not_listed
    assert found[["customer_id", "name", "table_why", "phone"]].to_numpy().tolist() == [
        [2, "Cem", "z", 3], [3, "Ben", "y", 2], [1, "Dan", "-", 4]
    ]  # fmt: skip
    assert list(policy.contact_list(whom, keep="name").not_listed) == ["customer_id", "why", "name"]


def test_everybody_asked_about_is_listed_or_has_a_reason(policy):
    segments = ["a", "b", "c", "zzz", "died"]  # segment c earns under nothing
    whom = pd.DataFrame({"customer_id": range(300), "seg": segments * 60})
    found = policy.contact_list(whom, keep_back=0.2)
    ids = [*found.frame["customer_id"], *found.not_listed["customer_id"]]
    assert sorted(ids) == list(range(300))
    assert (found.not_listed["why"] == "no offer is expected to pay").sum() == found.n_left_alone == 60
    assert found.not_asked == ()


def test_where_all_are_left_out_the_true_reason_is_given(policy):
    """It said that no contact was expected to pay."""
    strangers = policy.contact_list(pd.DataFrame({"customer_id": range(400), "seg": ["zzz"] * 400})).describe()
    why = "all 400 are left out (with seg zzz, which nobody in the trial had)"
    assert str(strangers) == f"Nobody is listed of the customers asked about: {why}."
    both = policy.contact_list(pd.DataFrame({"customer_id": [1, 2, 3], "seg": ["zzz", "deceased", "zzz"]})).describe()
    assert "all 3 are left out (2 with seg zzz, which nobody in the trial had, 1 died)" in both


def test_where_everybody_is_back_already_there_is_nobody_to_list():
    back = table().assign(returned=True, value=lambda frame: frame["value"] + 1)
    found = wb.learn_policy(wb.read_trial(back, OFFERS), by=["seg"], splits=wb.Splits(repeats=2)).contact_list()
    assert str(found.describe()).startswith("Nobody is listed: there are no customers who were asked once")


def test_the_own_list_says_in_its_first_sentence_who_is_left_out():
    marked = table().assign(deceased=np.arange(N) % 100 == 0)
    policy = wb.learn_policy(wb.read_trial(marked, OFFERS), by=["seg"], splits=wb.Splits(repeats=2))
    contacts = policy.contact_list()
    ((words, n),) = contacts.left_out
    assert words == "died"
    assert n > 0
    assert f"are still away ({n} left out: {n} died) are expected" in contacts.describe().splitlines()[0]


@pytest.mark.parametrize(
    ("column", "cells", "words"),
    [
        ("do_not_contact", [True, False, False], "asked not to be contacted"),
        ("Do Not Contact", ["x", None, None], "asked not to be contacted"),
        ("opt-out", ["2024-03-01", None, None], "asked not to be contacted"),
        ("Werbesperre", ["ja", "nein", "nein"], "asked not to be contacted"),
        ("deceased", [1, 0, 0], "died"),
        ("status", ["Verstorben", "ok", "ok"], "died"),
        ("status", ["moved away", "ok", "ok"], "moved away"),
        ("moved", ["yes", "no", None], "moved away"),
    ],
)
def test_who_must_not_be_asked_is_never_listed(policy, column, cells, words):
    whom = pd.DataFrame({"customer_id": [1, 2, 3], "seg": ["a", "a", "b"], column: cells})
    contacts = policy.contact_list(whom)
    assert sorted(contacts.frame["customer_id"]) == [2, 3]
    assert contacts.left_out == ((words, 1),)


def test_who_moved_is_listed_where_the_trial_sent_offers_to_those_who_had_and_who_died_is_not():
    reasons = {"reason": np.resize(["price", "Moved away", "died"], N)}
    whom = pd.DataFrame({"customer_id": [1, 2, 3], "seg": "a", "reason": ["moved-away", "died", "verzogen"]})
    out = {
        words: rows.tolist() for words, rows in not_listed(wb.read_trial(table().assign(**reasons), OFFERS), whom, [])
    }
    assert out["died"] == [False, True, False]
    assert out["moved away"] == [False, False, True]
    held_out = table()["offer"] == "none"
    unsent = table().assign(reason=np.where(held_out, "moved away", "price"))
    assert dict(not_listed(wb.read_trial(unsent, OFFERS), whom, []))["moved away"].tolist() == [True, False, True]


def test_an_empty_column_of_marks_leaves_nobody_out(policy):
    whom = pd.DataFrame({"customer_id": [1, 2], "seg": ["a", "b"], "do_not_contact": [None, None]})
    assert len(policy.contact_list(whom).frame) == 2


def test_codes_are_the_same_labels_beside_an_empty_cell():
    """1, 2, 3 became "1.0" where a cell was empty: a learned policy then listed nobody."""
    trial = wb.read_trial(table((1, 2, 3)), OFFERS)
    policy = wb.learn_policy(trial, by=["seg"], splits=wb.Splits(repeats=2))
    whole = pd.DataFrame({"customer_id": [1, 2, 3], "seg": [1, 2, 3]})
    gap = pd.DataFrame({"customer_id": [1, 2, 3, 4], "seg": [1.0, 2.0, 3.0, np.nan]})
    assert policy.assign(gap).tolist()[:3] == policy.assign(whole).tolist()
    listed = policy.contact_list(gap).frame["customer_id"].tolist()
    assert sorted(listed) == sorted(policy.contact_list(whole).frame["customer_id"])
