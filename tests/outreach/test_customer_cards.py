"""Does a card say what an agent must know? Three customers by hand, plans and risks looked up, buyers, and refusals."""

import datetime
import json
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
import valid_calls as valid

import winback as wb
from winback.outreach import Cause, Channel, Playbook, Rule, Step, customer_cards
from winback.periods import DAYS_IN_MONTH

CONTRACTS = pd.DataFrame(
    {
        "customer_id": ["0007", "0008", "0008", "0009"],
        "start": ["2022-01-01", "2021-03-01", "2024-02-01", "2023-05-10"],
        "end": ["2023-12-31", "2022-02-28", None, "2024-03-31"],
        "margin": [40.0, 30.0, 35.0, 20.0],
        "reason": ["service", "price", None, "died"],
        "exit_text": ["Nobody came <again>", None, None, None],
    }
)
EVENTS = pd.DataFrame(
    [
        ("0007", "2023-02-01", "complaint", np.nan),
        ("0007", "2023-03-01", "complaint", np.nan),
        ("0007", "2023-04-01", "complaint resolved", np.nan),
        ("0007", "2023-06-01", "price_change", -2.0),  # before leaving: no news
        ("0007", "2024-02-15", "new_service", np.nan),
        ("0007", "2024-03-01", "price_change", -3.0),
        ("0007", "2024-04-01", "price_change", 3.0),  # dearer: no reason to return
        ("0007", "2024-05-06", "contact", 1.0),
    ],
    columns=["customer_id", "date", "event", "amount"],
)
UNTIL = "2024-06-30"


def base():
    return wb.read_contracts(CONTRACTS, events=EVENTS, until=UNTIL)


