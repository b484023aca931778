"""Real data that others published: fetched from their pinned source, checked by their hash, kept in a cache.

Set the environment variable ``WINBACK_DATA_DIR`` to a folder with copies of the files to work without a network.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from winback.offers.catalog import Offer, OfferCatalog


@dataclass(frozen=True)
class PublicFile:
    """A file somebody published, pinned by its hash."""

    name: str
    url: str
    sha256: str
    licence: str


HILLSTROM = PublicFile(
    name="hillstrom.csv",
    url="http://www.minethatdata.com/Kevin_Hillstrom_MineThatData_E-MailAnalytics_DataMiningChallenge_2008.03.20.csv",
    sha256="0e5893329d8b93cefecc571777672028290ab69865718020c78c7284f291aece",
    licence="none stated",
)
HILLSTROM_ARMS = {"No E-Mail": "none", "Mens E-Mail": "mens", "Womens E-Mail": "womens"}


@dataclass(frozen=True)
class PublicTrial:
    """A published trial as winback's tables.

    Attributes
    ----------
    lapsed : pandas.DataFrame
        One row per customer, see `winback.tables.LAPSED`.
    offers : OfferCatalog
        Its offers.
    source : PublicFile
        Where it comes from.
    """

    lapsed: pd.DataFrame = field(repr=False)
    offers: OfferCatalog
    source: PublicFile


def load_hillstrom(*, margin: float = 0.5, contact_cost: float = 0.10) -> PublicTrial:
    """Return Hillstrom's (2008) randomised e-mail trial: 64,000 customers, two offers and a control group.

    Customers had bought within the last twelve months; the e-mail advertised men's or women's merchandise, and visits
    and spending were counted for two weeks. The file has no ids: they are row numbers, and its many equal rows are
    different customers, so none is dropped.

    Parameters
    ----------
    margin : float
        Share of spending that is margin (assumed, the file has none): ``value`` = spend x margin.
    contact_cost : float
        Cost of one e-mail in dollars (assumed).

    Returns
    -------
    PublicTrial
        ``lapsed`` has ``customer_id``, ``months_away`` (since the last purchase), the covariates of the file,
        ``offer`` (none, mens, womens), ``returned`` (visited) and ``value``.

    Raises
    ------
    RuntimeError
        When the file is neither in ``WINBACK_DATA_DIR`` nor to be fetched, or is not the published one.

    Examples
    --------
    >>> import winback as wb
    >>> trial = wb.load_hillstrom()                                  # doctest: +SKIP
    >>> wb.compare_offers(trial.lapsed, trial.offers).describe()     # doctest: +SKIP
    """
    if not 0 < margin <= 1:
        raise ValueError(f"margin must be a share above 0 and up to 1; got {margin}.")
    raw = pd.read_csv(load_public_file(HILLSTROM))
    lapsed = pd.DataFrame(
        {
            "customer_id": range(1, len(raw) + 1),
            "months_away": raw["recency"].astype(float),
            "past_spend": raw["history"],
            "bought_mens": raw["mens"].astype(bool),
            "bought_womens": raw["womens"].astype(bool),
            "zip_area": raw["zip_code"],
            "new_customer": raw["newbie"].astype(bool),
            "channel": raw["channel"],
            "offer": raw["segment"].map(HILLSTROM_ARMS),
            "returned": raw["visit"].astype(bool),
            "value": raw["spend"] * margin,
        }
    )
    names = [name for name in HILLSTROM_ARMS.values() if name != "none"]
    offers = [Offer(name=name, amount=contact_cost, paid="per_contact") for name in names]
    return PublicTrial(lapsed, OfferCatalog(tuple(offers), currency="$"), HILLSTROM)


def load_public_file(file: PublicFile) -> Path:
    """Return the path of a published file whose content is the published one.

    Raises
    ------
    RuntimeError
        Saying what to do.
    """
    by_hand = f"Fetch it by hand from {file.url} and set WINBACK_DATA_DIR to its folder."
    folder = os.environ.get("WINBACK_DATA_DIR")
    if folder:
        path = Path(folder) / file.name
        if not path.is_file():
            raise RuntimeError(f"WINBACK_DATA_DIR has no file {file.name}. {by_hand}")
        if hashlib.sha256(path.read_bytes()).hexdigest() != file.sha256:
            raise RuntimeError(f"{path.name} in WINBACK_DATA_DIR is not the published file. {by_hand}")
        return path
    return _fetch(file, by_hand)


def _fetch(file: PublicFile, by_hand: str) -> Path:
    try:
        import pooch
    except ModuleNotFoundError:
        raise RuntimeError("Fetching public data needs pooch: pip install 'winback[public]'.") from None
    pooch.get_logger().setLevel("ERROR")
    try:
        fetched = pooch.retrieve(
            file.url, known_hash=f"sha256:{file.sha256}", fname=file.name, path=pooch.os_cache("winback")
        )
    except ValueError:
        raise RuntimeError(f"{file.name} at its source is no longer the published file. {by_hand}") from None
    except OSError as error:  # no network, no host, no such page
        raise RuntimeError(f"{file.name} could not be fetched ({type(error).__name__}). {by_hand}") from None
    return Path(fetched)
