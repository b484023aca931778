"""Does the list beside the page carry all that the table says, and is no list replaced that may be in use?"""

from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from lists_to_plan import ONE_LETTER, START, list_of, people_of

from winback import plan_list
from winback.outreach import Channel, Playbook, Rule, Step, outreach_plan


def test_the_list_and_who_is_kept_back_carry_what_winback_knows_by_name(tmp_path):
    people = people_of(6, complaints=[0, 1, 2, 3, 4, 5], first_tenure=9.0).assign(offer=["gift"] * 5 + ["none"])
    plan_list.write_tables(outreach_plan(list_of(people, ONE_LETTER), start=START.date()), tmp_path)
    written = pd.read_csv(tmp_path / "plan-contacts.csv")
    assert written["complaints"].tolist() == [0, 1, 2, 3, 4]
    assert written["left_on"].eq("2023-12-13").all()
    assert {"first_tenure", "months_away", "first_margin", "reason", "name"} <= set(written)
    kept = openpyxl.load_workbook(tmp_path / "plan-contacts.xlsx")["kept back"]
    names = [cell.value for cell in kept[1]]
    assert kept[2][names.index("complaints")].value == 5
    assert "name" not in names  # nor a telephone number: nobody is to call them
    assert kept[2][names.index("left_on")].number_format == "yyyy-mm-dd"


def test_months_are_rounded_and_a_column_that_tells_nothing_is_not_written(tmp_path):
    known = {"first_tenure": 25.19917864476386, "returned": False, "second_tenure": None, "exit_text": "a"}
    people = people_of(4, **known)
    plan = outreach_plan(list_of(people, ONE_LETTER), start=START.date())
    plan_list.write_tables(plan, tmp_path)
    written = pd.read_csv(tmp_path / "plan-contacts.csv")
    assert written["first_tenure"].eq(25.2).all()
    assert not {"returned", "second_tenure"} & set(written)
    assert {"exit_text", "agent", "months_away"} <= set(written)
    back = people.assign(returned=[True, False, False, False])
    plan_list.write_tables(outreach_plan(list_of(back, ONE_LETTER), start=START.date()), tmp_path)
    assert pd.read_csv(tmp_path / "plan-contacts.csv")["returned"].sum() == 1


def test_the_workbook_has_everybody_who_is_left_out_and_the_sentence_names_its_sheets(tmp_path):
    people = people_of(6, consent_letter=[True] * 4 + [False] * 2).assign(offer=["gift"] * 3 + ["none"] + ["gift"] * 2)
    plan = outreach_plan(list_of(people, ONE_LETTER), start=START.date())
    said = plan_list.write_tables(plan, tmp_path)
    book = openpyxl.load_workbook(tmp_path / "plan-contacts.xlsx")
    assert book.sheetnames == ["first day", "all contacts", "calendar", "kept back", "left out"]
    assert "sheets of plan-contacts.xlsx: first day, all contacts, calendar, kept back and left out." in said
    rows = [[cell.value for cell in row] for row in book["left out"].iter_rows(min_row=2)]
    assert rows == [[who, "do not consent to the channels by which their offer is made"] for who in (5, 6)]


def test_an_older_list_is_replaced_only_where_that_is_said(tmp_path):
    plan_list.keep_older(tmp_path, (), overwrite=False)
    older = tmp_path / plan_list.TABLES[0]
    older.write_text("in use")
    with pytest.raises(
        FileExistsError, match=r"may be working through it\. Name another folder with --out, or say --ov"
    ):
        plan_list.keep_older(tmp_path, (), overwrite=False)
    plan_list.keep_older(tmp_path, (), overwrite=True)
    with pytest.raises(FileExistsError, match="what is still to be done of it would be lost"):
        plan_list.keep_older(tmp_path, [older], overwrite=True)


def test_a_customer_keeps_the_agent_whom_the_table_names_and_what_was_renamed_is_said(tmp_path):
    letter = replace(ONE_LETTER.channels[0], agents=("Ann", "Ben"))
    plan_for = list_of(people_of(6), replace(ONE_LETTER, channels=(letter,)))
    agents = ["Ben", " Ben", "Zoe", None, "Ben", "Ann"]
    plan_for = replace(plan_for, frame=plan_for.frame.assign(agent=agents, channel="web"))
    plan = outreach_plan(plan_for, start=START.date())
    assert plan.frame.set_index("customer_id")["agent"].to_dict() == dict(
        enumerate(["Ben", "Ben", "Ann", "Ben", "Ben", "Ann"], start=1)
    )
    said = str(plan_list.write_tables(plan, tmp_path))
    assert "Your channel and agent stand there as table_channel and table_agent. 4 customers have the agent" in said
    none = outreach_plan(list_of(people_of(6), ONE_LETTER), start=START.date())
    assert "Your" not in str(plan_list.write_tables(none, tmp_path))


def audits(*by, agents=("Ann", "Ben")):
    """Return a playbook whose calls are given to these, one after the other, before a letter with the offer."""
    channels = (Channel("call", cost=1.5, agents=agents), Channel("letter"))
    steps = [Step("call", after_days=1, by=each) for each in by]
    return Playbook(channels, (Rule("audit", (*steps, Step("letter", brings_offer=True))),))


@pytest.mark.parametrize(
    ("by", "dealt"),
    [
        (("agent", "manager"), {1: ["Ann", "Ben"], 2: ["", ""]}),
        (("manager", ""), {1: ["", ""], 2: ["Ann", "Ben"]}),
        (("manager", "manager"), {1: ["Ann", "Ben"], 2: ["Ann", "Ben"]}),  # all calls are theirs: so are these names
        (("manager", "owner"), {1: ["", ""], 2: ["", ""]}),
        (("agent", "Ben"), {1: ["Ann", "Ben"], 2: ["Ben", "Ben"]}),
    ],
)
def test_a_step_that_a_rule_gives_to_somebody_is_dealt_to_no_other(by, dealt):
    plan = outreach_plan(list_of(people_of(2), audits(*by)), start=START.date())
    calls = plan.frame[plan.frame["channel"] == "call"].sort_values("customer_id")
    assert {step: rows.tolist() for step, rows in calls.groupby("step")["agent"]} == dealt


def test_the_agent_whom_the_table_names_keeps_also_what_is_the_managers():
    plan_for = list_of(people_of(2), audits("agent", "manager"))
    plan_for = replace(plan_for, frame=plan_for.frame.assign(agent=["Ben", "Zoe"]))
    calls = outreach_plan(plan_for, start=START.date()).frame.query("channel == 'call'")
    assert calls.groupby("customer_id")["agent"].agg(list).to_dict() == {1: ["Ben", "Ben"], 2: ["Ann", ""]}
