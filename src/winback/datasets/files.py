"""Which files does a ready data set consist of? Customers and offers of a campaign; a shop's log and customers."""

from __future__ import annotations

import gzip
from functools import partial
from pathlib import Path

import pandas as pd

from winback.datasets.public import load_hillstrom
from winback.datasets.retail import simulate_shop_study
from winback.datasets.telecom import load_telecom_study
from winback.tables import write_files_together
from winback.terms.catalog import OfferCatalog, write_offers


def write_telecom(folder: str | Path) -> list[Path]:
    """Write the telecom study: leavers, offers, assumptions and the parameters behind it."""
    study = load_telecom_study()
    tables = {"leavers.csv.gz": study.lapsed, "assumptions.csv": study.assumptions}
    return _write(folder, tables | {"parameters.csv": study.truth.parameters}, study.offers)


def write_hillstrom(folder: str | Path) -> list[Path]:
    """Write Hillstrom's trial: customers and offers."""
    trial = load_hillstrom()
    return _write(folder, {"customers.csv.gz": trial.lapsed}, trial.offers)


def write_retail(folder: str | Path) -> list[Path]:
    """Write the shop: its log, the purchases after it, its customers, and the parameters behind them."""
    study = simulate_shop_study()
    tables = {"purchases.csv.gz": study.purchases, "later.csv.gz": study.later}
    return _write(folder, tables | {"customers.csv.gz": study.customers, "parameters.csv": study.truth.parameters})


def _write(folder, tables: dict[str, pd.DataFrame], offers: OfferCatalog | None = None) -> list[Path]:
    writers = {name: partial(write_table, frame) for name, frame in tables.items()}
    return write_files_together(folder, writers | ({"offers.toml": partial(write_offers, offers)} if offers else {}))


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a CSV, the same bytes at every run; compressed when its name ends in .gz."""
    text = frame.to_csv(index=False, lineterminator="\n").encode()
    path.write_bytes(gzip.compress(text, mtime=0) if path.suffix == ".gz" else text)
