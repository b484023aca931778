"""Is the control group found under every name, and an offer whatever its capitals, with a word about it?"""

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.trial.offer_labels import CONTROL_WORDS

OFFERS = [
    wb.Offer(name="Gutschein", amount=10, paid="on_acceptance"),
    wb.Offer(name="call", amount=2, paid="per_contact"),
]


def table(untreated="none", voucher="Gutschein"):
    """Ninety customers, a third of them sent nothing."""
    back = np.arange(90) % 4 == 0
    return pd.DataFrame(
        {
            "customer_id": range(90),
            "offer": pd.Series([untreated, voucher, "call"] * 30, dtype=object),
            "returned": back,
            "value": np.where(back, 50.0 + np.arange(90), 0.0),
        }
    )


def arms(frame, **how):
    trial = wb.read_trial(frame, OFFERS, **how)
    return trial.arms, trial.reading


WORDS = [
    "None",
    "NONE",
    "none ",
    "control",
    "Control group",
    "kein",
    "Kein Angebot",
    "holdout",
    "Hold-out",
    "Kontrollgruppe",
]


@pytest.mark.parametrize("word", WORDS)
def test_a_well_known_word_is_the_control_group_and_said(word):
    found, notes = arms(table(word))
    assert found == ("Gutschein", "call", "none")
    assert word == "none " or f'Customers labelled "{word}" were taken for those who were sent nothing.' in notes


def test_control_names_any_word():
    found, notes = arms(table("Gruppe X"), control="gruppe x")
    assert found == ("Gutschein", "call", "none")
    assert 'As control says, "Gruppe X" means sent nothing.' in notes


@pytest.mark.parametrize("empty", [None, np.nan, "", "  "])
def test_an_empty_cell_is_the_control_group_only_where_control_says_so(empty):
    assert arms(table(empty), control="")[0] == ("Gutschein", "call", "none")
    with pytest.raises(wb.TableError, match=r'`offer` must not be missing; 30 of 90 rows.*control="" if an empty cell'):
        arms(table(empty))


def test_several_labels_may_be_the_control_group():
    frame = table("kein")
    frame.loc[frame.index % 2 == 0, "offer"] = frame["offer"].replace("kein", "holdout")
    assert arms(frame, control=["kein", "holdout"])[0] == ("Gutschein", "call", "none")
    with pytest.raises(wb.TableError, match=r"several labels that may mean sent nothing: holdout and kein\. Say which"):
        arms(frame)


def test_a_word_that_names_an_offer_is_that_offer():
    offers = [*OFFERS, wb.Offer(name="control", amount=1, paid="per_contact")]
    assert wb.read_trial(table("control"), offers).arms == ("Gutschein", "call", "control")


def test_another_word_beside_none_is_asked():
    frame = table()
    frame.loc[:4, "offer"] = "control"
    with pytest.raises(wb.TableError, match=r"cost is not stated; 5 of 90 rows .*say control=\.\.\."):
        arms(frame)


@pytest.mark.parametrize("label", ["gutschein", "GUTSCHEIN ", "Gut-Schein"])
def test_capitals_and_blanks_of_an_offer_do_not_matter_and_are_said(label):
    found, notes = arms(table(voucher=label))
    assert found == ("Gutschein", "call", "none")
    assert f'The label "{label.strip()}" was read as the offer Gutschein.' in notes


def test_all_labels_are_shown_where_one_is_unknown():
    with pytest.raises(wb.TableError, match=r"the table has .*rebate \(30\), call \(30\)|call \(30\), .*rebate \(30\)"):
        arms(table(voucher="rebate"))


def test_a_control_that_is_not_there_is_refused_with_what_is():
    with pytest.raises(wb.TableError, match=r'`offer` has no label \'zzz\', which control names\. There are "none"'):
        arms(table(), control="zzz")


def test_number_codes_are_labels_whatever_else_is_in_the_column():
    frame = table()
    frame["offer"] = pd.Series([0, 1, 2] * 30, dtype=float)
    frame.loc[0, "offer"] = np.nan
    offers = [wb.Offer(name=name, amount=1, paid="per_contact") for name in ("1", "2")]
    assert wb.read_trial(frame, offers, control=["0", ""]).arms == ("1", "2", "none")


def test_the_words_are_bare():
    assert all(word.isalnum() and word == word.lower() for word in CONTROL_WORDS)
