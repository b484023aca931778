"""What do the columns and the events of the company's tables mean, and in which units are they?"""

from __future__ import annotations

import pandas as pd

from winback.tables import CONTRACTS, EVENTS, LAPSED

MORE = {  # columns that the tables of this company have besides those every such table has
    "contracts": (
        ("reported_by", "", "who reported the reason: customer, employee; missing: nobody said more than the code"),
        ("went_to", "", "competitor, or with their manager; missing: not known"),
    ),
    "events": (("manager", "", "who left, where a manager did"),),
    "served_by": (
        ("customer_id", "", "may repeat: one row per customer and manager"),
        ("manager", "", "employee who served the customer, alone or as one of a team"),
        ("from", "", "first day of the service"),
        ("to", "", "last day; missing = still"),
    ),
    "sent": (
        ("customer_id", "", "one row per leaver of the study"),
        ("offer", "", "offer sent; none = untreated control, or set aside"),
        ("offered_on", "", "day on which the offer went out, or would have"),
    ),
}
OF_THE_STUDY = {"sent": ("eligible", "offer_probability", "contact_attempts")}
MEANINGS_OF_EVENTS = {
    "complaint": ("", "the customer complained"),
    "complaint_resolved": ("", "the complaint of that day was settled"),
    "referral": ("", "the customer brought in a new one"),
    "welcome_discount_end": ("$ per month", "the welcome discount ended; what it had been"),
    "renewal": ("", "the contract's term ran out, and it was renewed"),
    "price_change": ("$ per month", "the price rose"),
    "satisfaction": ("1 to 5", "answer in a survey; 4 and 5 count as satisfied"),
    "seller_rating": ("1 to 5", "rating of the employee who sells and serves; 5 is exceptional"),
    "volume": ("units", "used in the month that ends on this day; a random sample of customers"),
    "contact": ("contacts", "with the customer's manager in 2015"),
    "hours": ("hours", "that the customer's manager spent on them in 2015"),
    "new_service": ("", "one who had left was told of a new service"),
    "manager_left": ("", "a manager who served the customer left the company"),
}


def columns_of(table: str) -> pd.DataFrame:
    """Return the columns of one of the company's tables: column, unit, meaning.

    Examples
    --------
    >>> columns_of("served_by")["column"].tolist()
    ['customer_id', 'manager', 'from', 'to']
    """
    known = {"contracts": CONTRACTS, "events": EVENTS}.get(table, ())
    rows = {column.name: (column.unit, column.meaning) for column in known}
    rows |= {name: (unit, meaning) for name, unit, meaning in MORE[table]}
    of_study = {column.name: (column.unit, column.meaning) for column in LAPSED}
    rows |= {name: of_study[name] for name in OF_THE_STUDY.get(table, ())}
    return pd.DataFrame([(name, *words) for name, words in rows.items()], columns=["column", "unit", "meaning"])


def events_frame() -> pd.DataFrame:
    """Return the events there are: event, unit of its amount, meaning."""
    rows = [(event, *words) for event, words in MEANINGS_OF_EVENTS.items()]
    return pd.DataFrame(rows, columns=["event", "unit of the amount", "meaning"])
