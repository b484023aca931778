"""Which purchases without a contract did others publish? A shop's log of CDs, and donors over six years."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from winback.datasets.public_files import PublicFile, load_public_file
from winback.doors import door

LIFETIMES = (
    "https://raw.githubusercontent.com/CamDavidsonPilon/lifetimes/4f2833f4518621343bb6983eb3e540c11f66ec6a/"
    "lifetimes/datasets/"
)
CDNOW_SAMPLE, CDNOW_MASTER, DONATIONS = (
    PublicFile(name, f"{LIFETIMES}{name}", sha256)
    for name, sha256 in (
        ("CDNOW_sample.txt", "6fae10155c0b0ba363c2c386e30f77990d22328220efd862a5edd1443420d94a"),
        ("CDNOW_master.txt", "eff6889ed364c5199d6eacbbeb7a6d559971df4406ac876f322c373f00a072ef"),
        ("donations.csv", "82c25f26a201ff047e1cd5fe3d7967a45db92a025ecedee72ff8940e50104544"),
    )
)  # no licence is stated; the donors' counts are printed in the paper and on its authors' public page
MASTER_COLUMNS = ("customer_id", "date", "n_cds", "amount")  # the file's own headings are longer
SAMPLE_COLUMNS = ("master_id", *MASTER_COLUMNS)  # the sample has no headings


@dataclass(frozen=True)
class PublicLog:
    """A published log of purchases, and where it comes from."""

    purchases: pd.DataFrame = field(repr=False)  # one row per purchase, see `winback.tables.PURCHASES`
    source: PublicFile


@dataclass(frozen=True)
class PublicCustomers:
    """A published summary of what customers bought, and where it comes from."""

    customers: pd.DataFrame = field(repr=False)  # one row per customer, as `fit_purchases` takes it
    source: PublicFile


@door
def load_cdnow(*, sample: bool = True) -> PublicLog:
    """Return what CDNOW's new customers of early 1997 bought until June 1998, every purchase of CDs [1]_.

    Everyone first bought in the first quarter of 1997. The published summaries end with September 1997 and count free
    orders (``amount`` 0) as purchases, as `summarize_purchases` does: with ``until="1997-09-30"`` it gives them. Eight
    customers of the sample have free orders alone.

    Parameters
    ----------
    sample : bool
        True: the 1/10 sample that papers use, 2,357 customers. False: all 23,570.

    Returns
    -------
    PublicLog
        ``purchases`` has ``customer_id``, ``date``, ``amount`` (dollars) and ``n_cds``, every row of the file. In
        the sample ``customer_id`` counts from 1 as in the published summary, and ``master_id`` is the id among all.

    Raises
    ------
    RuntimeError
        When the file is neither in ``WINBACK_DATA_DIR`` nor to be fetched, or is not the published one.

    References
    ----------
    .. [1] Fader, P. S. & Hardie, B. G. S. (2001). Forecasting repeat sales at CDNOW. Interfaces 31(3), part 2.

    Examples
    --------
    >>> import winback as wb
    >>> log = wb.load_cdnow().purchases                                                  # doctest: +SKIP
    >>> seen = wb.summarize_purchases(log, period="W", until="1997-09-30")  # doctest: +SKIP
    >>> wb.fit_purchases(seen, "bg_nbd").describe()                                         # doctest: +SKIP
    """
    if not isinstance(sample, bool):
        raise ValueError(f"sample must be True (1/10 of the customers) or False (all of them); got {sample!r}.")
    file, columns = (CDNOW_SAMPLE, SAMPLE_COLUMNS) if sample else (CDNOW_MASTER, MASTER_COLUMNS)
    heading = None if sample else 0
    raw = pd.read_csv(load_public_file(file), sep=r"\s+", header=heading, names=list(columns))
    raw["date"] = pd.to_datetime(raw["date"].astype(str), format="%Y%m%d")
    return PublicLog(raw[["customer_id", "date", "amount", "n_cds", *(["master_id"] if sample else [])]], file)


@door
def load_donations() -> PublicCustomers:
    """Return 11,104 donors who first gave in 1995: in which of the six years that followed they gave again [1]_.

    The file counts equal donors; here every donor is a row, and ids are row numbers.

    Returns
    -------
    PublicCustomers
        ``customers`` has ``customer_id``, ``frequency`` (years with a gift), ``recency`` (the last of these years,
        1 to 6; 0 without one) and ``opportunities`` (6 years).

    Raises
    ------
    RuntimeError
        When the file is neither in ``WINBACK_DATA_DIR`` nor to be fetched, or is not the published one.

    References
    ----------
    .. [1] Fader, P. S., Hardie, B. G. S. & Shang, J. (2010). Customer-Base Analysis in a Discrete-Time
       Noncontractual Setting. Marketing Science 29(6).

    Examples
    --------
    >>> import winback as wb
    >>> donors = wb.load_donations().customers             # doctest: +SKIP
    >>> wb.fit_purchases(donors, "bg_bb", period="Y").describe()        # doctest: +SKIP
    """
    raw = pd.read_csv(load_public_file(DONATIONS))
    rows = raw.loc[raw.index.repeat(raw["weights"]), ["frequency", "recency", "periods"]].reset_index(drop=True)
    rows.insert(0, "customer_id", range(1, len(rows) + 1))
    return PublicCustomers(rows.rename(columns={"periods": "opportunities"}), DONATIONS)
