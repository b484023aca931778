"""Does bad input to the questions about the lost end in one clear message, or in what is stated of it?"""

import numpy as np
import pandas as pd
import pytest
from valid_calls import CODEBOOK, base_contracts, base_events

import winback as wb

UNTIL = "2024-06-30"
LONG = ("too expensive, and nobody answers the telephone; " * 5)[:199] + "!"
SAID = {
    "太贵了": "price",
    "خیلی گران است": "price",
    "ძალიან ძვირია": "price",
    "слишком дорого": "price",
    "demasiado caro": "price",
    LONG: "price",
    "TOO  EXPENSIVE\u200b!!": "price",
    "👎🏽💸": "other",
    "\U0001f469\u200d\U0001f467": "other",
    "ราคาแพงเกินไป": "other",
    "\u202eevisnepxe": "other",
    "%s {} <b>x</b> \\1 =1+1": "other",
    "": None,
    " \n\t ": None,
    "\u200b": None,
}


def told(texts, **columns):
    """Return contracts of lost customers with these for what they said or for why they left."""
    table = pd.DataFrame({"customer_id": range(len(texts)), "start": "2022-01-01", "end": "2023-06-30", "margin": 5.0})
    return wb.read_contracts(table.assign(**columns), until=UNTIL)


def test_texts_of_any_script_length_or_none_are_coded_listed_or_known_as_not_said():
    texts = list(SAID)
    coded = wb.code_reasons(texts)
    frame = coded.with_reasons(pd.DataFrame({"row": range(len(texts))}))
    assert [None if pd.isna(each) else each for each in frame["reason"]] == list(SAID.values())
    unmatched = [text for text, reason in SAID.items() if reason == "other"]
    assert sorted(coded.unmatched()["text"]) == sorted(unmatched)
    page = coded._repr_html_() + coded.unmatched().to_string()
    assert "<b>x</b>" not in coded._repr_html_()
    assert "nan" not in page.replace("nan ", "")
    table = wb.reason_table(told(texts, exit_text=texts))
    counts = table.to_frame().set_index("reason")["n"]
    assert counts.loc["price"] == 7
    assert counts.loc["other"] == len(unmatched)
    not_known = table.to_frame()["reason"].isna()
    assert table.to_frame()["n"][not_known].tolist() == [list(SAID.values()).count(None)]


@pytest.mark.parametrize("label", ["太贵了", "👎🏽", LONG, "a\u202eb", "<b>x</b>", "=1+1", "price; service", "e\u0301"])
def test_a_label_of_any_script_and_length_is_a_reason_as_it_is_written(label):
    table = wb.reason_table(told([label] * 40, reason=[label, "moved"] * 20))
    assert set(table.to_frame()["reason"].dropna()) == {label, "moved"}
    assert len(str(table).splitlines()) <= 12
    assert "<b>x</b>" not in table._repr_html_()


@pytest.mark.parametrize("nothing", ["", "  ", None, np.nan])
def test_reasons_and_texts_that_are_all_empty_are_one_message(nothing):
    for column in ("reason", "exit_text"):
        with pytest.raises(wb.TableError, match=r"^1 problem in the table of lost customers") as refused:
            wb.reason_table(told([nothing] * 30, **{column: [nothing] * 30}))
        assert "Add why customers left" in str(refused.value)


def test_free_text_for_reasons_is_told_what_to_do_with():
    texts = [f"reason number {place} 太贵了 👎" for place in range(90)]
    with pytest.raises(wb.TableError, match=r"they read like free text\. Name the column `exit_text`"):
        wb.reason_table(told(texts, reason=texts))


def test_every_bad_pattern_of_a_codebook_is_in_one_message_whoever_reads_it():
    wrong = {"reason": [{**CODEBOOK["reason"][0], "patterns": ["/(a+)+$/", "*", "/(/", 3, "fine"]}]}
    base = told(["x"] * 30, exit_text=["太贵了"] * 30)
    for ask in (
        lambda: wb.lost.load_codebook(wrong),
        lambda: wb.code_reasons(["x"], wrong),
        lambda: wb.reason_table(base, codebook=wrong),
    ):
        with pytest.raises(ValueError, match=r"^the codebook given cannot be used:") as refused:
            ask()
        assert str(refused.value).count("\n") == 4
        for pattern in ("'/(a+)+$/'", "'*'", "'/(/'", "pattern 3"):
            assert pattern in str(refused.value)


@pytest.mark.parametrize(("period", "said"), [("9Y", "9 years"), ("400M", "400 months"), ("99999D", "99,?999 days")])
def test_a_period_longer_than_the_data_says_how_long_they_are(period, said):
    with pytest.raises(ValueError, match=rf"^period \({said}\) is longer than what can be reported"):
        wb.lost_report(wb.read_contracts(base_contracts(), until=UNTIL), period=period)


def test_one_manager_is_counted_compared_with_nobody_and_all_hangs_on_them():
    contracts = base_contracts().assign(manager="अन्ना 👩")
    events = pd.concat(
        [base_events(), base_events().head(3).assign(event="manager_left", manager="अन्ना 👩", date="2023-06-30")]
    )
    served = contracts[["customer_id", "manager"]].assign(**{"from": contracts["start"], "to": contracts["end"]})
    base = wb.read_contracts(contracts, events, served_by=served, until=UNTIL)
    report = wb.lost_report(base, by="manager")
    assert set(report.groups["verdict"]) == {"not compared"}
    assert "nothing to compare" in report.describe()
    found = wb.manager_concentration(base)
    assert found.to_frame()["share"].tolist() == [1.0]
    assert found.teams["herfindahl"].tolist() == [1.0]
    assert str(found)
    assert found.details() is not None


def test_all_that_is_wrong_with_the_tables_comes_at_once():
    contracts = base_contracts().astype({"margin": object, "customer_id": object})
    contracts.loc[3, "margin"], contracts.loc[5, "customer_id"] = "太贵了", None
    events = base_events().astype({"date": object})
    events.loc[7, "date"] = "2024-02-30"
    with pytest.raises(
        wb.TableError, match=r"^3 problems in the table of contracts and the table of events"
    ) as refused:
        wb.read_contracts(contracts, events, until=UNTIL)
    for column in ("`margin`", "`customer_id`", "`events.date`"):
        assert column in str(refused.value)


def test_a_list_in_a_further_column_is_no_label_to_group_by():
    contracts = base_contracts().assign(region="north").astype({"region": object})
    contracts.at[3, "region"] = ["north", "south"]
    base = wb.read_contracts(contracts, until=UNTIL)
    for ask in (
        lambda: wb.lost_report(base, by="region"),
        lambda: wb.fit_duration(base, "region"),
        lambda: wb.fit_contracts(base, period="M", formula="region"),
    ):
        with pytest.raises(wb.TableError, match=r"`region` must be a label; 1 of 1\d\d rows"):
            ask()
