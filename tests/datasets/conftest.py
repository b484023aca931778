"""What do the tests of the company share? Its lives, put together from the contracts alone."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from winback.datasets.telecom.calendar import LAST_DAY, MONTH_ZERO

GRACE = 30  # days between two contracts that are a change of contract


def days(dates, missing=np.inf):
    """Return dates as days counted from month 0; a missing one as told."""
    counted = (pd.to_datetime(dates) - pd.Timestamp(MONTH_ZERO)).dt.days
    return counted.astype(float).fillna(missing).to_numpy()


def lives_from(contracts):
    """Put contracts with gaps up to the grace period together: start, end (inf = still here), margin, reason."""
    table = contracts.assign(start=days(contracts["start"]), end=days(contracts["end"]))
    table = table.sort_values(["customer_id", "start"], kind="stable")
    gap = table["start"] - table.groupby("customer_id")["end"].shift()
    table["life"] = (~(gap <= GRACE)).groupby(table["customer_id"]).cumsum()
    length = np.minimum(table["end"], LAST_DAY) - table["start"]
    groups = table.assign(length=length, earned=length * table["margin"]).groupby(["customer_id", "life"])
    lives = groups.agg(
        start=("start", "first"),
        end=("end", "last"),
        n_contracts=("start", "size"),
        reason=("reason", "last"),
        satisfaction=("satisfaction", "last"),
        length=("length", "sum"),
        earned=("earned", "sum"),
    ).reset_index()
    return lives.assign(margin=lives["earned"] / lives["length"])


def drawn_company(study):
    """Return a study's company: its tables, its lives and its events with days."""
    happened = study.events.assign(day=days(study.events["date"]))
    return SimpleNamespace(
        lives=lives_from(study.contracts),
        events=happened,
        named={name: rows for name, rows in happened.groupby("event", observed=True)},
        contracts=study.contracts,
        served_by=study.served_by,
        truth=study.company.truth,
    )


@pytest.fixture(scope="session")
def company_of():
    return drawn_company


@pytest.fixture(scope="session")
def company(study):
    """Draw the company of the study; no test may change it."""
    return drawn_company(study)
