"""What does each offer cost, and when is that cost due? Offers and their cost contract."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from winback.discounting import check_annual_discount, check_horizon
from winback.doors import ArgumentError, door_of_settings
from winback.tables.parsed import AS_THE_CELLS_TELL, Written
from winback.terms.contact_costs import BY_STEP, check_contact_costs
from winback.terms.contract_problems import problems_between, problems_of
from winback.terms.margin_share import check_margin_share
from winback.terms.organic import Organic, assumed_organic, check_organic_value, organic_in_words


@door_of_settings
@dataclass(frozen=True, kw_only=True)
class Offer:
    """One win-back offer and its cost contract.

    Parameters
    ----------
    name : str
        As in the column ``offer`` of the table of lapsed customers.
    paid : {"on_acceptance", "per_contact", "while_active"}
        What triggers the cost; there is no default, because it can decide which offer wins. ``on_acceptance``: in
        full for everyone who returns, also for those who leave early. ``per_contact``: in full for everyone who is
        sent the offer. ``while_active``: month by month while the returned customer stays, for ``months`` at most.
    amount : float, optional
        Full cost in money. Give this or ``amount_per_month``.
    amount_per_month : float, optional
        Cost per month; the full cost is ``amount_per_month * months``.
    percent_of_value : float, optional
        Instead of an amount: the share of the price that the offer takes off, 0.10 for 10%, paid on acceptance. Its
        cost is that share of the customer's ``value``, or of what the second lifetime brings within the horizon
        (discounted as that is); of the revenue behind it where the campaign's ``margin_share`` is known.
    months : float, optional
        How long the offer runs.
    max_cost : float, optional
        The cost of the offer for one customer never exceeds this (``contact_cost`` comes on top).
    contact_cost : float
        Cost of sending the offer, for everyone who is sent it.
    tailored_by : str, optional
        Column that decides which other offer a customer gets; the cost is then that offer's, its contact cost
        included, and a ``contact_cost`` given here comes on top.
    tailored : mapping, optional
        Value of that column -> name of the other offer.
    months_away : pair of float, optional
        Who may get it: those who have been away for at least and at most so many months on the day of the list.
    least_tenure : float, optional
        Likewise: whose first lifetime lasted at least so many months.
    wait_months : float, optional
        Likewise: who was sent no offer for so many months.

    Raises
    ------
    ValueError
        Listing everything that is wrong with the contract.

    Examples
    --------
    >>> Offer(name="discount", amount_per_month=20, months=6, paid="on_acceptance").full_cost
    120.0
    """

    name: str
    paid: str | None = None
    amount: float | None = None
    amount_per_month: float | None = None
    percent_of_value: float | None = None
    months: float | None = None
    max_cost: float | None = None
    contact_cost: float = 0.0
    tailored_by: str | None = None
    tailored: Mapping[str, str] = field(default_factory=dict)
    months_away: tuple[float, float] | None = None
    least_tenure: float | None = None
    wait_months: float | None = None

    def __post_init__(self):
        problems = list(problems_of(self))
        if problems:
            raise ValueError(f"Offer {self.name!r}: " + " ".join(problems))
        if self.months_away is not None:
            object.__setattr__(self, "months_away", tuple(map(float, self.months_away)))

    @property
    def full_cost(self) -> float:
        """Cost in full for one customer, without the contact cost; infinite when it runs without end.

        What a percentage of a customer's value costs differs by customer: not a number, or ``max_cost``.
        """
        if self.percent_of_value is not None:
            return math.nan if self.max_cost is None else float(self.max_cost)
        months = math.inf if self.months is None else self.months
        full = self.amount if self.amount is not None else self.amount_per_month * months
        return float(full if self.max_cost is None else min(full, self.max_cost))

    @property
    def paid_months(self) -> float:
        """Months for which a monthly amount is paid at most: the offer's months, or until ``max_cost`` is reached."""
        months = math.inf if self.months is None else self.months
        if self.max_cost is None or not self.amount_per_month:
            return months
        return min(months, self.max_cost / self.amount_per_month)


