"""Which customers of a base are there to be valued? Those with a contract, by their next renewal, or all buyers."""

from __future__ import annotations

from winback.base.contract_base import ContractBase
from winback.doors import ArgumentError
from winback.purchases.purchase_fit import PurchaseFit
from winback.purchases.spend import SpendFit
from winback.tables import CUSTOMERS_TABLE, has_table
from winback.tables.foreign import as_pandas
from winback.value.contracts.contract_fit import ContractFit


def customers_to_value(fit: ContractFit | PurchaseFit, customers: object) -> object:
    """Return the customers of a base in the periods of a fit; a frame of another package as one of pandas, all else as
    it is.
    """  # noqa: D205
    if isinstance(customers, ContractBase):
        if not isinstance(fit, ContractFit):
            raise ArgumentError("customers have contracts, the fit is of purchases: fit_contracts(base, ...).")
        if fit.period is None:
            raise ArgumentError("fit has no period: say how long one period of the model is.")
        return customers.still_here(fit.period)
    if has_table(customers, CUSTOMERS_TABLE):
        if isinstance(fit, ContractFit):
            raise ArgumentError("customers buy without a contract, and the fit is of contracts: fit_purchases(base).")
        period = customers.summary.period
        if period != fit.period:
            raise ArgumentError(f"customers count time in {period}, the fit in {fit.period}: fit_purchases(base).")
        return customers.table_of(CUSTOMERS_TABLE)
    return as_pandas(customers)


def share_of_margin(customers: object, margin: object, asked: float | None) -> float | None:
    """Return the share of the money that is margin: as asked for, else of a base's purchases what it was read with.

    Raises
    ------
    ArgumentError
        When both are given and differ.
    """
    own = getattr(customers, "margin_share", None) if has_table(customers, CUSTOMERS_TABLE) else None
    if own is None or not isinstance(margin, SpendFit):
        return 1.0 if asked is None else asked
    if asked is not None and asked != own:
        raise ArgumentError(f"margin_share is {own:g} for this base, as it was read; got {asked!r}. Leave it out.")
    return own
