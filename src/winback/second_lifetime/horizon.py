"""Over how long is money counted, and what is later money worth? A trial's own terms, unless others are asked for."""

from __future__ import annotations

from dataclasses import dataclass

from winback.discounting import check_annual_discount, check_horizon
from winback.tables import AnyTable
from winback.trial.trial import Trial


@dataclass(frozen=True)
class Horizon:
    """Over how long money is counted, what later money is worth, and which money it is."""

    months: float
    annual_discount: float
    currency: str = "$"


def read_horizon(
    customers: AnyTable, horizon_months: float | None, annual_discount: float | None, currency: str | None
) -> Horizon:
    """Return the terms asked for; those of a trial where they are not given.

    Raises
    ------
    ValueError
        When a term is neither given nor a trial's, or is impossible.

    Examples
    --------
    >>> import winback as wb
    >>> read_horizon(wb.load_telecom_study().trial.over(annual_discount=0.1), 60, None, None)
    Horizon(months=60.0, annual_discount=0.1, currency='$')
    """
    asked = {"months": horizon_months, "annual_discount": annual_discount, "currency": currency}
    own = {"currency": Horizon.currency}
    if isinstance(customers, Trial):
        own = dict(zip(asked, (customers.horizon_months, customers.annual_discount, customers.currency), strict=True))
    months, rate, currency = ({**asked, **own}[name] if asked[name] is None else asked[name] for name in asked)
    return Horizon(check_horizon(months), check_annual_discount(rate), currency)
