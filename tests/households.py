"""How is a trial of households drawn? Their customers return together and bring alike, whatever was sent to them."""

from __future__ import annotations

import numpy as np
import pandas as pd

import winback as wb
from winback.terms.catalog import Offer

CONTACT = 0.5
OFFERS = [Offer(name="letter", paid="per_contact", amount=CONTACT), Offer(name="call", paid="per_contact", amount=1.0)]
LIKELY = np.array([0.1, 0.5])  # chance of return in the two kinds of household


def customers(rng: np.random.Generator, n_households: int, size: int, *, shares=(0.7, 0.3), whole=True, lift=0.0):
    """Return (returned, value, cost), shape (n, 3), groups (0: letter, last: none), and households.

    Who is sent an offer and returns brings ``lift`` more (as a share); it costs a contact. Households are sent one
    offer where they are drawn ``whole``.
    """
    households = np.repeat(np.arange(n_households), size)
    draws = rng.choice(len(shares), n_households if whole else len(households), p=shares)
    groups = draws[households] if whole else draws
    returned = rng.random(len(households)) < LIKELY[rng.integers(0, 2, n_households)][households]
    value = returned * rng.lognormal(3, 0.3, n_households)[households] * rng.lognormal(0, 0.3, len(households))
    sent = groups < len(shares) - 1
    return np.column_stack([returned, value * (1 + lift * sent), CONTACT * sent]), groups, households


def table(rng: np.random.Generator, n_households: int, size: int, *, names=("letter", "none"), **drawn) -> pd.DataFrame:
    """Return the same as a table of lapsed customers, with what is known of the household and of the customer."""
    triple, groups, households = customers(rng, n_households, size, **drawn)
    known = {"income": rng.normal(size=n_households)[households], "age": rng.normal(size=len(households))}
    columns = {"customer_id": np.arange(len(groups)), "household": households, "offer": np.array(names)[groups]}
    back = triple[:, 0] == 1
    return pd.DataFrame({**columns, **known, "returned": back, "value": np.where(back, triple[:, 1], np.nan)})


def trial(rng: np.random.Generator, n_households: int, size: int, *, cluster="household", **drawn) -> wb.Trial:
    """Return the same as a trial, whose households are known unless ``cluster`` is None."""
    drawn_table = table(rng, n_households, size, **drawn)
    if cluster is None:
        drawn_table = drawn_table.drop(columns="household")
    return wb.read_trial(drawn_table, OFFERS, cluster=cluster)
