"""How do the estimators of customers' value join the laws? Contracts, purchases, spend, and logs of purchases."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from contract_data import drawn_customers
from laws import Estimator
from shoppers import donors, shoppers, spenders

import winback as wb

PARAMS = {"estimates": "^estimate$", "std_errors": "^std_error$", "tolerance": 1e-5}


def contracts(fit, **more):
    """Return the parameters of a contract model of customers under contract."""

    def estimate(table, _):
        found = fit(table, period="M", tenure="tenure", ended="ended", **more)
        return found.params.set_index(["equation", "term"])

    return estimate


def under_contract(rng):
    return drawn_customers(rng, n=2000)


def buyers(model, parameters, n=1200, day=1 / 7):
    """Return a draw of customers of a model of purchases, in three shops."""

    def draw(rng):
        table = shoppers(rng, model, parameters, n, (30, 50), day)
        return table.assign(shop=rng.choice(["north", "south", "web"], n))

    return draw


BG_NBD = "bg_nbd", (0.8, 4.0, 0.9, 2.4)


def purchases(fit):
    """Return the parameters of a model of purchases."""

    def estimate(table, _):
        return fit(table, period="W").params.set_index("term")

    return estimate


def expected_by_shop(table, _):
    """Return each shop's expected purchases, and those of one customer: the total's std error grows with the total."""
    fit = wb.fit_purchases(table, "bg_nbd", period="W")
    totals = fit.total(table, 26, by="shop").set_index("group")
    return totals.assign(each=totals["expected"] / totals["n"], each_std_error=totals["std_error"] / totals["n"])


def spend(table, _):
    """Return the parameters of spend and what customers are expected to spend, side by side."""
    fit = wb.fit_spend(table)
    rows = fit.params.set_index("term")[["estimate", "std_error"]].stack()
    expected = pd.Series({"mean_spend": fit.mean_spend, "best": fit.predict(table)["expected"].max()})
    rows.index = rows.index.map(" ".join)
    return pd.concat([rows, expected]).to_frame().T


def shop_with_spend(rng):
    """Draw buyers in three shops who also spend, by the gamma-gamma model."""
    table = buyers(*BG_NBD, n=700, day=1.0)(rng)
    x = table["frequency"].to_numpy()
    amounts = rng.gamma(np.maximum(6.0 * x, 1e-3), 1 / (rng.gamma(4.0, 1 / 60.0, len(x)) * np.maximum(x, 1)))
    return table.assign(mean_spend=np.where(x > 0, amounts, np.nan))


def shops_in_money(table, _):
    """Return what each shop's customers are worth."""
    fit, money = wb.fit_purchases(table, "bg_nbd", period="W"), wb.fit_spend(table)
    base = wb.base_value(fit, table, by="shop", margin=money, margin_share=0.3, annual_discount=0.1, horizon="1Y")
    frame = base.frame.set_index("segment")
    reach = np.log(frame["value_high"] / frame["value_low"])
    return frame.drop(columns=frame.filter(regex="_(low|high)$")).assign(relative_std_error=reach)


def contracts_in_money(table, money):
    """Return what each channel's customers under contract are worth."""
    fit = wb.fit_contracts(table, "sbg", period="M", tenure="tenure", ended="ended")
    here = table[~table["ended"]]
    base = wb.base_value(fit, here, by="channel", margin=30 * money, annual_discount=0.1)
    return base.frame.set_index("segment")


def each_in_money(table, _):
    """Return what each customer of a shop is worth, most valuable first; equal ones once."""
    fit, money = wb.fit_purchases(table, "bg_nbd", period="W"), wb.fit_spend(table)
    values = wb.lifetime_value(fit, table, margin=money, margin_share=0.3, annual_discount=0.1, horizon="1Y")
    columns = values.to_frame()[["expected", "margin", "value", "value_low", "value_high"]]
    ranked = columns.drop_duplicates().sort_values(["value", "expected"], ascending=False)
    return ranked.head(50).reset_index(drop=True)


