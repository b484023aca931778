"""Does a type checker know what winback returns? Calls as an analyst writes them, read by `python3 run.py check`.

A wrong call carries the error that mypy must find: were the name ``Any``, there would be none, and mypy would say so.
"""

from typing import assert_type

import winback as wb
from winback.offers.comparison import OfferComparison
from winback.policies.learned import LearnedPolicy
from winback.purchases.purchase_fit import PurchaseFit


def which_offer_pays_and_for_whom() -> None:
    study = wb.load_telecom_study()
    assert_type(wb.compare_offers(study.lapsed, study.offers), OfferComparison)
    assert_type(wb.learn_policy(study.lapsed, study.offers, by=["reason"]), LearnedPolicy)


def what_is_a_customer_worth() -> None:
    shop = wb.load_shop()
    customers = wb.summarize_transactions(shop.transactions, period="W", until=shop.until)
    fit = wb.fit_pareto_nbd(customers.to_frame(), period="W")
    assert_type(fit, PurchaseFit)
    wb.plots.plot_tracking(wb.validate_purchases(fit, wb.load_cdnow()))  # type: ignore[arg-type]


def what_is_wrong() -> None:
    wb.compare_offers(discount=0.10)  # type: ignore[call-arg]
    wb.win_them_all()  # type: ignore[attr-defined]
