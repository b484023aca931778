"""Which files does a ready data set consist of? Customers and offers of a campaign; a shop's log and customers."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import pandas as pd

from winback.datasets.public import load_hillstrom
from winback.datasets.retail import simulate_shop_study
from winback.datasets.telecom import load_telecom_study
from winback.tables import check_writable, write_files_together
from winback.terms.catalog import OfferCatalog
from winback.terms.offers_file import write_offers

# Known before the work, so that a folder that cannot be written into is refused before it.
COMPANY = ("contracts", "events", "served_by", "sent")  # tables of the study that are written as CSV
TELECOM = (
    *("leavers.csv.gz", "assumptions.csv", "parameters.csv", "offers.toml"),
    *(f"{name}.csv.gz" for name in COMPANY),
)
HILLSTROM = ("customers.csv.gz", "offers.toml")
RETAIL = ("purchases.csv.gz", "later.csv.gz", "customers.csv.gz", "parameters.csv")


def write_telecom(folder: str | Path) -> list[Path]:
    """Write the telecom study: leavers, offers, the company around them, assumptions and the parameters behind it."""
    check_writable(folder, TELECOM)
    study = load_telecom_study()
    tables = [study.lapsed, study.assumptions, study.truth.parameters, study.offers]
    return _write(folder, TELECOM, (*tables, *(getattr(study, name) for name in COMPANY)))


def write_hillstrom(folder: str | Path) -> list[Path]:
    """Write Hillstrom's trial: customers and offers."""
    check_writable(folder, HILLSTROM)
    trial = load_hillstrom()
    return _write(folder, HILLSTROM, (trial.lapsed, trial.offers))


def write_retail(folder: str | Path) -> list[Path]:
    """Write the shop: its log, the purchases after it, its customers, and the parameters behind them."""
    check_writable(folder, RETAIL)
    study = simulate_shop_study()
    return _write(folder, RETAIL, (study.purchases, study.later, study.customers, study.truth.parameters))


def _write(folder, names: Iterable[str], parts: Iterable[pd.DataFrame | OfferCatalog]) -> list[Path]:
    writers = {
        name: partial(write_offers if isinstance(part, OfferCatalog) else write_table, part)
        for name, part in zip(names, parts, strict=True)
    }
    return write_files_together(folder, writers)


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a CSV, the same bytes at every run; compressed when its name ends in .gz."""
    text = frame.to_csv(index=False, lineterminator="\n").encode()
    path.write_bytes(gzip.compress(text, mtime=0) if path.suffix == ".gz" else text)
