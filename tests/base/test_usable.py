"""Does `winback check` read contracts and purchases as a base, and say everything at the first attempt?"""

import pandas as pd
import pytest
from click.testing import CliRunner

from winback.cli import main

CONTRACTS = """customer_id,start,end,margin,reason,branch
1,2022-01-01,2022-12-31,20,price,North
1,2023-06-01,,25,,North
2,2022-03-01,2023-03-31,18,moved,South
3,2022-05-01,,30,,South
"""
EVENTS = "customer_id,date,event\n1,2022-05-05,complaint\n2,2023-01-01,referral\n"
SERVED_BY = "customer_id,manager,from,to\n1,Ada,2022-01-01,\n3,Ben,2022-05-01,2023-01-01\n"
WRONG_CONTRACTS = "customer_id,start,end,margin\n1,2022-01-01,2021-12-31,20\n2,soon,,abc\n,2022-01-01,,3\n"
WRONG_EVENTS = "customer_id,date,event\n1,yesterday,complaint\n2,2023-01-01,\n"
LOG = "Kundennr;Datum;Betrag\n0012;31.1.2023;12,50\n0012;15.3.2023;7,00\n0013;2.2.2024;0,00\n0013;3.2.2024;-5,00\n"
PEOPLE = "Kundennr;Filiale\n0012;Ost\n0013;West\n"
WRONG_LOG = "customer_id,date,amount\n1,2024-01-05,3\n1,yesterday,4\n2,2024-02-05,dear\n 1,2024-03-05,1\n"
ALL_MISTAKES = (
    "`end` must not be before `start`",
    "`start` must be a date",
    "`margin` must be a number",
    "`customer_id` must not be missing",
    "`events.date` must be a date",
    "`events.event` must not be missing",
)


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    texts = {"contracts": CONTRACTS, "events": EVENTS, "served": SERVED_BY, "log": LOG, "people": PEOPLE}
    texts |= {"wrong_log": WRONG_LOG, "twice": PEOPLE + "0012;East\n"}
    for name, text in {**texts, "wrong": WRONG_CONTRACTS, "wrong_events": WRONG_EVENTS}.items():
        (tmp_path / f"{name}.csv").write_text(text)

    def check(*words, code=0):
        result = CliRunner().invoke(main, ["check", *words])
        assert result.exit_code == code, result.output
        return result.output

    return check


WITH_ALL = ("contracts.csv", "--table", "contracts", "--events", "events.csv", "--served-by", "served.csv")


def test_contracts_are_read_as_a_base(run):
    output = run(*WITH_ALL, "--until", "2023-12-31")
    for said in (
        "contracts.csv: 3 customers watched to 2023-12-31; 2 were lost (66.7%), of whom 1 came back.",
        "within 30 days",
        "say since which day it has them",
        "Losses by choice: 1; without it (moved, died, payment failed and the like): 1",
        "margin (numbers of money per month)",
        "Not looked at, and kept as they are: branch.",
        "In the table of events:\nLooked at: customer_id",
        "In the table of who serves whom:\nLooked at: customer_id",
        "Can be asked: how long customers stay, who was lost, how many a month, who came back, why they leave, what "
        "customers are worth, whom to call first, whose customers leave and what happened before they left.",
    ):
        assert said in output
    assert "Cannot be asked" not in output


def test_a_doubt_about_a_base_is_a_finding(run, tmp_path):
    (tmp_path / "events.csv").write_text(EVENTS + "9,2022-05-05,complaint\n")
    output = run(*WITH_ALL, "--until", "2023-12-31")
    doubt = " warning  The table of events names 1 customer who has no contract (first: 9): those rows are left out.\n"
    assert output.count(doubt.strip()) == 1
    assert doubt in output
    n = sum(line.startswith(" warning") for line in output.splitlines())
    assert f"contracts.csv: 3 customers, usable, with {n} finding" in output


