"""Does the list beside the page carry all that the table says, and is no list replaced that may be in use?"""

from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from lists_to_plan import ONE_LETTER, START, list_of, people_of

from winback import plan_list
from winback.outreach import Cause, Channel, Playbook, Rule, Step, outreach_plan
from winback.plan_check import refuse_other_plan
from winback.results import join_words


def rows_of(sheet):
    return list(sheet.iter_rows(values_only=True))


def test_the_list_carries_what_winback_knows_by_name_and_who_is_kept_back_is_a_number(tmp_path):
    people = people_of(6, complaints=[0, 1, 2, 3, 4, 5], first_tenure=9.0).assign(offer=["gift"] * 5 + ["none"])
    plan_list.write_tables(outreach_plan(list_of(people, ONE_LETTER), start=START.date()), tmp_path)
    written = pd.read_csv(tmp_path / "plan-contacts.csv")
    assert written["complaints"].tolist() == [0, 1, 2, 3, 4]
    assert written["left_on"].eq("2023-12-13").all()
    assert {"first_tenure", "months_away", "first_margin", "reason", "name"} <= set(written)
    kept = openpyxl.load_workbook(tmp_path / "plan-contacts.xlsx")["kept back"]
    # No name nor number, as nobody is to call them; no rank, offer or profit, by which they seem to be worth a call.
    assert rows_of(kept) == [("Customer", "Not contacted because"), (6, "kept back at random, to compare with")]


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
    assert book.sheetnames == ["first day", "all contacts", "calendar", "any staff", "kept back", "left out"]
    assert f"sheets of plan-contacts.xlsx: {join_words(book.sheetnames)}." in said
    assert rows_of(book["left out"]) == [
        ("Customer", "name", "Not contacted because"),
        *((who, f"n{who - 1}", "do not consent to the channels by which their offer is made") for who in (5, 6)),
    ]


def test_who_must_not_be_contacted_stands_first_and_is_recognised_by_name(tmp_path):
    people = people_of(4, reason=["price", "moved", "price", "price"])
    book = replace(ONE_LETTER, causes=(Cause("moved", stands=True),))
    listed = list_of(people, book)
    not_listed = {
        "customer_id": [8, 9, 10],
        "why": ["no offer is expected to pay", "died", "asked not to be contacted"],
    }
    listed = replace(listed, not_listed=pd.DataFrame(not_listed | {"name": ["n8", "n9", "n10"], "shoe_size": 40}))
    plan_list.write_tables(outreach_plan(listed, start=START.date()), tmp_path)
    assert rows_of(openpyxl.load_workbook(tmp_path / "plan-contacts.xlsx")["left out"]) == [
        ("Customer", "name", "Not contacted because"),
        (10, "n10", "do not contact: asked not to be contacted"),
        (9, "n9", "do not contact: died"),
        (8, "n8", "no offer is expected to pay"),
        (2, "n1", "left for a cause that stands: moved"),
    ]


def visits(tmp_path):
    """Write the list of a manager's letters and calls ahead of visits, for two customers."""
    steps = (Step("letter", by="manager", message="Announce."), Step("visit", 5, by="manager", brings_offer=True))
    steps = (*steps, Step("email", 2, message="Remind of it."))
    channels = (Channel("letter", cost=1.5), Channel("visit", agents=("Ines", "Jan")), Channel("email"))
    book = Playbook(channels, (Rule("visit", steps, within_days=30),))
    listed = list_of(people_of(2), book)
    listed = replace(listed, frame=listed.frame.assign(Phone=["0170 1", "0170 2"], consent_email=["yes", "yes"]))
    plan = outreach_plan(listed, start=START.date())
    plan_list.write_tables(plan, tmp_path)
    return plan


