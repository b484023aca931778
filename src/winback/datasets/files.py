"""Which files does a ready data set consist of? Customers and offers of a campaign; a shop's log and customers."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd

from winback.datasets.public import load_hillstrom
from winback.datasets.retail import simulate_shop_study
from winback.datasets.telecom import load_telecom_study
from winback.tables import write_files_together
from winback.terms.catalog import write_offers


def write_telecom(folder: str | Path) -> list[Path]:
    """Write the telecom study: leavers, offers, assumptions and the parameters behind it."""
    study = load_telecom_study()
    return write_files_together(
        folder,
        {
            "leavers.csv.gz": lambda path: write_table(study.lapsed, path),
            "offers.toml": lambda path: write_offers(study.offers, path),
            "assumptions.csv": lambda path: write_table(study.assumptions, path),
            "parameters.csv": lambda path: write_table(study.truth.parameters, path),
        },
    )


def write_hillstrom(folder: str | Path) -> list[Path]:
    """Write Hillstrom's trial: customers and offers."""
    trial = load_hillstrom()
    return write_files_together(
        folder,
        {
            "customers.csv.gz": lambda path: write_table(trial.lapsed, path),
            "offers.toml": lambda path: write_offers(trial.offers, path),
        },
    )


def write_retail(folder: str | Path) -> list[Path]:
    """Write the shop: its log, the purchases after it, its customers, and the parameters behind them."""
    study = simulate_shop_study()
    return write_files_together(
        folder,
        {
            "transactions.csv.gz": lambda path: write_table(study.transactions, path),
            "later.csv.gz": lambda path: write_table(study.later, path),
            "customers.csv.gz": lambda path: write_table(study.customers, path),
            "parameters.csv": lambda path: write_table(study.truth.parameters, path),
        },
    )


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a CSV, the same bytes at every run; compressed when its name ends in .gz."""
    text = frame.to_csv(index=False, lineterminator="\n").encode()
    path.write_bytes(gzip.compress(text, mtime=0) if path.suffix == ".gz" else text)
