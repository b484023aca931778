"""Which tables of lost customers did others publish? A trial of e-mails, and a textbook's win-backs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from winback.datasets.public_files import PublicFile, load_public_file
from winback.doors import door
from winback.periods import Period
from winback.terms.catalog import Offer, OfferCatalog
from winback.trial.read import read_trial
from winback.trial.trial import Trial

HILLSTROM = PublicFile(
    name="hillstrom.csv",
    url="http://www.minethatdata.com/Kevin_Hillstrom_MineThatData_E-MailAnalytics_DataMiningChallenge_2008.03.20.csv",
    sha256="0e5893329d8b93cefecc571777672028290ab69865718020c78c7284f291aece",
)
WINBACK_BOOK = PublicFile(
    name="customerWinBack.rda",
    url="https://raw.githubusercontent.com/cran/SMCRM/862935424ff2faadb0f44a136c8c5dbecf3bac52/data/customerWinBack.rda",
    sha256="3f84243159c63264901c9859cc9e522ecc535b5554f9383e68e5b857be2801b4",
    licence="GPL-3",
)
DAYS_PER_MONTH = Period(1, "M").days
HILLSTROM_ARMS = {"No E-Mail": "none", "Mens E-Mail": "mens", "Womens E-Mail": "womens"}


@dataclass(frozen=True)
class PublicTable:
    """A published table of lapsed customers, and where it comes from."""

    lapsed: pd.DataFrame = field(repr=False)  # one row per customer, see `winback.tables.LAPSED`
    source: PublicFile


@dataclass(frozen=True)
class PublicTrial(PublicTable):
    """A published trial: such a table, and what was offered."""

    offers: OfferCatalog

    @cached_property
    def trial(self) -> Trial:
        """The trial, read and checked."""
        return replace(read_trial(self.lapsed, self.offers), source=self.source.name)


@door
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
    >>> wb.compare_offers(wb.load_hillstrom().trial).describe()     # doctest: +SKIP
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
    return PublicTrial(lapsed, HILLSTROM, OfferCatalog(tuple(offers), currency="$"))


@door
def load_winback_book() -> PublicTable:
    """Return the 500 lost customers of Kumar & Petersen (2012), chapter 7: who was won back, how long, worth how much.

    All second lifetimes have ended. Durations are given in days as well, as the chapter uses them. The file's value of
    -5 for those who did not return is left out. ``price_change`` is filled in for some who did not return as well,
    contrary to its description.

    Returns
    -------
    PublicTable
        ``lapsed`` has ``customer_id``, ``first_tenure``, ``first_days``, ``months_away``, ``days_away``,
        ``offer_value`` (money), ``price_change``, ``gender``, ``age``, ``returned``, ``second_tenure``,
        ``second_days``, ``second_ended``, ``second_margin`` (value / months) and ``second_value`` (money).

    Raises
    ------
    RuntimeError
        When the file is neither in ``WINBACK_DATA_DIR`` nor to be fetched, or is not the published one.

    References
    ----------
    .. [1] Kumar, V. & Petersen, J. A. (2012). Statistical Methods in Customer Relationship Management, chapter 7.

    Examples
    --------
    >>> import winback as wb
    >>> wb.load_winback_book().lapsed["returned"].sum()     # doctest: +SKIP
    295
    """
    try:
        import rdata
    except ModuleNotFoundError:
        raise RuntimeError("Reading this file needs rdata: pip install 'winback[public]'.") from None
    raw = rdata.read_rda(load_public_file(WINBACK_BOOK))["customerWinBack"].reset_index(drop=True)
    returned = raw["reacquire"] == 1
    months, value = raw["duration_2"] / DAYS_PER_MONTH, raw["sclv"].where(returned)
    lapsed = pd.DataFrame(
        {
            "customer_id": raw["customer"].astype(int),
            "first_tenure": raw["duration_1"] / DAYS_PER_MONTH,
            "first_days": raw["duration_1"],
            "months_away": raw["duration_lapse"] / DAYS_PER_MONTH,
            "days_away": raw["duration_lapse"],
            "offer_value": raw["offer"],
            "price_change": raw["price_change"],
            "gender": raw["gender"].astype(int),
            "age": raw["age"],
            "returned": returned,
            "second_tenure": months.where(returned),
            "second_days": raw["duration_2"].where(returned),
            "second_ended": pd.Series(True, index=raw.index, dtype="boolean").where(returned),
            "second_margin": value / months,
            "second_value": value,
        }
    )
    return PublicTable(lapsed, WINBACK_BOOK)