def test_what_the_columns_cannot_answer_is_said(run, tmp_path):
    pd.read_csv("contracts.csv").assign(reason=None)[["customer_id", "start", "end", "reason"]].to_csv(
        tmp_path / "bare.csv", index=False
    )
    output = run("bare.csv", "--table", "contracts", "--until", "2023-12-31")
    for said in (
        "Can be asked: how long customers stay, who was lost, how many a month and who came back.",
        "Cannot be asked: what customers are worth and whom to call first; that takes margin (--column margin=NAME).",
        "Cannot be asked: why they leave; that takes reason (--column reason=NAME).",
        "Cannot be asked: what happened before they left; that takes events (--events).",
    ):
        assert said in output


def test_without_a_last_day_tables_are_checked_and_no_base_is_read(run):
    output = run(*WITH_ALL)
    assert "that takes --until, the last day on which the data were recorded" in output
    assert "In the table of events:\nLooked at: customer_id" in output
    assert output.endswith("contracts.csv: 4 rows, 6 columns, no problem found.\n")
    assert "were lost" not in output
    assert "--since: not looked at without --until" in run(*WITH_ALL, "--since", "2022-02-01", code=1)
    assert "watched from 2022-02-01" in run(*WITH_ALL, "--since", "2022-02-01", "--until", "2023-12-31")


@pytest.mark.parametrize("until", [[], ["--until", "2023-12-31"], ["--until", "soon"], ["--until", "2021-12-31"]])
def test_the_first_attempt_says_everything_that_is_wrong_with_contracts(run, until):
    output = run("wrong.csv", "--table", "contracts", "--events", "wrong_events.csv", *until, code=1)
    assert [said for said in ALL_MISTAKES if said not in output] == []
    assert "6 problems in the table of contracts and the table of events" in output
    assert ("until must be a date" in output) == ("soon" in until)


def test_events_of_other_customers_are_refused_with_and_without_a_last_day(run, tmp_path):
    (tmp_path / "events.csv").write_text(EVENTS.replace("\n1,", "\nK1,").replace("\n2,", "\nK2,"))
    for more in ([], ["--until", "2023-12-31"]):
        assert "holds none of the customers of the base" in run(*WITH_ALL, *more, code=1)


def test_a_sheet_of_contracts_is_read(run, tmp_path):
    with pd.ExcelWriter(tmp_path / "book.xlsx") as writer:
        pd.DataFrame({"a": ["b"]}).to_excel(writer, sheet_name="notes", index=False)
        pd.read_csv("contracts.csv").to_excel(writer, sheet_name="data", index=False)
    words = ("book.xlsx", "--table", "contracts", "--until", "2023-12-31")
    assert "is missing" in run(*words, code=1)
    assert "book.xlsx: 3 customers watched" in run(*words, "--sheet", "data", "--events", "events.csv")


def test_purchases_are_read_as_a_base(run):
    output = run("log.csv", "--table", "purchases", "--customers", "people.csv", "--until", "2024-12-31")
    for said in (
        '    note  "Kundennr" was read as customer_id',
        "log.csv: 2 customers from 2023-01-31 to 2024-12-31; ",
        "Dropped: 1 refund (below zero), -$5.00.",
        "1 purchase of zero, left out of spend.",
        "amount (numbers of money)",
        "Can be asked: who is lost, how many a period, who came back, when the next purchase is to be expected, what",
        "Cannot be asked: why they leave; nobody says why in a log of purchases.",
        "by their purchases and by what their table knows: Filiale.",
        "log.csv: 2 customers, no problem found.",
    ):
        assert said in output
    assert "taken to end on" not in output
    assert "taken to end on 2024-02-0" in run("log.csv", "--table", "purchases")


def test_who_is_not_in_the_table_of_customers_is_a_finding(run, tmp_path):
    (tmp_path / "people.csv").write_text(PEOPLE.replace("0013", "0014"))
    output = run("log.csv", "--table", "purchases", "--customers", "people.csv")
    doubt = " warning  1 of 2 customers of the log is not in the table of customers.\n"
    assert output.count(doubt.strip()) == 1
    assert doubt in output
    assert output.endswith("log.csv: 2 customers, usable, with 1 finding above to look at.\n")


