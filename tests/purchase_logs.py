"""Published logs as purchase days: CDNOW's new customers, and the regular buyers of an online grocer."""

from __future__ import annotations

import datetime
import os
import warnings
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.base.purchase_days import PurchaseDays

JUDGED_ON, UNTIL = (datetime.date.fromisoformat(day).toordinal() for day in ("1997-09-30", "1998-06-30"))
UNIX = datetime.date(1970, 1, 1).toordinal()


def skip_without(name):
    if not os.environ.get("WINBACK_DATA_DIR"):
        pytest.skip(f"WINBACK_DATA_DIR is not set: no copy of {name} to read")


@cache
def cdnow_days():
    """Return CDNOW's log, all customers, without rows of amount 0: the log that `lost.md` was computed from."""
    skip_without("CDNOW_master.txt")
    log = wb.load_cdnow(sample=False).purchases
    log = log[log["amount"] != 0]
    day = (log["date"] - pd.Timestamp("1970-01-01")).dt.days + UNIX
    return PurchaseDays.of(pd.factorize(log["customer_id"])[0], day, until=UNTIL)


@cache
def grocery_log():
    """Return the grocer's log: `customer_id` and `date` of each purchase of regular buyers, 2006 and 2007."""
    skip_without("groceryElog.rda")
    rdata = pytest.importorskip("rdata", reason="reading groceryElog.rda needs rdata")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Missing constructor for R class")
        log = rdata.read_rda(Path(os.environ["WINBACK_DATA_DIR"]) / "groceryElog.rda")["groceryElog"]
    days = pd.Timestamp("1970-01-01") + pd.to_timedelta(log["date"].to_numpy().astype(np.int64), unit="D")
    return pd.DataFrame({"customer_id": log["cust"].to_numpy(), "date": days})


@cache
def grocery_days():
    """Return its days."""
    log = grocery_log()
    day = (log["date"] - pd.Timestamp("1970-01-01")).dt.days + UNIX
    return PurchaseDays.of(pd.factorize(log["customer_id"])[0], day)
