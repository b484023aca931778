"""Which columns do winback's tables have, in which units, and what must hold of them?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column of a table: its name, kind, unit, meaning and bounds."""

    name: str
    kind: str  # a key of kinds.PARSERS
    unit: str
    meaning: str
    above: float | None = None  # values must be greater
    at_least: float | None = None
    at_most: float | None = None
    outcome: bool = False  # known only after the offer went out
    open_end: bool = False  # a date in the far future or past says that there is none yet


LAPSED = (
    Column("customer_id", "id", "", "one row per lost customer"),
    Column("first_tenure", "number", "months", "length of the first lifetime", above=0),
    Column("first_ended", "flag", "", "False = has not left yet; those in a table of lost customers have"),
    Column(
        "first_watched_from",
        "number",
        "months",
        "how long the first lifetime had lasted when it came under observation; empty: not at all",
        at_least=0,
    ),
    Column("first_margin", "number", "money per month", "margin earned per month in the first lifetime"),
    Column("reason", "category", "", "stated reason for leaving: price, service, both, other, ..."),
    Column("involuntary", "flag", "", "True = did not choose to leave: moved, died, payment failed, ..."),
    Column("referrals", "count", "customers", "new customers this one referred in the first lifetime"),
    Column("complaints", "count", "complaints", "complaints in the first lifetime"),
    Column("complaints_resolved", "count", "complaints", "of these, resolved"),
    Column("months_away", "number", "months", "from the loss to the offer", at_least=0),
    Column("contact_attempts", "count", "attempts", "attempts planned before the offers were drawn"),
    Column("eligible", "flag", "", "judged promising before the offers went out"),
    Column("offer", "category", "", "offer sent; none = untreated control"),
    Column("cluster", "id", "", "household, store or agent, whose customers are alike; empty: on their own"),
    Column("offer_probability", "number", "share", "chance of getting the offer that was got", above=0, at_most=1),
    Column(
        "contact_cost",
        "number",
        "money",
        "what the contacts with this customer cost, on top of what the offer itself costs",
        at_least=0,
        outcome=True,
    ),
    Column("followed", "number", "months", "from the offer to the end of the data", above=0),
    Column("returned", "flag", "", "came back", outcome=True),
    Column("second_tenure", "number", "months", "length of the second lifetime so far", above=0, outcome=True),
    Column("second_ended", "flag", "", "False = still a customer when the data end", outcome=True),
    Column("second_margin", "number", "money per month", "margin in the second lifetime", outcome=True),
    Column("second_reason", "category", "", "reason for leaving again", outcome=True),
    Column("value", "number", "money", "earned within the horizon, measured directly", outcome=True),
    Column("exit_text", "text", "", "what the customer wrote or said when leaving"),
    # Dates, from which months are counted where the table has none, see `months_from_dates`.
    Column("left_on", "date", "", "day of the loss"),
    Column("offered_on", "date", "", "day on which the offer went out, or would have"),
    Column("returned_on", "date", "", "day of the return; missing = not back", outcome=True, open_end=True),
    Column(
        "ended_on",
        "date",
        "",
        "day on which the second lifetime ended; missing = still here",
        outcome=True,
        open_end=True,
    ),
)

CONTRACTS = (
    Column("customer_id", "id", "", "may repeat: one row per contract"),
    Column("start", "date", "", "first day of the contract"),
    Column("end", "date", "", "last day; missing = still active", open_end=True),
    Column("margin", "number", "money per month", "margin earned per month"),
    Column("manager", "category", "", "employee who serves the customer"),
    Column("satisfaction", "number", "", "the customer's own rating"),
    Column("reason", "category", "", "stated reason for leaving"),
    Column("exit_text", "text", "", "what the customer wrote or said when leaving"),
)

EVENTS = (
    Column("customer_id", "id", "", "may repeat: one row per event"),
    Column("date", "date", "", "day of the event"),
    Column("event", "category", "", "complaint, complaint_resolved, welcome_discount_end, price_change, ..."),
    Column("amount", "number", "", "size of the event, in the event's own unit"),
    Column("manager", "category", "", "employee whom the event is about"),
)

SERVED_BY = (
    Column("customer_id", "id", "", "may repeat: one row per employee who serves the customer"),
    Column("manager", "category", "", "employee who serves the customer"),
    Column("from", "date", "", "first day"),
    Column("to", "date", "", "last day; missing = still so", open_end=True),
)

SENT = (
    Column("customer_id", "id", "", "one row per customer who was sent an offer, or drawn to be sent nothing"),
    Column("offer", "category", "", "offer sent; none = untreated control"),
    Column("offered_on", "date", "", "day on which the offer went out, or would have"),
)

PURCHASES = (
    Column("customer_id", "id", "", "may repeat: one row per purchase"),
    Column("date", "date", "", "day of the purchase"),
    Column("amount", "number", "money", "negative for refunds"),
)

SNAPSHOT = (
    Column("customer_id", "id", "", "one row per customer"),
    Column("tenure", "number", "months", "how long one has been a customer, or had been when lost", at_least=0),
    Column("customer_status", "category", "", "says who is lost and who is still here"),
    Column("margin", "number", "money per month", "margin earned per month"),
    Column("monthly_charge", "number", "money per month", "what the customer pays a month: revenue"),
    Column("reason", "category", "", "stated reason for leaving"),
    Column("exit_text", "text", "", "what the customer wrote or said when leaving"),
)

NO_OFFER = "none"  # the label of untreated customers in the column `offer`
SECOND_LIFETIME = ("second_tenure", "second_ended", "second_margin")
_ALL = (SENT, SERVED_BY, LAPSED, CONTRACTS, EVENTS, PURCHASES, SNAPSHOT)
KNOWN = {column.name: column for table in _ALL for column in table}
ID_COLUMNS = {name for name, column in KNOWN.items() if column.kind == "id"}