def test_without_amounts_nothing_is_said_of_money(run, tmp_path):
    (tmp_path / "days.csv").write_text("customer_id,date,shop\n1,2024-01-05,a\n2,2024-02-05,b\n")
    output = run("days.csv", "--table", "purchases")
    assert "what customers are worth and whom to call first; that takes amount (--column amount=NAME)." in output
    assert "Not looked at, and kept as they are: shop." in output
    assert "which segments lose more; that takes customers (--customers)" in output
    assert "`shop` (amount) must be a number" in run(
        "days.csv", "--table", "purchases", "--column", "amount=shop", code=1
    )


@pytest.mark.parametrize("until", [[], ["--until", "2024-12-31"], ["--until", "soon"], ["--until", "1999-12-31"]])
def test_the_first_attempt_says_everything_that_is_wrong_with_purchases(run, until):
    output = run("wrong_log.csv", "--table", "purchases", "--customers", "twice.csv", *until, code=1)
    for said in (
        "4 problems in the table of purchases and the table of customers",
        "`date` must be a date; 1 of 4 rows (first: customer 1, line 3 of the file, yesterday)",
        "`amount` must be a number; 1 of 4 rows (first: customer 2, line 4 of the file, dear)",
        "`customer_id` has ids that differ only in blanks around them",
        "(customers.customer_id) must be unique",
    ):
        assert said in output
    assert ("until must be a date" in output) == ("soon" in until)


def test_a_sheet_of_purchases_is_read(run, tmp_path):
    with pd.ExcelWriter(tmp_path / "book.xlsx") as writer:
        pd.DataFrame({"a": ["b"]}).to_excel(writer, sheet_name="notes", index=False)
        pd.read_csv("log.csv", sep=";", dtype=str).to_excel(writer, sheet_name="data", index=False)
    words = ("book.xlsx", "--table", "purchases")
    missing = run(*words, code=1)
    assert "`customer_id` is missing" in missing
    assert "`date` is missing" in missing
    assert "book.xlsx: 2 customers" in run(*words, "--sheet", "2", "--decimal", ",")


def test_a_decimal_mark_that_one_of_two_tables_asks_for_is_not_said_to_change_nothing(run, tmp_path):
    (tmp_path / "days.csv").write_text("customer_id;date\n1;2024-01-05\n2;2024-02-05\n")
    (tmp_path / "rated.csv").write_text("customer_id;rating\n1;1.250\n2;2,5\n")
    words = ("days.csv", "--table", "purchases", "--decimal", ",")
    assert "it changed nothing" in run(*words)
    assert "it changed nothing" not in run(*words, "--customers", "rated.csv")


def test_a_file_that_is_not_there_is_said_with_what_is_wrong_with_the_others(run):
    for until in ([], ["--until", "2023-12-31"]):
        words = ("wrong.csv", "--table", "contracts", "--events", "gone.csv", "--served-by", "away.csv", *until)
        output = run(*words, code=1)
        assert "There is no file gone.csv and no file away.csv. Check the name" in output
        assert "4 problems in the table of contracts" in output
    output = run("wrong_log.csv", "--table", "purchases", "--customers", "gone.csv", code=1)
    assert "There is no file gone.csv. Check the name" in output
    assert "3 problems in the table of purchases" in output
    for table in ("contracts", "purchases"):
        output = run("gone.csv", "--table", table, code=1)
        assert output == "Error: There is no file gone.csv. Check the name and the folder.\n"


def test_a_date_to_come_is_said_with_an_impossible_one(run, tmp_path):
    (tmp_path / "dates.csv").write_text("customer_id,date,amount\n1,2024-01-05,3\n1,2024-02-30,4\n2,2204-02-05,9\n")
    output = run("dates.csv", "--table", "purchases", code=1)
    assert "2 problems in the table of purchases:" in output
    assert "`date` must be a date; 1 of 3 rows (first: customer 1, line 3 of the file, 2024-02-30)" in output
    assert "`date` lies in the future; 1 of 2 rows (first: 2204-02-05)" in output
    assert "in the future" not in run("dates.csv", "--table", "purchases", "--until", "2024-12-31", code=1)