@door_of_settings
@dataclass(frozen=True)
class OfferCatalog:
    """The offers of a campaign, with what they have in common.

    Iterating gives the offers; ``catalog["discount"]`` finds one by its name.
    """

    offers: tuple[Offer, ...]
    currency: str = "$"
    horizon_months: float | None = None  # how long second lifetimes are counted
    annual_discount: float | None = None  # rate a year as a share
    organic: Organic | None = None  # share assumed to return without an offer: a value, (low, high), or by segment
    organic_value: float | None = None  # money, of one who returns without an offer
    adjust: tuple[str, ...] | None = None  # columns that the headline is adjusted for, declared before looking
    margin_share: float | None = None  # share of revenue that is margin, where the table has revenue
    contact_costs: object | None = None  # what says what the steps of each contact cost, in place of the offers' own
    columns: Mapping[str, str] = field(default_factory=dict, compare=False)  # winback's name of a column -> the table's
    written: Written = field(default=AS_THE_CELLS_TELL, compare=False)  # how the trial's table writes numbers and dates
    control: tuple[str, ...] | None = field(default=None, compare=False)  # labels that mean sent nothing

    def __post_init__(self):
        object.__setattr__(self, "offers", tuple(self.offers))
        problems = list(problems_between(self.offers))
        if problems:
            raise ValueError("Offers: " + " ".join(problems))
        if self.horizon_months not in (None, math.inf):  # without end only a model can count
            object.__setattr__(self, "horizon_months", check_horizon(self.horizon_months))
        if self.annual_discount is not None:
            object.__setattr__(self, "annual_discount", check_annual_discount(self.annual_discount))
        if isinstance(self.organic, list):
            object.__setattr__(self, "organic", tuple(self.organic))
        check_organic(self.organic)
        check_organic_value(self.organic_value)
        check_margin_share(self.margin_share)
        check_contact_costs(self.contact_costs, self.currency)
        check_adjust(self.adjust)
        object.__setattr__(self, "adjust", None if self.adjust is None else tuple(self.adjust))
        if self.control is not None:
            object.__setattr__(
                self, "control", (self.control,) if isinstance(self.control, str) else tuple(self.control)
            )

    def __iter__(self) -> Iterator[Offer]:
        return iter(self.offers)

    def __len__(self) -> int:
        return len(self.offers)

    def __getitem__(self, name: str) -> Offer:
        for offer in self.offers:
            if offer.name == name:
                return offer
        raise KeyError(f"There is no offer {name!r}; there are {', '.join(self.names)}.")

    @property
    def names(self) -> tuple[str, ...]:
        """The offers' names, in order."""
        return tuple(offer.name for offer in self.offers)

    @property
    def as_paid(self) -> OfferCatalog:
        """The same offers; a contact costs nothing of its own where contacts are costed step by step."""
        if self.contact_costs is None:
            return self
        return replace(self, offers=tuple(replace(offer, contact_cost=0.0) for offer in self))

    @property
    def terms_in_words(self) -> str:
        """The terms that decide what a customer is worth, as in a sentence."""
        if self.horizon_months is None:
            parts = ["value as measured"]
        else:
            rate = self.annual_discount  # in words it is interest: an offer may be called discount
            rate = f"less interest of {100 * rate:g}% a year" if rate else "no interest taken off"
            parts = [f"value over {self.horizon_months:g} months", rate]
        parts += [] if self.contact_costs is None else [BY_STEP]
        return ", ".join(parts if self.organic is None else [*parts, organic_in_words(self.organic)])


def as_catalog(offers: OfferCatalog | Iterable[Offer]) -> OfferCatalog:
    """Return a catalog, also from a plain list of offers."""
    if isinstance(offers, OfferCatalog):
        return offers
    if isinstance(offers, str | Path):
        raise ArgumentError(f"offers must be Offer objects; read the file first: load_offers({str(offers)!r}).")
    listed = list(offers) if isinstance(offers, Iterable) and getattr(offers, "ndim", 1) else [offers]
    if not isinstance(offers, Iterable) or not all(isinstance(offer, Offer) for offer in listed):
        raise ArgumentError(f"offers must be Offer objects, or an OfferCatalog; got {type(offers).__name__}.")
    return OfferCatalog(tuple(listed))


def check_organic(organic: Organic | None) -> None:
    """Refuse an assumption that could be used with no table: a segment's column is taken to hold the values named."""
    named = [column for column, shares in organic.items() if shares] if isinstance(organic, Mapping) else []
    if isinstance(organic, Mapping) and not named:
        raise ValueError("organic by segment must be {column: {value: share}} with one column.")
    if organic is not None:
        columns = {column: list(organic[column]) for column in named if isinstance(organic[column], Mapping)}
        assumed_organic(organic, pd.DataFrame(dict(list(columns.items())[:1])))


def check_adjust(adjust: Iterable[str] | None) -> None:
    """Refuse what is no list of columns."""
    if isinstance(adjust, str) or not all(isinstance(name, str) for name in adjust or ()):
        raise ValueError(f'adjust must be a list of columns, such as ["first_margin", "reason"]; got {adjust!r}.')