def log_of_purchases(rng, n=500):
    """Draw a log with refunds, gaps, purchases of one day, and rows after the end."""
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 120, n), unit="D")
    log = pd.DataFrame({"customer_id": rng.integers(0, 60, n), "date": day, "amount": rng.normal(20, 15, n)})
    log.loc[rng.random(n) < 0.03, "amount"] = np.nan
    log.loc[rng.random(n) < 0.03, "date"] = pd.NaT
    return log


def summary(table):
    return wb.summarize_purchases(table, period="W", until="2024-04-15")


LOG = {"draw": log_of_purchases, "money_in": ("amount",), "customer": None}  # rows are purchases

ESTIMATORS = (
    Estimator("fit_sbg", under_contract, contracts(partial(wb.fit_contracts, model="sbg")), **PARAMS),
    Estimator(
        "fit_sbg, formula",
        under_contract,
        contracts(partial(wb.fit_contracts, model="sbg"), formula="channel"),
        **PARAMS,
    ),
    Estimator("fit_bdw", under_contract, contracts(partial(wb.fit_contracts, model="bdw")), **PARAMS),
    Estimator(
        "fit_bdw, formula",
        under_contract,
        contracts(partial(wb.fit_contracts, model="bdw"), formula="channel"),
        **PARAMS,
    ),
    Estimator("fit_bg_nbd", buyers(*BG_NBD), purchases(partial(wb.fit_purchases, model="bg_nbd")), **PARAMS),
    Estimator(
        "fit_mbg_nbd",
        buyers("mbg_nbd", (0.9, 4.0, 0.9, 2.4)),
        purchases(partial(wb.fit_purchases, model="mbg_nbd")),
        **PARAMS,
    ),
    Estimator(
        "fit_pareto_nbd",
        buyers("pareto_nbd", (0.8, 4.0, 0.9, 10.0)),
        purchases(partial(wb.fit_purchases, model="pareto_nbd")),
        **PARAMS,
    ),
    Estimator(
        "fit_bg_bb",
        lambda rng: donors(rng, (1.2, 0.8, 0.7, 3.0), 1200, 10),
        purchases(partial(wb.fit_purchases, model="bg_bb")),
        **PARAMS,
    ),
    Estimator(
        "PurchaseFit.total",
        buyers(*BG_NBD, n=700, day=1.0),
        expected_by_shop,
        estimates="^each$",
        totals="^(n|expected)$",
        std_errors="^each_std_error$",
        tolerance=1e-5,
    ),
    Estimator(
        "fit_spend",
        lambda rng: spenders(rng, (6.0, 4.0, 15.0), 500),
        spend,
        money_in=("mean_spend",),
        money="^(v|mean_spend|best)",
        estimates="^(.* estimate|mean_spend|best)$",
        std_errors="std_error$",
        tolerance=1e-5,
    ),
    Estimator(
        "base_value",
        shop_with_spend,
        shops_in_money,
        money_in=("mean_spend",),
        money="value|per_customer|constant_churn",
        estimates="^(per_customer|gap|share)$",
        totals="^(n|value|constant_churn)$",
        std_errors="std_error$",
        tolerance=1e-5,
        dear=True,
    ),
    Estimator(
        "base_value, contracts",
        under_contract,
        contracts_in_money,
        money="value|per_customer|constant_churn",
        estimates="^(per_customer|gap|share)$",
        totals="^(n|value|constant_churn)$",
        tolerance=1e-5,
    ),
    Estimator(
        "lifetime_value",
        shop_with_spend,
        each_in_money,
        money_in=("mean_spend",),
        money="value|margin",
        estimates="^(expected|margin|value)$",
        tolerance=1e-5,
        dear=True,
    ),
    Estimator(
        "summarize_purchases",
        estimate=lambda t, _: summary(t).customers.set_index("customer_id").sort_index(),
        money="^mean_spend$",
        **LOG,
    ),
    Estimator(
        "summarize_purchases, what was dropped",
        estimate=lambda t, _: summary(t).frame.set_index("what"),
        money="^amount$",
        **LOG,
    ),
)