def test_a_contact_that_makes_no_offer_yet_says_which_comes_when_and_by_whom(tmp_path):
    plan = visits(tmp_path)
    written = pd.read_csv(tmp_path / "plan-contacts.csv", keep_default_na=False)
    assert written.groupby("step")["offer"].agg(list).to_dict() == {1: ["none"] * 2, 2: ["gift"] * 2, 3: ["gift"] * 2}
    yet = "Announce. No offer yet: gift comes with a visit on 17 February 2024"
    assert written["message"].tolist() == [
        *(f"{yet} ({who})." for who in ("Ines", "Jan")),
        *["Offer: gift."] * 2,
        *["Remind of it."] * 2,
    ]
    same = [name for name in written if name not in ("offer", "message")]
    assert same == [name for name in plan.frame if name in same]
    assert plan.frame["offer"].eq("gift").all()


@pytest.mark.parametrize("name", plan_list.TABLES)
def test_a_list_as_it_is_written_and_one_of_before_keep_a_second_offer_back(tmp_path, name):
    plan = visits(tmp_path)
    before = plan.frame.drop(columns="left_on")  # each contact with its offer, as lists were written once
    for already in (plan_list.load_contacts(tmp_path / name), before):
        again = outreach_plan(plan.listed, start=START.date(), already=already)
        assert again.frame.empty
        assert again.left_out[0][:2] == ("were made an offer in a plan made before", 2)
    only_announced = plan_list.load_contacts(tmp_path / name).query("step == 1")  # the rest was struck out
    assert len(outreach_plan(plan.listed, start=START.date(), already=only_announced).reached) == 2


def test_the_plan_that_is_checked_is_known_by_its_written_list(tmp_path):
    plan = visits(tmp_path)
    refuse_other_plan(plan, tmp_path / "plan-contacts.csv")
    other = outreach_plan(plan.listed, start=START.date() + pd.Timedelta(days=1))
    with pytest.raises(ValueError, match="is the list of another plan"):
        refuse_other_plan(other, tmp_path / "plan-contacts.csv")


def test_whoever_makes_contacts_has_a_sheet_in_the_order_of_work(tmp_path):
    visits(tmp_path)
    book = openpyxl.load_workbook(tmp_path / "plan-contacts.xlsx")
    assert book.sheetnames == ["first day", "all contacts", "calendar", "Ines", "Jan", "manager", "any staff"]
    headings = "Date Customer name Phone Channel Who Left_for What_to_say Offer Not_after Done Result"
    made = [rows_of(book[name]) for name in ("Ines", "Jan", "manager", "any staff")]
    for rows in (rows_of(book["first day"]), *made):
        assert rows[0] == tuple(heading.replace("_", " ") for heading in headings.split())
        assert all(row[-2:] == (None, None) for row in rows[1:])  # room to tick off
    assert [(row[1:6], row[8]) for row in made[0][1:]] == [
        ((1, "n0", "0170 1", "visit", "Ines"), "gift (costs $9, due in full when a customer accepts)")
    ]
    assert [row[8] for row in made[2][1:]] == ["none yet"] * 2
    assert sum(len(rows) - 1 for rows in made) == len(rows_of(book["all contacts"])) - 1 == 6  # each contact once
    said = book["Ines"]["H2"]
    assert (said.value, said.alignment.wrap_text) == ("Offer: gift.", True)
    assert book["Ines"].column_dimensions["H"].width == 60
    assert book["Ines"]["A2"].number_format == "yyyy-mm-dd"


def test_the_first_day_goes_channel_by_channel(tmp_path):
    letter, call = (Step(name, brings_offer=True) for name in ("letter", "call"))
    rules = (Rule("price", (letter,), reasons=("price",)), Rule("others", (call,)))
    book = Playbook((Channel("letter"), Channel("call")), rules)
    plan = outreach_plan(list_of(people_of(4, reason=["price", "service"] * 2), book), start=START.date())
    plan_list.write_tables(plan, tmp_path)
    first = rows_of(openpyxl.load_workbook(tmp_path / "plan-contacts.xlsx")["first day"])
    assert [(row[1], row[3]) for row in first[1:]] == [(2, "call"), (4, "call"), (1, "letter"), (3, "letter")]


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
