"""Does a second plan say whom the list made before still contacts, and must not?"""

from dataclasses import replace

import pandas as pd
from lists_to_plan import START, list_of, people_of

from winback.outreach import Channel, Playbook, Rule, Step, outreach_plan
from winback.outreach.made_before import made_before
from winback.outreach.slots import planned_before

BOOK = Playbook((Channel("letter", 1.5),), (Rule("all", (Step("letter"), Step("letter", 14))),))
AGAIN = START + pd.Timedelta(days=7)


def test_who_asked_not_to_be_contacted_is_back_or_takes_consent_back_is_struck_out_with_what_is_to_come():
    plan = outreach_plan(list_of(people_of(6), BOOK), start=START.date())
    listed = list_of(people_of(6, consent_letter=["ja"] * 5 + ["nein"]).iloc[2:].reset_index(drop=True), BOOK)
    marked = pd.DataFrame({"customer_id": [1, 2], "why": ["asked not to be contacted", "died"]})
    listed = replace(listed, not_listed=marked)
    again = outreach_plan(listed, start=AGAIN.date(), already=[plan, plan.frame], back=[1, 4])  # one list, two files
    struck = again.before.to_strike_out.set_index("customer_id")
    to_come = plan.frame[plan.frame["date"] >= AGAIN].groupby("customer_id")["date"].agg(["size", "min"])
    assert struck["why"].to_dict() == {
        1: "asked not to be contacted",  # also where they are back
        2: "died",
        4: "are back",
        6: "do not agree to these contacts",
    }
    assert struck["contacts"].to_dict() == to_come.loc[struck.index, "size"].to_dict()
    assert (struck["next"] == to_come.loc[struck.index, "min"]).all()
    said = (
        "Strike out of the list made before: 1 who asked not to be contacted, 1 who died, 1 who are back and 1 who do "
        "not agree to these contacts, with 4 contacts to come. The list made before has 6 contacts from 19 February"
    )
    assert said in str(again.not_contacted()).replace("\n", " "), again.not_contacted()
    assert not set(struck.index) & set(again.frame["customer_id"])


def test_contacts_of_the_past_and_customers_who_may_be_contacted_are_not_struck_out():
    listed = list_of(people_of(3), BOOK)
    plan = outreach_plan(listed, start=START.date())
    again = outreach_plan(listed, start=AGAIN.date(), already=plan, back=[99])
    assert again.before.to_strike_out.empty
    assert str(again.not_contacted()).endswith(
        f"The list made before has 3 contacts from {AGAIN.day} February 2024 on."
    )
    assert outreach_plan(listed, start="2024-12-02", already=plan, back=[1]).before.in_words() == ""
    alone = outreach_plan(listed, start=START.date(), back=[1])
    assert "made before" not in str(alone.not_contacted())
    assert "Still to come" not in alone.for_whoever_pays()


def test_ids_are_found_as_numbers_or_text_of_whoever_is_back_and_asked_about_no_more():
    planned = planned_before(pd.DataFrame({"customer_id": ["7", "8"], "date": "2024-02-20", "channel": "letter"}))
    first = AGAIN.to_numpy().astype("datetime64[D]")
    listed = list_of(people_of(3), BOOK)
    found = made_before(planned, first, [True, False], listed, BOOK.channels)
    assert found.to_strike_out["customer_id"].tolist() == ["7"]
    assert found.n_to_come == 2
