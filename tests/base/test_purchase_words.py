"""Are the sentences of a base of buyers right for one customer, for all, for none, and for a log cut short?"""

import datetime as dt

import pandas as pd
from purchases_by_hand import on, table
from sentences import hold_to_three

import winback as wb


def read(rows, until, **more):
    return wb.read_purchases(table(rows), until=on(until), **more)


SOME = [(who, day, 1) for who in range(1, 21) for day in range(who, 300, 40)]


def first_line(base):
    return base.describe().splitlines()[0]


def test_one_customer_is_no_share():
    base = read([(1, 0, 1), (1, 30, 1), (1, 280, 1)], 365)
    assert first_line(base).endswith("to 2024-01-01, who is here, was called lost before and bought again.")
    lost = read([(1, 0, 1), (1, 30, 1), (1, 274, 1)], 365, lost=90)
    assert first_line(lost).endswith("to 2024-01-01, who is lost now, was called lost before and bought again.")
    assert (
        "No rule can be chosen on so little, so 90 days of silence were taken" in f"{base.describe()} {base.details()}"
    )
    assert lost.lapsed().describe().splitlines()[0].endswith("each seen as of their loss; came back by 2024-01-01.")
    hold_to_three(base, lost, lost.lapsed())


def test_everybody_and_nobody():
    everybody, nobody = read(SOME, 900, lost=60), read(SOME, 300, lost=60)
    assert first_line(everybody).endswith("; all are lost.")
    assert everybody.to_frame()["n"].tolist() == [0, 0, 20]
    assert everybody.lapsed().describe().startswith("A log of purchases: 20 customers lost so far")
    assert "; none came back by" in everybody.lapsed().describe()
    assert first_line(nobody).endswith("; nobody was called lost.")
    assert nobody.to_frame()["n"].tolist() == [20, 0, 0]
    assert len(nobody.lapsed().frame) == 0
    assert nobody.lapsed().left_out == {"never called lost": 20}
    assert "nobody is in the table of lost customers" in nobody.lapsed().describe()
    hold_to_three(everybody, nobody, everybody.lapsed(), nobody.lapsed())


def test_a_log_that_ends_before_the_data_is_the_first_doubt():
    base = read(SOME, 900)
    caution = "A caution: the last purchase is of 2023-10-27, 601 days before the end: is the log complete until then?"
    assert base.describe().splitlines()[2] == caution
    assert caution not in base.details()


def test_a_log_without_an_end_says_what_was_taken_for_it():
    base = wb.read_purchases(table(SOME), lost=60)
    assert base.describe().splitlines()[2] == (
        "The data are taken to end on 2023-10-27, the last date of the log; say until when they were recorded."
    )


def test_a_log_shorter_than_its_gaps():
    base = read([(1, 0, 1), (2, 1, 1), (1, 2, 1)], 3)
    assert base.choice is None
    assert base.rule.setting.days == 90
    assert "the log is too short to tell how often that is wrong" in base.describe()
    assert base.customers["lost_on"].dt.date.tolist() == [on(2) + dt.timedelta(91), on(1) + dt.timedelta(91)]


def test_without_amounts_nothing_is_said_of_money():
    base = wb.read_purchases(table(SOME).drop(columns="amount"), until=on(900), lost=60)
    said = " ".join(map(str, (base.describe(), base.details(), base.lapsed().describe(), base.lapsed().details())))
    said = said.replace(next(each for each in base.doubts if each.startswith("No column of amounts")), "")
    assert not [word for word in ("$", "argin", "paid", "spend", "amount") if word in said]
    assert not {"first_margin", "second_margin"} & set(base.lapsed().frame)


def test_strangers_are_said():
    people = pd.DataFrame({"customer_id": [1, 2], "channel": ["web", "shop"]})
    base = read(SOME, 300, lost=60, customers=people)
    doubt = "18 of 20 customers of the log are not in the table of customers."
    assert base.describe().splitlines()[2] == doubt
    assert doubt in base.lapsed().details()
