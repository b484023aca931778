"""What do the customers of a simulated shop buy until a day, and after it?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from winback.datasets.retail.arguments import check_arguments
from winback.datasets.retail.assumptions import PURCHASES, SPEND, parameters_frame
from winback.datasets.retail.customers import add_mistakes, draw_customers, first_purchases, purchases_between
from winback.datasets.retail.discounts import draw_discounts, draw_habits, draw_referrals
from winback.datasets.retail.shop import RetailTruth, ShopStudy
from winback.doors import door, door_of_settings

SEED = 20160301
CAVEAT = (
    "The shop is simulated from the very models that are fitted here: that they fit is built in and no finding; your "
    "log may be less kind, and the hold-out will say so. What is assumed is listed in data/retail/README.md."
)
LAST_DATE = pd.Timestamp("2260-12-31")  # later dates cannot be stored
# One random stream per part. New parts go to the end, so that older ones never change.
PARTS = (
    *("joins", "rate", "leaving", "scale", "leaves", "channel", "first", "repeat", "later", "mistakes"),
    *("bargain_hunters", "promoters", "discounts", "later_discounts", "referrals"),
)


@door
def load_shop_study() -> ShopStudy:
    """Return the simulated shop: the default draw of `simulate_shop_study`, that of ``data/retail``.

    A log of one's own is read by `winback.read_purchases`.

    Examples
    --------
    >>> len(load_shop_study().customers)
    3000
    """
    return simulate_shop_study()


@door_of_settings
def simulate_shop_study(
    n_customers: int = 3000,
    *,
    first_day: date | str = "2022-01-01",
    until: date | str = "2024-06-30",
    later_days: int = 365,
    mistakes: bool = True,
    purchases: Mapping[str, float] = PURCHASES,
    spend: Mapping[str, float] = SPEND,
    rng: int | np.random.Generator | None = SEED,
) -> ShopStudy:
    r"""Simulate a shop's log of purchases with known truth: Pareto/NBD [1]_ and gamma-gamma [2]_ by construction.

    While active a customer buys at random times at a rate of their own, and leaves at a rate of their own without
    saying so. Spend per purchase varies around a mean of their own. Time is continuous, and the log records the day.
    Customers first buy within the first three fifths of the log. Some buy on discount, some bring others along; neither
    changes what is bought. The defaults are the study in ``data/retail``.

    Parameters
    ----------
    n_customers : int
        Customers, all of whom have bought by ``until``.
    first_day, until : date or text
        First and last day of ``purchases``.
    later_days : int
        Days after ``until`` that ``later`` covers; they change nothing else.
    mistakes : bool
        True adds rows as real logs have them: refunds (negative), amounts of zero, buyers without a ``customer_id``.
        The purchases are the same with and without them. Some customers buy twice on a day in any case.
    purchases : mapping
        ``r``, ``alpha``, ``s``, ``beta`` of the Pareto/NBD model, in weeks.
    spend : mapping
        ``p``, ``q``, ``v`` of the gamma-gamma model, in dollars.
    rng : int, Generator or None
        Seed or generator; None draws afresh.

    Raises
    ------
    ValueError
        Listing everything that is wrong with the arguments.

    Notes
    -----
    A model that counts days with a purchase sees slightly fewer purchases than there were, most of all for heavy
    buyers. With the defaults these are about 2 in 100, and the estimate of alpha is about one standard error too high.
    A smaller ``r / alpha`` makes the loss smaller.

    References
    ----------
    .. [1] Schmittlein, D. C., Morrison, D. G. & Colombo, R. (1987). Counting your customers. Management Science 33.
    .. [2] Fader, P. S. & Hardie, B. G. S. (2013). The gamma-gamma model of monetary value.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_shop_study(500)
    >>> seen = wb.summarize_purchases(study.purchases, period="W", until=study.truth.until)
    >>> len(seen.customers), wb.fit_purchases(seen, "pareto_nbd").converged
    (500, True)
    """
    begin, end = check_arguments(
        n_customers, first_day, until, later_days=later_days, mistakes=mistakes, purchases=purchases, spend=spend
    )
    streams = dict(zip(PARTS, np.random.default_rng(rng).spawn(len(PARTS)), strict=True))
    days = (end - begin).days + 1
    drawn = draw_customers(n_customers, days, purchases, spend, streams)
    shape = spend["p"]
    first, repeat = first_purchases(drawn, shape, streams["first"]), (drawn, 0, days, shape, streams["repeat"])
    log = pd.concat([first, purchases_between(*repeat)], ignore_index=True)
    habits = draw_habits(n_customers, streams)
    referrals, brought = draw_referrals(log, drawn["joins"].to_numpy(), habits, streams["referrals"])
    log = log.assign(discount=draw_discounts(log, habits, streams["discounts"]), referrals=referrals)
    if mistakes:
        log = add_mistakes(log, days, streams["mistakes"])
    later = purchases_between(drawn, days, days + later_days, shape, streams["later"])
    later = later.assign(discount=draw_discounts(later, habits, streams["later_discounts"]), referrals=0)
    ids = _customer_ids(n_customers)
    known = pd.concat([_true_customers(drawn, ids, begin), habits], axis=1)
    truth = RetailTruth(parameters_frame(purchases, spend, mistakes), known, end)
    referred = np.where(brought, "yes", "no")
    customers = pd.DataFrame({"customer_id": ids, "channel": drawn["channel"], "referred": referred})
    return ShopStudy(
        purchases=_dated(log, ids, begin),
        customers=customers,
        until=end,
        later=_dated(later, ids, begin),
        truth=truth,
        made_with=(("seed of the simulation", str(rng)),) if isinstance(rng, int) else (),
        caveat=CAVEAT,
    )


def _customer_ids(n: int) -> np.ndarray:
    """Return ids C00001, C00002, ...: text, as shops have them, so that a missing id changes no other."""
    width = max(5, len(str(n)))
    return np.array([f"C{number:0{width}d}" for number in range(1, n + 1)], dtype=object)


def _dated(log, ids, begin) -> pd.DataFrame:
    log = log.sort_values("time", kind="stable", ignore_index=True)
    return pd.DataFrame(
        {
            "customer_id": np.append(ids, None)[log["who"]],  # a place of -1 is the last: nobody
            "date": _on(log["time"].to_numpy(), begin),
            "amount": log["amount"],
            "discount": log["discount"],
            "referrals": log["referrals"],
        }
    )


def _true_customers(drawn, ids, begin) -> pd.DataFrame:
    furthest = (LAST_DATE - pd.Timestamp(begin)).days
    leaves = drawn["leaves"].to_numpy()
    return pd.DataFrame(
        {
            "customer_id": ids,
            "purchases_per_week": drawn["rate"],
            "leaving_per_week": drawn["leaving"],
            "leaves_on": pd.Series(_on(np.minimum(leaves, furthest), begin)).where(leaves <= furthest),
            "mean_spend": drawn["mean_spend"],
        }
    )


def _on(time, begin) -> np.ndarray:
    """Return the dates of times in days since the log began."""
    return (np.datetime64(begin, "D") + np.floor(time).astype(np.int64)).astype("datetime64[ns]")
