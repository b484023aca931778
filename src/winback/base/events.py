"""What happened until the loss? Complaints, those that were settled, and referrals of each first life."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

COMPLAINT, RESOLVED, REFERRAL = "complaint", "complaint_resolved", "referral"
TURNED_TO = ("new_service", "contact")  # the company turned to the customer, who is no longer left alone
NAMES = {"referrals": REFERRAL, "complaints": COMPLAINT, "complaints_resolved": RESOLVED}


def counts_until(
    customer: np.ndarray, day: np.ndarray, event: np.ndarray, start: np.ndarray, end: np.ndarray
) -> dict[str, np.ndarray]:
    r"""Count each customer's events from the first day to the last one, both counted.

    A ``complaint_resolved`` settles one complaint of its customer made on the same day or before. With :math:`c_k` and
    :math:`r_k` complaints and settlements up to the k-th event, those that settle nothing are
    :math:`\max(0, \max_k (r_k - c_k))`.

    Parameters
    ----------
    customer, day, event : numpy.ndarray, shape (k,)
        Position of the customer, day as a whole number, name of the event.
    start, end : numpy.ndarray, shape (n,)
        First and last day that count, by position of the customer.

    Returns
    -------
    dict
        ``referrals``, ``complaints``, ``complaints_resolved``, shape (n,) each; those left out of which no event tells
        at all, for nobody knows whether there were any.

    Examples
    --------
    >>> days, names = np.array([1, 2, 3, 9]), np.array(["complaint", "complaint", "complaint_resolved", "referral"])
    >>> counts_until(np.zeros(4, dtype=int), days, names, start=np.array([0]), end=np.array([5]))
    {'referrals': array([0]), 'complaints': array([2]), 'complaints_resolved': array([1])}
    """
    n = len(start)
    told = [name for name, label in NAMES.items() if (event == label).any()]
    kept = (day >= start[customer]) & (day <= end[customer])
    customer, day, event = customer[kept], day[kept], event[kept]
    complained, settled = event == COMPLAINT, event == RESOLVED
    n_complaints = np.bincount(customer[complained], minlength=n)
    n_settled = np.bincount(customer[settled], minlength=n)
    counts: dict[str, np.ndarray] = {
        "referrals": np.bincount(customer[event == REFERRAL], minlength=n),
        "complaints": n_complaints,
        "complaints_resolved": n_settled - _settling_nothing(customer, day, complained, settled, n),
    }
    return {name: count for name, count in counts.items() if name in told}


def event_names(column: pd.Series) -> np.ndarray:
    """Return the names of events as they are compared: "Complaint resolved" is complaint_resolved.

    Examples
    --------
    >>> event_names(pd.Series(["Complaint resolved", None])).tolist()
    ['complaint_resolved', '']
    """
    codes, labels = pd.factorize(column)
    names = [re.sub(r"[\s\-]+", "_", str(label).strip().casefold()) for label in labels]
    return np.array([*names, ""], dtype=object)[codes]


def _settling_nothing(customer, day, complained, settled, n) -> np.ndarray:
    """Return how many settlements of each customer come before there is a complaint left for them."""
    either = complained | settled
    customer, day, settled = customer[either], day[either], settled[either]
    order = np.lexsort((settled, day, customer))  # on one day the complaint comes first
    customer, step = customer[order], np.where(settled[order], 1, -1)
    total = np.cumsum(step)
    new = np.ones(len(customer), dtype=bool)
    new[1:] = customer[1:] != customer[:-1]
    first = np.flatnonzero(new)
    surplus = total - np.repeat(total[first] - step[first], np.diff(np.append(first, len(customer))))
    found = np.zeros(n, dtype=int)
    np.maximum.at(found, customer, surplus)
    return found
