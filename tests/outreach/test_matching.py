"""Which rule is for whom: as a slow loop says it, over random rules and customers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from winback.outreach import Channel, Playbook, Remedy, Rule, Step
from winback.outreach.consent import may_be_reached
from winback.outreach.matching import first_that_answers, first_that_fits, is_sent_an_offer
from winback.tables import TableError

REASONS = ["price", "service", "both", "quality", "service; price", "Price ; moved", None]
OFFERS = ["discount", "upgrade", "none", None]
CHANNELS = [Channel(name) for name in ("call", "letter", "visit")]


def some(values):
    return st.none() | st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(tuple)


MONTHS = st.none() | st.tuples(st.integers(0, 5), st.integers(1, 9)).map(lambda pair: (pair[0], sum(pair)))
RULES = st.lists(
    st.builds(
        lambda n, reasons, months_away, margin_from, offers: Rule(
            f"rule {n}", (), reasons, months_away, margin_from, offers
        ),
        st.integers(0, 99),
        some(["price", "service", "both", "quality", "moved"]),
        MONTHS,
        st.none() | st.sampled_from([20.0, 50.0]),
        some(["discount", "upgrade"]),
    ),
    max_size=5,
)
CUSTOMERS = st.lists(
    st.tuples(
        st.sampled_from(REASONS),
        st.none() | st.integers(0, 10),
        st.none() | st.sampled_from([10.0, 20.0, 60.0]),
        st.sampled_from(OFFERS),
    ),
    max_size=12,
).map(lambda rows: pd.DataFrame(rows, columns=["reason", "months_away", "first_margin", "offer"]))


def reasons_by_hand(label):
    named = {part.strip().lower() for part in (label or "").split(";")} | {label}
    if "both" in named or {"price", "service"} <= named:
        named |= {"price", "service", "both"}
    return named


def fits_by_hand(rule, customer):
    months, margin = customer["months_away"], customer["first_margin"]
    return (
        (rule.reasons is None or bool(reasons_by_hand(customer["reason"]) & set(rule.reasons)))
        and (rule.months_away is None or (not pd.isna(months) and rule.months_away[0] <= months < rule.months_away[1]))
        and (rule.margin_from is None or (not pd.isna(margin) and margin >= rule.margin_from))
        and (rule.offers is None or customer["offer"] in rule.offers)
    )


@given(RULES, CUSTOMERS)
def test_the_first_rule_that_fits_is_the_one_that_a_loop_finds(rules, customers):
    rows = customers.astype(object).where(customers.notna(), None).to_dict("records")
    by_hand = [next((k for k, rule in enumerate(rules) if fits_by_hand(rule, row)), -1) for row in rows]
    assert first_that_fits(rules, customers).tolist() == by_hand


@given(RULES, CUSTOMERS)
def test_labels_of_a_category_and_the_order_of_rows_change_nothing(rules, customers):
    found = first_that_fits(rules, customers)
    as_categories = customers.astype({"reason": "category", "offer": "category"})[::-1]
    assert first_that_fits(rules, as_categories)[::-1].tolist() == found.tolist()


@given(RULES, CUSTOMERS)
def test_a_column_that_is_lacking_is_one_that_is_empty(rules, customers):
    for column in customers:
        without = customers.drop(columns=column)
        assert (first_that_fits(rules, without) == first_that_fits(rules, without.assign(**{column: None}))).all()


def test_months_away_reach_from_the_first_up_to_but_not_the_last():
    rules = [Rule("soon", (), months_away=(0, 1)), Rule("later", (), months_away=(1, np.inf))]
    months = pd.DataFrame({"months_away": [0.0, 0.99, 1.0, 240.0, np.nan]})
    assert first_that_fits(rules, months).tolist() == [0, 0, 1, 1, -1]


def test_the_first_remedy_for_any_of_the_reasons_is_given():
    leavers = pd.DataFrame({"reason": ["both", "quality", "moved", None, "Service"]})
    assert first_that_answers([("service",), ("quality", "price")], leavers).tolist() == [0, 1, -1, -1, 0]
    assert first_that_answers([("quality",), None], leavers).tolist() == [1, 0, 1, 1, 1]
    assert first_that_answers([], leavers).tolist() == [-1] * 5


def test_numbers_that_cannot_be_read_are_refused_by_column_and_customer():
    leavers = pd.DataFrame({"customer_id": [7, 8], "months_away": ["2", "two"]})
    with pytest.raises(TableError, match=r"(?s)`months_away` must be a number.*1 of 2.*customer 8"):
        first_that_fits([Rule("soon", (), months_away=(0, 1))], leavers)


def test_who_is_sent_nothing_is_known_by_the_label_and_by_an_empty_cell():
    assert is_sent_an_offer(pd.DataFrame({"offer": ["discount", "none", None]})).tolist() == [True, False, False]
    assert is_sent_an_offer(pd.DataFrame({"reason": ["price"]})).tolist() == [True]


def test_consent_is_read_by_any_spelling_and_an_empty_cell_is_none():
    leavers = pd.DataFrame({"Consent_Call": ["ja", "nein", None], "consent_letter": [True, False, True]})
    by_hand = [[True, True, True], [False, False, True], [False, True, True]]
    assert may_be_reached(leavers, CHANNELS).tolist() == by_hand
    with pytest.raises(TableError, match="consent_letter"):
        may_be_reached(leavers.assign(consent_letter="perhaps"), CHANNELS)


def book_of(*rules, remedies=()):
    channels = (Channel("call", cost=4.0), Channel("letter", cost=1.5), Channel("visit", cost=45.0))
    return Playbook(channels, rules, remedies)


SERVICE = Rule(
    "apologise",
    (Step("letter", after_days=3), Step("visit", 2, brings_offer=True, apology=True), Step("call", 7, cost=9.0)),
    reasons=("service",),
)
OTHERS = Rule("write", (Step("letter"),))
WORKSHOP = Remedy("a free workshop", ("service",), cost=20.0)
TASTING = Remedy("a tasting", ("quality",), cost=10.0)


def test_costs_by_hand():
    leavers = pd.DataFrame(
        {
            "reason": ["service", "service", "service", "quality", "quality", "service", None],
            "consent_visit": [True, False, True, False, True, True, True],
            "consent_letter": [True, True, False, True, False, True, True],
            "offer": ["mail", "mail", "mail", "mail", "mail", "none", "mail"],
        }
    )
    book = book_of(SERVICE, OTHERS, remedies=(WORKSHOP, TASTING))
    # who refuses the visit is written to, with the workshop; who refuses its announcement is not reached at all
    by_hand = [1.5 + 45 + 20 + 9, 1.5 + 20, 0, 1.5 + 10, 0, 0, 1.5]
    assert book.contact_costs(leavers).tolist() == by_hand
    assert book.to_frame()["cost"].tolist()[:3] == [1.5, 45.0, 9.0]
    assert book_of(SERVICE).contact_costs(leavers)[3:].tolist() == [0, 0, 0, 0]  # no rule is for them


def test_who_may_not_be_reached_up_to_the_offer_is_under_the_next_rule_that_fits_and_else_under_none():
    consent = {"consent_letter": [True, False, True, False], "consent_visit": [True, True, False, False]}
    leavers = pd.DataFrame({"reason": "service", **consent, "consent_call": False})
    chains = book_of(SERVICE, OTHERS).chains_of(leavers)
    assert chains.rule.tolist() == [0, 0, 1, 0]  # a visit needs its letter; the call after it is left out
    assert chains.allowed.tolist() == [[True, True, False], [False] * 3, [True, False, False], [False] * 3]
    assert chains.brings_offer.any(axis=1).tolist() == [True, False, True, False]
    several = Rule("either", (Step("letter"), Step("visit")), ("service",))  # no step names the offer: any brings it
    assert book_of(several, OTHERS).chains_of(leavers).allowed.sum(axis=1).tolist() == [2, 1, 1, 0]


def test_after_a_rule_for_all_may_come_one_for_those_whom_it_cannot_reach():
    book = book_of(
        Rule("write", (Step("letter", brings_offer=True),)), Rule("call", (Step("call", brings_offer=True),))
    )
    leavers = pd.DataFrame({"consent_letter": [True, False, False], "consent_call": [True, True, False]})
    assert book.contact_costs(leavers).tolist() == [1.5, 4.0, 0.0]


def test_each_step_is_laid_out_where_it_is_planned():
    leavers = pd.DataFrame({"reason": ["service", "price"], "consent_call": [False, True]})
    chains = book_of(SERVICE, OTHERS, remedies=(WORKSHOP,)).chains_of(leavers)
    assert chains.channel.tolist() == [[1, 2, 0], [1, -1, -1]]
    assert chains.offsets.tolist() == [[3, 2, 7], [0, 0, 0]]
    assert chains.follows.tolist() == [[-1, 0, 1], [-1, -1, -1]]
    assert chains.allowed.tolist() == [[True, True, False], [True, False, False]]
    assert chains.with_remedy.tolist() == [[False, True, False], [False] * 3]
    assert chains.remedy.tolist() == [0, -1]
    assert chains.within.tolist() == [30, 30]
    assert np.isnan(chains.after_leaving).all()


def test_waiting_after_the_loss_is_of_the_first_step():
    audit = Rule("wait, then audit", (Step("visit", after_leaving_days=150, brings_offer=True),), ("better offer",))
    chains = book_of(audit, OTHERS).chains_of(pd.DataFrame({"reason": ["better offer", "price"]}))
    assert chains.after_leaving[0] == 150
    assert np.isnan(chains.after_leaving[1])


@given(CUSTOMERS.filter(len), st.lists(st.booleans(), min_size=12, max_size=12))
def test_costs_are_those_of_a_loop_over_customers_and_steps(customers, consents):
    customers = customers.assign(consent_visit=consents[: len(customers)])
    book = book_of(SERVICE, OTHERS, remedies=(WORKSHOP, TASTING))
    by_hand = []
    for row in customers.astype(object).where(customers.notna(), None).to_dict("records"):
        rule = SERVICE if "service" in reasons_by_hand(row["reason"]) and row["consent_visit"] else OTHERS
        cost = {"call": 4.0, "letter": 1.5, "visit": 45.0}
        total = sum(cost[step.channel] if step.cost is None else step.cost for step in rule.steps)
        remedy = next((r for r in (WORKSHOP, TASTING) if reasons_by_hand(row["reason"]) & set(r.reasons)), None)
        total += remedy.cost if remedy else 0
        by_hand.append(total if row["offer"] not in ("none", None) else 0)
    assert book.contact_costs(customers).tolist() == by_hand


def test_nobody_is_nobody():
    book = book_of(SERVICE, OTHERS, remedies=(WORKSHOP,))
    assert book.contact_costs(pd.DataFrame({"reason": []})).shape == (0,)
