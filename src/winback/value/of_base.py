"""Which customers of a base are there to be valued? Those with a contract, by their next renewal, or all buyers."""

from __future__ import annotations

from winback.base.contract_base import ContractBase
from winback.doors import ArgumentError
from winback.purchases.purchase_fit import PurchaseFit
from winback.purchases.spend import SpendFit
from winback.results import Sentences, format_percent
from winback.tables import CUSTOMERS_TABLE, has_table
from winback.tables.foreign import as_pandas
from winback.value.base_worth import BaseValue
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


def two_rules(value: BaseValue, customers: object) -> Sentences:
    """Say that constant churn and the losses of a base of buyers call other people lost; nothing without two rules.

    Examples
    --------
    >>> import winback as wb
    >>> base = wb.load_shop_study().base
    >>> worth = wb.base_value(wb.fit_purchases(base, "pareto_nbd"), base, margin=1, annual_discount=0.1, horizon="3Y")
    >>> print(two_rules(worth, base).splitlines()[0][-75:])
    who is silent for more than 220 days is lost, and it counts the last year.
    """
    if value.active_within is None or not has_table(customers, CUSTOMERS_TABLE):
        return Sentences.of([])
    share = format_percent(value.annual_churn)
    silence = value.active_within.count(1).removeprefix("1 period of ")
    return Sentences.of(
        [
            f"Two rules for who is lost, two shares: the {share} of constant churn takes for lost who has not bought "
            f"for {silence}, over all the time watched; by the rule of the losses themselves "
            f"who is {customers.rule.in_words} is lost, and it counts the last year.",
            "The value uses neither: everybody counts with the chance to be still a customer.",
        ]
    )


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
