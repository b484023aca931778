"""Which offer does a tailored offer give each customer?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.tables import Problem, TableError, label_codes
from winback.tables.nouns import LAPSED_TABLE
from winback.terms.catalog import Offer


def assigned_offers(arm: pd.DataFrame, offer: Offer) -> np.ndarray:
    """Return the name of the offer that a tailored offer gives each customer.

    Raises
    ------
    TableError
        When the column is missing or has values that the offer's map lacks.
    """
    if offer.tailored_by not in arm:
        remedy = f"Add it, or leave the offer {offer.name!r} out."
        problem = Problem(offer.tailored_by, f"is missing, and offer {offer.name!r} is tailored by it", 0, "", remedy)
        raise TableError(LAPSED_TABLE, [problem])
    named = {_as_word(value): name for value, name in offer.tailored.items()}
    codes, values = label_codes(arm[offer.tailored_by])
    assigned = np.array([*(named.get(_as_word(value)) for value in values), None], dtype=object)[codes]
    unmapped = np.equal(assigned, None)
    if unmapped.any():
        first = int(unmapped.argmax())
        shown = f"customer {arm['customer_id'].iloc[first]}, {arm[offer.tailored_by].iloc[first]}"
        text = f"has values that offer {offer.name!r} assigns nothing to"
        remedy = f"Name them in the offer's map; it has {', '.join(map(str, offer.tailored))}."
        problem = Problem(offer.tailored_by, text, int(unmapped.sum()), shown, remedy=remedy, n_checked=len(arm))
        raise TableError(LAPSED_TABLE, [problem])
    return assigned


def _as_word(value) -> str:
    """Write a value as it stands in a TOML file, where the keys of a map are words: true, 2, price."""
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if whole else value).strip().casefold()
