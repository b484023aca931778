"""Who may get the offer that a policy would send? By how long they are away, were customers, and were sent nothing.

What cannot be told speaks against sending: who may get an offer only after some months away is not sent it where the
time away is not known. Who was never known to be sent an offer has waited long enough.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
from pandas.api.types import is_datetime64_any_dtype

from winback.labels import label_of
from winback.periods import DAYS_IN_MONTH
from winback.tables import NO_OFFER
from winback.tables.kinds import PARSERS
from winback.tables.parsed import AS_THE_CELLS_TELL
from winback.terms.catalog import Offer, OfferCatalog
from winback.terms.contract_problems import WHO_MAY_GET_IT
from winback.terms.costs import assigned_offers
from winback.trial.trial import Trial


def may_not_get(
    catalog: OfferCatalog, customers: pd.DataFrame, offers: pd.Series, since: np.ndarray
) -> list[tuple[str, np.ndarray]]:
    """Say who may not get the offer that they would be sent, in words and (n,) each; see `Offer`.

    A tailored offer is barred as the one it gives is, too. ``since`` is from `months_since_offer`.

    Examples
    --------
    >>> call = Offer(name="call", amount=5, paid="per_contact", months_away=(1, 12), wait_months=3)
    >>> people = pd.DataFrame({"months_away": [5.0, 20.0, 8.0]})
    >>> sent = pd.Series(["call", "call", "call"])
    >>> for words, rows in may_not_get(OfferCatalog((call,)), people, sent, np.array([np.nan, np.nan, 2.0])):
    ...     print(words, rows.tolist())
    who cannot get call (away for over 12 months) [False, True, False]
    who cannot get call (sent an offer in the last 3 months) [False, False, True]
    """
    found = []
    for name in [name for name in catalog.names if (offers == name).any()]:
        rows, offer = (offers == name).to_numpy(), catalog[name]
        barred = list(_barred(offer, customers, since))
        parts = [part for part in sorted(set(offer.tailored.values())) if _is_barred_to_some(catalog[part])]
        if parts:
            given = np.full(len(customers), None, dtype=object)
            given[rows] = assigned_offers(customers[rows], offer)
            barred += [
                (words, those & (given == part))
                for part in parts
                for words, those in _barred(catalog[part], customers, since)
            ]
        found += [(f"who cannot get {name} ({words})", those & rows) for words, those in barred]
    return [(words, rows) for words, rows in found if rows.any()]


def _is_barred_to_some(offer: Offer) -> bool:
    return any(getattr(offer, name) is not None for name in WHO_MAY_GET_IT)


def _barred(offer: Offer, customers: pd.DataFrame, since: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Say who may not get an offer, whatever they are sent."""
    if offer.months_away is not None:
        low, high = offer.months_away
        away = _numbers("months_away", customers)
        yield f"away for over {high:g} months", away > high
        yield f"away for under {low:g} months", away < low
        yield f"{label_of('months_away')} not known", np.isnan(away)
    if offer.least_tenure:
        tenure = _numbers("first_tenure", customers)
        yield f"a customer for under {offer.least_tenure:g} months", tenure < offer.least_tenure
        yield f"{label_of('first_tenure')} not known", np.isnan(tenure)
    if offer.wait_months:
        yield f"sent an offer in the last {offer.wait_months:g} months", since < offer.wait_months
        yield "sent an offer, and when is not known", np.isinf(since)


def _numbers(name: str, customers: pd.DataFrame) -> np.ndarray:
    known = customers[name] if name in customers else pd.Series(np.nan, customers.index)
    return known.to_numpy(dtype=float, na_value=np.nan)


def months_since_offer(trial: Trial, customers: pd.DataFrame, asof: datetime.date | None = None) -> np.ndarray:
    """Return months since each customer was last sent an offer, (n,); missing: never, infinite: nobody knows when.

    As their own table tells, or the trial's, of those who were in it: ``followed`` since the offer, or ``offered_on``
    until the last day on which one went out; written dates of a file are counted to today. All dates are counted to
    the day of the list where that is stated, ``asof``.

    Examples
    --------
    >>> import winback as wb
    >>> trial = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).trial
    >>> new = pd.DataFrame({"customer_id": [-1, -2], "offered_on": ["2024-01-01", None]})
    >>> months_since_offer(trial, new, datetime.date(2024, 3, 1)).round(2).tolist()
    [1.97, nan]
    """
    ids = trial.lapsed["customer_id"].to_numpy()
    in_trial = pd.Series(_since(trial.lapsed, asof), index=ids).reindex(customers["customer_id"].to_numpy())
    own, known = _since(customers, asof), in_trial.to_numpy()
    return np.fmin(own, known)


def _since(table: pd.DataFrame, asof: datetime.date | None) -> np.ndarray:
    told = [name for name in ("offer", "offered_on") if name in table]
    sent = np.full(len(table), bool(told))
    for name in told:
        sent &= (table[name].notna() & (table[name].astype(object) != NO_OFFER)).to_numpy()
    if "followed" in table:
        since = table["followed"].to_numpy(dtype=float, na_value=np.nan)
    elif "offered_on" in table:
        day = table["offered_on"]
        is_read = is_datetime64_any_dtype(day)
        day = day if is_read else PARSERS["date"](day, AS_THE_CELLS_TELL).column
        until = pd.Timestamp(asof or (day.max() if is_read else datetime.date.today()))
        since = ((until - pd.to_datetime(day)).dt.days.clip(lower=0) / DAYS_IN_MONTH).to_numpy(dtype=float)
    else:
        since = np.full(len(table), np.nan)
    return np.where(sent, np.where(np.isnan(since), math.inf, since), np.nan)


def wait_not_told(trial: Trial, customers: pd.DataFrame, since: np.ndarray) -> Iterator[str]:
    """Say which waiting times could not be looked at, as nothing tells when anybody was last sent an offer."""
    waits = [offer.name for offer in trial.offers if offer.wait_months]
    told = {"offer", "offered_on"} & set(customers) or not np.isnan(since).all()
    if waits and not told:
        yield f"Nothing tells when they were last sent an offer: the waiting time of {' and '.join(waits)} is not held."