def trial():
    n = 20
    rows = {"customer_id": ["0007", "0008", *(f"x{k}" for k in range(n))], "offer": ["gift", "none"] * (n // 2 + 1)}
    rows |= {"returned": [False, True] * (n // 2 + 1), "value": [None, 9.0] * (n // 2 + 1)}
    away = [1.2, 5.0, *np.arange(n)]
    return wb.read_trial(
        pd.DataFrame({**rows, "months_away": away}), [wb.Offer(name="gift", paid="per_contact", amount=1)]
    )


@cache
def planned(**more):
    """Return a plan with customers of the base, every fourth of whom is kept back."""
    steps = (Step("call", brings_offer=True, by="manager", message="Say hello."), Step("letter", 7))
    channels = (Channel("call", 1.0, per_day=3, agents=("Ann",)), Channel("letter", 0.5))
    book = Playbook(channels, (Rule("all", steps, why="they are few"),), **more)
    trial = valid.trial().over(contact_costs=book)
    made = wb.learn_policy(trial, by=["months_away"], splits=valid.ONE_SPLIT).contact_list(valid.measured().head(60))
    n = 40
    people = pd.DataFrame(
        {"customer_id": np.arange(1, n + 1), "reason": "price", "left_on": pd.Timestamp("2025-11-01")}
    )
    offer = np.where(np.arange(n) % 4 == 3, "none", "gift")
    profit = np.where(offer == "none", 0.0, np.arange(n, 0, -1.0))
    frame = pd.DataFrame({"rank": np.arange(1, n + 1), "customer_id": people["customer_id"], "offer": offer})
    frame = frame.assign(why="best", expected_profit=profit, kind="incremental")
    return wb.outreach_plan(
        replace(made, frame=frame, customers=people, left_out=()), playbook=book, start="2026-01-05"
    )


def test_a_lost_customer_by_hand():
    card = customer_cards(base(), trial=trial())["0007"]
    assert card.to_dict() == {
        "customer_id": "0007",
        "on": "2024-06-30",
        "state": "lost",
        "used": {
            "since": "2022-01-01",
            "months": pytest.approx(729 / DAYS_IN_MONTH),
            "margin": 40.0,
            "complaints": 2,
            "complaints_settled": 1,
        },
        "why": {"left_on": "2023-12-31", "reason": "service", "said": "Nobody came <again>"},
        "new": [{"what": "a new service", "on": "2024-02-15"}, {"what": "a lower price", "on": "2024-03-01"}],
        "tried": [
            {"what": "gift offered", "months_after_leaving": 1.2, "outcome": "did not come back"},
            {"what": "contacted", "on": "2024-05-06"},
        ],
        "offer": None,
        "next_step": None,
        "not_planned": "",
        "must_not": "",
        "agreed": {},
        "own": {},
    }
    assert card.describe().splitlines() == [
        "They were with us for 23 months, and brought us $40.00 a month; they left because of poor service on "
        "31 December 2023.",
        "New since: a new service (15 February 2024) and a lower price (1 March 2024); tried: contacted on 6 May 2024.",
        "Nothing is planned with them.",
    ]


def test_one_who_came_back_and_one_who_must_not_be_contacted():
    cards = customer_cards(base(), trial=trial())
    back = cards["0008"]
    assert back.known["state"] == "back"
    assert back.to_dict()["why"] == {"left_before": "2022-02-28", "reason_before": "price"}
    assert back.to_dict()["used"]["months"] == pytest.approx((364 + 150) / DAYS_IN_MONTH)
    assert back.known["new"] == []
    assert "they left on 28 February 2022 and came back" in back.describe()
    dead = cards["0009"]
    assert dead.known["must_not"] == "died"
    assert dead.describe().splitlines()[-1] == "Do not contact them: died."


def test_the_page_has_every_line_and_escapes_what_customers_say():
    card = customer_cards(base(), trial=trial())["0007"]
    page = card._repr_html_()
    assert page.count("<tr>") == len(card.to_frame())
    assert "Nobody came &lt;again&gt;" in page
    assert "Customer 0007" in page
    assert "_" not in " ".join(card.to_frame().to_numpy().ravel())  # no column's name


def test_the_next_step_the_offer_and_its_worth_are_those_of_the_plan():
    plan, n_seen = planned(), 0
    cards = customer_cards(valid.base(), plan=plan, on="2026-01-08")
    listed = plan.listed.frame.set_index("customer_id")
    for customer_id in (each for each in plan.customers["customer_id"] if each in cards):
        known = cards[customer_id].known
        ahead = plan.frame.query("customer_id == @customer_id").query("date >= '2026-01-08'").sort_values("date")
        if ahead.empty or known["must_not"]:
            assert known["next_step"] is None
        else:
            first = ahead.iloc[0]
            step = known["next_step"]
            assert (step["on"], step["channel"]) == (first["date"].date(), first["channel"])
            assert step["more"] == len(ahead) - 1 == len(step["then"])
            assert [each["on"] for each in step["then"]] == [day.date() for day in ahead["date"].iloc[1:]]
            n_seen += 1
            assert step.get("agent", "") == first["agent"]
        if listed.loc[customer_id, "offer"] == "none":
            assert ("kept back at random" in cards[customer_id].describe()) is not bool(known["must_not"])
        elif known["must_not"]:
            assert known["offer"] is None
        else:
            assert known["offer"]["expected_profit"] == listed.loc[customer_id, "expected_profit"]
            assert known["offer"]["kind"] == "incremental"
    assert n_seen > 8
    chosen = next(row for row in plan.frame["customer_id"] if cards[row].known["next_step"])
    assert cards[chosen].known["next_step"]["channel"] == "letter"  # the call was to be made before that day
    assert "Next: letter on" in cards[chosen].describe()
    assert "“" not in cards[chosen].describe()  # a message is an instruction
    assert cards[chosen].to_frame()["what"].iloc[0] == "Next step"
    assert customer_cards(valid.base(), plan=plan).on == np.datetime64("2026-01-05")


NEVER = (
    ("do not consent to the channels by which their offer is made", {"consent_call": "no", "consent_letter": "no"}),
    ("are not known to consent to the channels by which their offer is made", {"consent_call": None}),
    ("left for a cause that stands", {"reason": "service"}),
)


def planned_with(people):
    """Return a plan with customers of the base who have these columns."""
    book = Playbook(
        (Channel("call", 1.0), Channel("letter", 0.5)),
        (Rule("all", (Step("call", brings_offer=True), Step("letter", 7))),),
        causes=(Cause("service", stands=True),),
    )
    trial = valid.trial().over(contact_costs=book)
    made = wb.learn_policy(trial, by=["months_away"], splits=valid.ONE_SPLIT).contact_list(people)
    known = people.drop(columns=["months_away", "do_not_contact"])
    frame = known.drop(columns="first_margin").assign(offer="gift", why="best", kind="incremental")
    frame = frame.assign(rank=np.arange(1, len(people) + 1), expected_profit=np.arange(len(people), 0, -1.0))
    return wb.outreach_plan(replace(made, frame=frame, customers=known), playbook=book, start="2026-01-05")


def people_with(columns):
    """Return twenty customers, the first of whom has other cells in these columns than the rest."""
    usual = {"consent_call": "yes", "consent_letter": "yes", "reason": "price", "do_not_contact": ""}
    cards = customer_cards(valid.base())
    free = [each for each in cards if not cards[each].known["must_not"]]
    known = valid.lapsed().head(20)[["months_away", "first_margin"]].assign(customer_id=free[:20])
    people = known.assign(Name=[f"N. {k}" for k in range(20)], Phone="0049 1", **usual).astype(object)
    people["months_away"] = people["months_away"].astype(float)
    for name, cell in columns.items():
        people.iloc[0, people.columns.get_loc(name)] = cell
    return people


@pytest.mark.parametrize(("words", "columns"), NEVER)
def test_whom_a_plan_leaves_alone_an_agent_is_told_not_to_contact(words, columns):
    people = people_with(columns)
    first = people["customer_id"].iloc[0]
    plan = planned_with(people)
    assert plan.customers.set_index("customer_id").loc[first, "why_not"] == words
    card = customer_cards(valid.base(), plan=plan)[first]
    said = f"they {words}"
    assert card.known["must_not"] == said
    assert card.known["offer"] is card.known["next_step"] is None
    assert card.describe().splitlines()[-1] == f"Do not contact them: {said}."
    assert "<th" in card._repr_html_()
    assert ("Do not contact", said) in card.to_frame().itertuples(index=False, name=None)


def test_who_asked_not_to_be_contacted_in_the_leavers_table_alone_is_not_contacted_from_a_card():
    people = people_with({"do_not_contact": "yes"})
    first = people["customer_id"].iloc[0]
    plan = planned_with(people)
    rest = plan.listed.frame["customer_id"] != first
    listed = replace(plan.listed, frame=plan.listed.frame[rest], customers=plan.listed.customers[rest])
    for given in ({"plan": replace(plan, listed=listed)}, {"policy": listed}):
        assert customer_cards(valid.base(), **given)[first].known["must_not"] == "asked not to be contacted"


def test_who_was_made_the_offer_in_a_plan_before_is_left_to_that_plan():
    before = planned_with(people_with({}))
    plan = wb.outreach_plan(before.listed, playbook=before.playbook, start="2026-01-06", already=before)
    card = customer_cards(valid.base(), plan=plan)[before.reached["customer_id"].iloc[0]]
    assert card.known["must_not"] == "they were made an offer in a plan made before"


def test_a_card_has_the_columns_of_the_leavers_table_and_the_channels_they_agreed_to():
    people = people_with({"consent_letter": "no", "Phone": None})
    plan = planned_with(people)
    cards = customer_cards(valid.base(), plan=plan)
    first, second = (cards[each] for each in people["customer_id"].iloc[:2])
    assert first.to_dict()["own"] == {"Name": "N. 0"}
    assert first.to_dict()["agreed"] == {"call": True, "letter": False}
    assert second.to_dict()["own"] == {"Name": "N. 1", "Phone": "0049 1"}
    rows = dict(first.to_frame().itertuples(index=False, name=None))
    assert (rows["Name"], rows["Agreed to"], rows["Not by"]) == ("N. 0", "calls", "letters")
    unknown = planned_with(people_with({"consent_letter": ""}))
    assert customer_cards(valid.base(), plan=unknown)[people["customer_id"].iloc[0]].known["agreed"] == {"call": True}


def test_a_policys_list_serves_where_there_is_no_plan():
    listed = planned().listed
    cards = customer_cards(valid.base(), policy=listed)
    row = listed.contacts.iloc[0]
    assert cards[row["customer_id"]].known["offer"]["name"] == row["offer"]
    assert "Worth" in set(cards[row["customer_id"]].to_frame()["what"])


def test_causes_that_were_mended_are_told_and_those_that_stand_are_said():
    plan = planned(causes=(Cause("price", remedied_on=datetime.date(2024, 11, 1), told="the tariff is simple now"),))
    cards = customer_cards(valid.base(), plan=plan)
    frame = cards.to_frame()
    left = (frame["state"] == "lost") & (frame["reason"] == "price") & (frame["left_on"] < "2024-11-01")
    one = frame["customer_id"][left].iloc[0]
    assert {"what": "the tariff is simple now"} in cards[one].to_dict()["new"]
    stands = customer_cards(valid.base(), plan=planned(causes=(Cause("price", stands=True),)))
    assert "what they left for still stands" in stands[one].describe().lower()


def test_the_chance_of_leaving_is_the_fits_for_those_who_are_here():
    fit = valid.risk()
    cards = customer_cards(fit.base, risk=fit)
    known = fit.predict(months=1).set_index("customer_id")["risk"]
    for customer_id in cards:
        why = cards[customer_id].known["why"]
        assert why.get("risk") == (pytest.approx(known[customer_id]) if customer_id in known.index else None)
    assert "of customers like them leave next month" in cards[known.index[0]].describe()


def test_a_buyer_by_hand():
    log = pd.DataFrame(
        {"customer_id": [7, 7, 8], "date": ["2024-01-03", "2024-02-02", "2024-12-01"], "amount": [9.0, 5.5, 20.0]}
    )
    cards = customer_cards(wb.read_purchases(log, until="2024-12-31", lost=90))
    assert cards[7].to_dict()["used"] == {
        "since": "2024-01-03",
        "months": pytest.approx(30 / DAYS_IN_MONTH),
        "paid": 14.5,
        "purchases": 2,
        "last_purchase": "2024-02-02",
    }
    assert "paid $14.50 in 2 purchases; they count as lost since" in cards[7].describe()
    assert cards[8].known["state"] == "here"


def test_ids_are_found_however_they_are_written_and_an_unknown_one_is_one_clear_error():
    cards = customer_cards(valid.base())
    assert cards[12].to_dict() == cards["12"].to_dict() == cards[12.0].to_dict() == cards[" 12 "].to_dict()
    assert 12 in cards
    with pytest.raises(KeyError) as error:
        cards["0012x"]
    assert str(error.value).startswith("No customer 0012x in a table, of ")
    assert len(cards) == len(list(cards)) == len(cards.to_frame())
    assert str(cards).startswith("Cards of ")


def test_every_card_of_a_base_can_be_shown_and_written_as_json():
    for found in (valid.base(), valid.buyers()):
        cards = customer_cards(found)
        for customer_id in cards:
            assert 1 <= len(cards[customer_id].describe().splitlines()) <= 3
            assert json.loads(json.dumps(cards[customer_id].to_dict()))
            assert str(cards[customer_id])


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match=r"on \(2024-01-01\) must not be before the end of the data \(2024-06-30\)"):
        customer_cards(base(), on="2024-01-01")
    with pytest.raises(ValueError, match="risk is of customers with contracts"):
        customer_cards(valid.buyers(), risk=valid.risk())
    with pytest.raises(ValueError, match="`base` must be"):
        customer_cards(CONTRACTS)
    plan = planned()
    others = replace(
        plan.listed, frame=plan.listed.frame.assign(customer_id=[f"C{place}" for place in range(len(plan.customers))])
    )
    for given in ({"plan": replace(plan, listed=others)}, {"policy": others}):
        with pytest.raises(
            ValueError, match=r"None of the 40 customers on the list is in .*: it is of other customers"
        ):
            customer_cards(valid.base(), **given)
