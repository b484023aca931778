"""Which call of each public function is valid? One line each, on small tables; damaged and tried by tests/hard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd
from matplotlib import pyplot

import winback as wb
from winback import plots, tables
from winback.doors import door
from winback.lost import Classes
from winback.offers import Acquire, ByThemselves, Keep, WinBack
from winback.offers.by_group import offers_by_group
from winback.offers.payback import payback
from winback.planning import Choice, Comparisons, FollowUp

OFFERS = [
    wb.Offer(name="call", paid="per_contact", amount=2.0),
    wb.Offer(name="gift", paid="on_acceptance", amount=9.0),
]
RUNNING = [
    wb.Offer(name="call", paid="per_contact", amount=2.0),
    wb.Offer(name="gift", paid="on_acceptance", amount=9.0, months=6),
]
TERMS = {"horizon_months": 12.0, "annual_discount": 0.1}
FORMULAS = {"reacquisition": "offer + months_away", "tenure": "offer", "margin": "offer"}
CODEBOOK = {
    "reason": [
        {"name": "price", "cause": "company", "words": "the price", "patterns": {"en": ["expensive", "/pric(e|es)/"]}},
        {"name": "moved", "cause": "customer", "involuntary": True, "patterns": ["moved"]},
    ],
    "set_aside": {"negated": ["not because of"], "turned": "but"},
}
ONE_SPLIT = wb.Splits(folds=3, repeats=1)


@dataclass(frozen=True)
class Call:
    """A call that is right as it stands."""

    function: Callable
    arguments: dict = field(default_factory=dict)  # by name; the first ``n_positional`` are given by position

    @property
    def tables(self) -> list[str]:
        """Names of the arguments that are tables."""
        return [name for name, value in self.arguments.items() if isinstance(value, pd.DataFrame)]

    def __call__(self, **instead):
        """Make the call, with other values for some arguments."""
        return self.function(**{**self.arguments, **instead})


@cache
def lapsed(n: int = 360) -> pd.DataFrame:
    """Return lost customers of a trial of two offers and a random control, with second lifetimes."""
    rng = np.random.default_rng(1)
    back = rng.random(n) < 0.5
    months, seen = rng.lognormal(2.5, 0.7, n).round(2) + 0.01, rng.uniform(13, 30, n).round(2)
    return pd.DataFrame(
        {
            "customer_id": np.arange(1, n + 1),
            "first_tenure": rng.gamma(2, 8, n).round(2) + 0.01,
            "first_margin": rng.gamma(4, 8, n).round(2),
            "reason": rng.choice(["price", "service"], n),
            "complaints": rng.integers(0, 4, n),
            "months_away": rng.integers(0, 12, n).astype(float),
            "offer": np.array(["call", "gift", "none"])[np.arange(n) % 3],
            "returned": back,
            "second_tenure": np.where(back, np.minimum(months, seen), np.nan),
            "second_ended": pd.array(np.where(back, months <= seen, None), dtype="boolean"),
            "second_margin": np.where(back, rng.gamma(4, 8, n).round(2), np.nan),
            "second_reason": pd.Series(np.where(back & (months <= seen), rng.choice(["price", "moved"], n), None)),
        }
    )


@cache
def exit_texts() -> pd.DataFrame:
    """Return what 60 customers said when leaving."""
    said = ["Too expensive", "zu teuer", "太贵了", "не из-за цены", "rude staff, 40 minutes on hold", None, "?"]
    return pd.DataFrame({"customer_id": np.arange(1, 61), "exit_text": [said[k % len(said)] for k in range(60)]})


@cache
def measured() -> pd.DataFrame:
    """Return the same with value measured directly."""
    table = lapsed().drop(columns=["second_tenure", "second_ended", "second_reason"])
    return table.rename(columns={"second_margin": "value"})


@cache
def trial() -> wb.Trial:
    return wb.read_trial(measured(), OFFERS)


@cache
def lives() -> wb.Trial:
    return wb.read_trial(lapsed(), OFFERS, **TERMS)


@cache
def policy():
    return wb.learn_policy(trial(), by=["months_away"], splits=ONE_SPLIT)


@cache
def costed_policy():
    """Return a policy that was learned with what the contacts of the playbook cost."""
    sent = measured().loc[lambda table: table["offer"] != "none"]
    counted = wb.read_trial(sent, OFFERS).over(contact_costs=wb.load_playbook())
    return wb.learn_policy(counted, by=["months_away"], splits=ONE_SPLIT)


@cache
def contacts_made() -> pd.DataFrame:
    """Return a plan made before, as a table."""
    days = pd.Timestamp("2026-01-05") + pd.to_timedelta(np.arange(20), unit="D")
    return pd.DataFrame({"customer_id": np.arange(1, 21), "date": days, "channel": "letter"})


@cache
def contacts_planned():
    """Return a plan of contacts with 60 customers."""
    asked = lapsed().head(60).assign(returned=False)[["customer_id", "months_away", "reason", "first_margin"]]
    return wb.outreach_plan(costed_policy(), asked, start="2026-01-05")


@cache
def came_of_it() -> pd.DataFrame:
    """Return what came of them."""
    ids = contacts_planned().customers["customer_id"]
    back = np.arange(len(ids)) % 3 == 0
    return pd.DataFrame({"customer_id": ids, "returned": back, "value": np.where(back, 30.0, 0.0), "cost": 4.0})


@cache
def two_part():
    return wb.fit_two_part(lapsed(), **FORMULAS)


@cache
def values():
    return wb.second_lifetime_value(two_part(), lives())


@cache
def base_contracts(n: int = 120) -> pd.DataFrame:
    """Return contracts of customers some of whom left, and some of those came back."""
    rng = np.random.default_rng(4)
    start, stay, away = rng.integers(0, 700, n), rng.integers(20, 500, n), rng.integers(40, 200, n)
    first = {"customer_id": np.arange(1, n + 1), "start": start, "end": start + stay}
    second = pd.DataFrame({**first, "start": start + stay + away, "end": start + stay + away + 150}).head(n // 2)
    table = pd.concat([pd.DataFrame(first), second], ignore_index=True)
    days = {name: pd.Timestamp("2022-01-01") + pd.to_timedelta(table[name], unit="D") for name in ("start", "end")}
    known = {"margin": rng.gamma(4, 8, len(table)).round(2), "reason": rng.choice(["price", "moved"], len(table))}
    return table.assign(**days, **known, manager=rng.choice(["ann", "bob"], len(table)))


@cache
def base_events() -> pd.DataFrame:
    """Return what happened to them."""
    rng, table = np.random.default_rng(5), base_contracts()
    days = table["start"] + pd.to_timedelta(rng.integers(0, 200, len(table)), unit="D")
    names = rng.choice(["complaint", "complaint_resolved", "referral", "contact"], len(table))
    found = pd.DataFrame({"customer_id": table["customer_id"], "date": days, "event": names, "amount": 1.0})
    answers = found.assign(event="satisfaction", amount=rng.integers(1, 6, len(table)).astype(float))
    return pd.concat([found, answers], ignore_index=True)


@cache
def base_offers() -> pd.DataFrame:
    """Return the offers sent to those who left first."""
    table = base_contracts().head(100)
    return pd.DataFrame(
        {
            "customer_id": table["customer_id"],
            "offer": np.array(["call", "gift", "none"])[np.arange(100) % 3],
            "offered_on": table["end"] + pd.Timedelta(days=35),
        }
    )


@cache
def served_by() -> pd.DataFrame:
    """Return who serves whom."""
    table = base_contracts()
    return table[["customer_id", "manager"]].assign(**{"from": table["start"], "to": table["end"]})


@cache
def base():
    return wb.read_contracts(base_contracts(), base_events(), until="2024-06-30")


@cache
def used_base():
    """Return the same with how much they used each month."""
    rng, rows = np.random.default_rng(6), base_contracts()
    days = [pd.date_range(row.start, row.end, freq="ME") for row in rows.itertuples()]
    used = pd.DataFrame({"customer_id": np.repeat(rows["customer_id"], [len(each) for each in days])})
    used = used.assign(date=np.concatenate(days), event="volume", amount=rng.gamma(4, 5, len(used)))
    return wb.read_contracts(base_contracts(), used, until="2024-06-30")


@cache
def risk():
    return wb.fit_churn_risk(base(), "log1p(tenure) + manager")


@cache
def served_base():
    """Return the same with who served whom, and one who left."""
    gone = base_events().head(9).assign(event="manager_left", manager="ann", date=pd.Timestamp("2023-03-01"))
    events = pd.concat([base_events(), gone], ignore_index=True)
    return wb.read_contracts(base_contracts(), events, served_by=served_by(), until="2024-06-30")


@cache
def worth() -> pd.DataFrame:
    """Return what 40 customers would bring under each offer."""
    rng = np.random.default_rng(2)
    ids = pd.Index(np.arange(1, 41), name="customer_id")
    return pd.DataFrame(rng.gamma(2, 9, (40, 2)).round(2), index=ids, columns=["call", "gift"])


@cache
def segments_at_risk() -> pd.DataFrame:
    """Return figures of three segments of customers at risk."""
    known = {"segment": ["low", "middle", "high"], "n": [60, 30, 10], "hazard": [0.05, 0.04, 0.03]}
    known |= {"hazard_low": [0.04, 0.03, 0.02], "hazard_high": [0.06, 0.05, 0.04], "margin": [9.0, 30.0, 99.0]}
    return pd.DataFrame(known).assign(win_back_value=[60.0, 250.0, 900.0])


@cache
def at_risk() -> pd.DataFrame:
    """Return customers at risk."""
    rng = np.random.default_rng(6)
    known = {"customer_id": np.arange(1, 41), "risk": rng.beta(1, 20, 40).round(4)}
    return pd.DataFrame(known | {"margin": rng.gamma(4, 8, 40).round(2)})


@cache
def known_lives() -> wb.Trial:
    """Return the trial of second lives under a short horizon."""
    return lives().over(horizon_months=9.0)


@cache
def kept_or_not():
    stated = {"win_back": WinBack(0.4, None, 20.0), "by_themselves": ByThemselves(0.05)}
    return wb.compare_win_back_keep_acquire(
        segments_at_risk(), keep=Keep(5.0, 0.3), horizon_months=12, annual_discount=0.1, **stated
    )


@cache
def log() -> pd.DataFrame:
    """Return a shop's log of purchases."""
    rng = np.random.default_rng(3)
    days = pd.to_datetime("2024-01-01") + pd.to_timedelta(rng.integers(0, 360, 400), unit="D")
    return pd.DataFrame(
        {"customer_id": rng.integers(1, 90, 400), "date": days, "amount": rng.gamma(3, 9, 400).round(2)}
    )


@cache
def shoppers() -> pd.DataFrame:
    """Return what else is known of the shop's customers."""
    return pd.DataFrame({"customer_id": np.arange(1, 90), "channel": np.array(["web", "shop"])[np.arange(89) % 2]})


@cache
def buyers():
    return wb.read_purchases(log(), until="2024-12-31", customers=shoppers())


@cache
def offers_to_buyers() -> pd.DataFrame:
    """Return offers sent to all of them."""
    return pd.DataFrame(
        {"customer_id": np.arange(1, 90), "offer": np.array(["call", "gift", "none"])[np.arange(89) % 3]}
    ).assign(offered_on=pd.Timestamp("2024-10-01"))


@cache
def summary():
    return wb.summarize_purchases(log(), period="W", until="2024-12-31")


@cache
def contracts() -> pd.DataFrame:
    return pd.DataFrame(
        {"tenure": np.arange(1, 9), "ended": [1, 1, 1, 1, 1, 1, 1, 0], "n": [90, 60, 40, 30, 20, 15, 12, 300]}
    )


@cache
def contract_fit():
    return wb.fit_contracts(contracts(), "sbg", tenure="tenure", ended="ended", weights="n", period="Y")


@cache
def purchase_fit():
    return wb.fit_purchases(summary(), "bg_nbd")


@cache
def duration():
    return wb.fit_duration(lapsed(), "offer", "weibull")


@cache
def repeat_churn():
    return wb.fit_repeat_churn(lapsed())


@cache
def curves():
    return wb.survival_curve(lapsed(), "reason", horizon_months=12.0)


@cache
def plan():
    return wb.allocate_budget(worth(), OFFERS, budget=50.0, costs={"call": 2.0, "gift": 5.0})


@cache
def figures() -> pd.DataFrame:
    """Return what is assumed of two offers and of customers without one."""
    return pd.DataFrame(
        {"offer": ["call", "gift", "none"], "n": [900, 900, 900], "acceptance": [0.4, 0.3, 0.1]}
        | {"value": [60.0, 70.0, 50.0], "cost": [2.0, 9.0, 0.0], "paid": ["per_contact", "on_acceptance", None]}
    )


def to_the_end(ask: Callable) -> Callable:
    """Return what reads contracts and asks: a damage that is read must not come to light later."""

    @door
    def asked(contracts, events, served_by=None, until="2024-06-30"):
        return ask(wb.read_contracts(contracts, events, served_by=served_by, until=until))

    return asked


def shop_to_the_end(ask: Callable) -> Callable:
    """Return the same for a log of purchases."""

    @door
    def asked(purchases, customers, until="2024-12-31", lost=60):
        return ask(wb.read_purchases(purchases, customers=customers, until=until, lost=lost))

    return asked


def drawn(plot: Callable, result):
    """Draw a result, and close the figure."""
    with pyplot.rc_context():
        try:
            return str(plot(result))
        finally:
            pyplot.close("all")


def asked_to_the_end() -> dict[str, Call]:
    """Return a call of every question about the lost, from tables."""
    known, events = base_contracts(), served_base().events
    told = known.assign(exit_text=np.resize(exit_texts()["exit_text"].to_numpy(), len(known)))
    told = told.assign(reported_by=np.resize(["employee", "customer"], len(known)), satisfaction=4.0)
    rows = {"contracts": told, "events": base_events()}
    bought = {"purchases": log().assign(discount=np.arange(400) % 3 / 10, referrals=np.arange(400) % 7 // 6)}
    bought |= {"customers": shoppers()}
    of_contracts = {
        "lost_report": lambda base: wb.lost_report(base, by="manager"),
        "triage": lambda base: wb.triage(base, chance=0.2, organic=0.1),
        "key_moments": lambda base: wb.key_moments(base, by="manager"),
        "fit_churn_risk": lambda base: wb.fit_churn_risk(base, "log1p(tenure) + manager").predict(months=2),
        "reason_table": wb.reason_table,
        "reason_table by a codebook": lambda base: wb.reason_table(base, codebook=CODEBOOK),
        "satisfied_leavers": wb.satisfied_leavers,
        "call_list": lambda base: wb.triage(base).call_list(),
        "losses": lambda base: drawn(plots.plot_losses, wb.lost_report(base, period="3M")),
        "flow": lambda base: drawn(plots.plot_flow, wb.lost_report(base, period="M")),
        "cohorts": lambda base: drawn(plots.plot_cohorts, wb.lost_report(base, period="3M")),
    }
    of_log = {
        "lost_report": lambda base: wb.lost_report(base, by="channel"),
        "triage": wb.triage,
        "base_stages": lambda base: wb.base_stages(base, before="2024-06-30"),
    }
    served = {"contracts": known, "events": events, "served_by": served_by()}
    return (
        {f"{name} from contracts": Call(to_the_end(ask), dict(rows)) for name, ask in of_contracts.items()}
        | {f"{name} from a log": Call(shop_to_the_end(ask), dict(bought)) for name, ask in of_log.items()}
        | {"manager_concentration from contracts": Call(to_the_end(wb.manager_concentration), served)}
    )


@cache
def calls() -> Mapping[str, Call]:
    """Return a valid call of every public function, and of the methods that take arguments; no test may change them."""
    table, few = measured(), lapsed().head(60)
    split = {"splits": ONE_SPLIT}
    tree = policy()
    compared = wb.compare_offers(trial())
    return {
        "read_trial": Call(wb.read_trial, {"customers": table, "offers": OFFERS}),
        "read_trial of second lives": Call(wb.read_trial, {"customers": lapsed(), "offers": OFFERS, **TERMS}),
        "read_contracts": Call(
            wb.read_contracts,
            {
                "contracts": base_contracts(),
                "events": base_events(),
                "until": "2024-06-30",
                "since": "2022-03-01",
                "served_by": served_by(),
                "involuntary": ["moved"],
            },
        ),
        "read_contracts alone": Call(
            wb.read_contracts,
            {"contracts": base_contracts(), "until": "2024-06-30", "grace_days": 30, "day_first": True},
        ),
        "lapsed": Call(base().lapsed, {"asof": "2023-12-31"}),
        "lapsed with offers": Call(base().lapsed, {"sent": base_offers()}),
        "as_of": Call(base().as_of, {"day": "2023-06-30"}),
        "lost_report": Call(
            wb.lost_report,
            {"base": base(), "by": "manager", "period": "3M", "sent": base_offers(), "account_share": 0.05},
        ),
        "chance_of_return of a report": Call(
            wb.lost_report(base()).chance_of_return, {"months_away": [0.0, 6.0], "within_months": 6.0}
        ),
        "funnel": Call(wb.lost_report(base(), by="manager").funnel, {"n": [10, 100]}),
        "in_periods": Call(base().in_periods, {"period": "M"}),
        "still_here": Call(base().still_here, {"period": "M"}),
        "read_purchases": Call(
            wb.read_purchases,
            {
                "purchases": log(),
                "until": "2024-12-31",
                "lost": "rhythm",
                "customers": shoppers(),
                "period": "W",
                "margin_share": 0.3,
                "currency": "$",
                "columns": {"date": "date"},
                "decimal": ".",
                "day_first": True,
            },
        ),
        "read_purchases alone": Call(wb.read_purchases, {"purchases": log().astype({"date": str}), "lost": 60}),
        "lapsed buyers": Call(buyers().lapsed, {"asof": "2024-11-30"}),
        "lapsed buyers with offers": Call(buyers().lapsed, {"sent": offers_to_buyers(), "within_months": 1.0}),
        "false_alarms": Call(buyers().false_alarms, {"within": 60, "level": 0.9}),
        "survival_curve of buyers": Call(wb.survival_curve, {"customers": buyers(), "by": "channel"}),
        "fit_purchases of a base": Call(wb.fit_purchases, {"customers": buyers(), "model": "bg_nbd", "level": 0.9}),
        "fit_spend of a base": Call(wb.fit_spend, {"customers": buyers(), "level": 0.9}),
        "base_value of a base": Call(
            wb.base_value,
            {"fit": purchase_fit(), "customers": buyers(), "margin": 5.0, "annual_discount": 0.1, "by": "channel"},
        ),
        "survival_curve of a base": Call(
            wb.survival_curve, {"customers": base(), "by": "manager", "lifetime": "first"}
        ),
        "competing_risks of a base": Call(wb.competing_risks, {"customers": base(), "by": "manager"}),
        "fit_duration of a base": Call(wb.fit_duration, {"customers": base(), "formula": "manager"}),
        "survival_curve of first lives": Call(
            wb.survival_curve,
            {"customers": base().first_lives().assign(first_watched_from=0.0), "lifetime": "first", "by": "manager"},
        ),
        "competing_risks of first lives": Call(
            wb.competing_risks, {"customers": base().first_lives(), "lifetime": "first", "horizon_months": 9.0}
        ),
        "fit_contracts of a base": Call(wb.fit_contracts, {"data": base(), "period": "M", "formula": "manager"}),
        "compare_offers": Call(wb.compare_offers, {"trial": trial(), "level": 0.9}),
        "sensitivity": Call(compared.sensitivity, {"varied": "organic", "values": [0.0, 0.1]}),
        "offer_scores": Call(wb.offer_scores, {"trial": trial(), "outcome": "profit", "folds": 3, "rng": 0}),
        "learn_policy": Call(wb.learn_policy, {"trial": trial(), "by": ["reason"], "depth": 1, **split}),
        "evaluate_policy": Call(
            wb.evaluate_policy,
            {"trial": trial(), "policy": {"price": "call", "service": "gift"}, "by": "reason", **split},
        ),
        "model_policy": Call(wb.model_policy, {**FORMULAS, "joint": False, "link": "probit"}),
        "contact_list": Call(tree.contact_list, {"lapsed": few}),
        "outreach_plan": Call(
            wb.outreach_plan,
            {
                "policy": costed_policy(),
                "customers": few,
                "start": "2026-01-05",
                "already": contacts_made(),
                "back": pd.DataFrame({"customer_id": [3, 4]}),
                "keep_back": 0.1,
            },
        ),
        "aftercare_plan": Call(
            wb.outreach.aftercare_plan,
            {
                "base": buyers(),
                "playbook": wb.load_playbook(),
                "start": "2025-01-01",
                "until": "2025-02-28",
                "already": contacts_made(),
            },
        ),
        "load_playbook": Call(wb.load_playbook, {"path": None}),
        "check of a plan of contacts": Call(contacts_planned().check, {"outcomes": came_of_it()}),
        "calendar": Call(contacts_planned().calendar, {"by": "week"}),
        "assign": Call(tree.assign, {"customers": few}),
        "spending_curve": Call(wb.spending_curve, {"trial": trial(), "budgets": [1.0, 2.0], **split}),
        "allocate_budget": Call(
            wb.allocate_budget,
            {"values": worth(), "offers": OFFERS, "budget": 50.0, "costs": {"call": 2.0, "gift": 5.0}},
        ),
        "profit_share_frontier": Call(
            wb.profit_share_frontier,
            {"values": worth(), "offers": OFFERS, "chances": worth() / (worth().max().max() + 1)},
        ),
        "offer_economics": Call(wb.offer_economics, {"summary": figures().head(2), "organic": 0.1}),
        "compare_win_back_keep_acquire": Call(
            wb.compare_win_back_keep_acquire,
            {
                "figures": segments_at_risk(),
                "keep": Keep(5.0, (0.2, 0.4), 0.2),
                "win_back": WinBack(0.4, None, 20.0, 1.0),
                "by_themselves": ByThemselves(0.05, 90.0),
                "acquire": Acquire(0.05, 90.0, 3.0),
                "horizon_months": 12,
                "annual_discount": 0.1,
                "level": 0.9,
            },
        ),
        "compare_win_back_keep_acquire by customer": Call(
            wb.compare_win_back_keep_acquire,
            {
                "figures": at_risk(),
                "keep": Keep(5.0, 0.3),
                "by_themselves": ByThemselves(0.0),
                "horizon_months": 6,
                "annual_discount": 0.0,
            },
        ),
        "compare_win_back_keep_acquire of a risk": Call(
            wb.compare_win_back_keep_acquire, {"figures": risk(), "keep": Keep(5.0, 0.3), "win_back": known_lives()}
        ),
        "compare_win_back_keep_acquire of a base": Call(
            wb.compare_win_back_keep_acquire, {"figures": base(), "keep": Keep(5.0, 0.3), "win_back": known_lives()}
        ),
        "plot_keep_or_win_back": Call(plots.plot_keep_or_win_back, {"result": kept_or_not()}),
        "plan_trial": Call(
            wb.plan_trial,
            {"figures": trial(), "difference": 2.0, "power": 0.8, "compare": Comparisons(), "choice": Choice()},
        ),
        "plan_trial of second lives": Call(wb.plan_trial, {"figures": lives(), "follow_up": FollowUp(12.0)}),
        "survival_curve": Call(wb.survival_curve, {"customers": lapsed(), "by": "reason", "horizon_months": 12.0}),
        "fit_repeat_churn": Call(
            wb.fit_repeat_churn,
            {"lapsed": lapsed(), "formula": "1", "hazards": "complaints", "several": {"both": ["price"]}},
        ),
        "watch_list": Call(
            repeat_churn().watch_list,
            {"lapsed": lapsed(), "newly_months": 30.0, "within_months": 3.0, "horizon_months": 12.0}
            | {"share_prevented": 0.2},
        ),
        "susceptible": Call(repeat_churn().susceptible, {"lapsed": lapsed()}),
        "predict of repeat churn": Call(repeat_churn().predict, {"lapsed": few, "horizon_months": 6.0}),
        "early_leaving": Call(repeat_churn().early_leaving, {"by": "offer"}),
        "competing_risks": Call(wb.competing_risks, {"customers": lapsed(), "horizon_months": 12.0}),
        "fit_duration": Call(wb.fit_duration, {"customers": lapsed(), "formula": "offer", "distribution": "weibull"}),
        "fit_two_part": Call(wb.fit_two_part, {"customers": lapsed(), **FORMULAS, "link": "logit"}),
        "second_lifetime_value": Call(
            wb.second_lifetime_value, {"fit": two_part(), "trial": lives(), "customers": few}
        ),
        "check of a fit": Call(two_part().check, {"held_out": lapsed()}),
        "chance_of_return": Call(two_part().chance_of_return, {"customers": few}),
        "check of values": Call(values().check, {"level": 0.9}),
        "summarize_purchases": Call(
            wb.summarize_purchases, {"purchases": log(), "period": "W", "until": "2024-12-31", "amount": "amount"}
        ),
        "fit_purchases": Call(wb.fit_purchases, {"customers": summary().customers, "model": "bg_nbd", "period": "W"}),
        "fit_spend": Call(wb.fit_spend, {"customers": summary().customers}),
        "fit_contracts": Call(
            wb.fit_contracts,
            {"data": contracts(), "tenure": "tenure", "ended": "ended", "weights": "n", "period": "Y"},
        ),
        "lifetime_value": Call(
            wb.lifetime_value,
            {
                "fit": purchase_fit(),
                "customers": summary().customers,
                "margin": 20.0,
                "annual_discount": 0.1,
            },
        ),
        "base_value": Call(
            wb.base_value, {"fit": contract_fit(), "customers": [50, 40, 30], "margin": 90.0, "annual_discount": 0.1}
        ),
        "over": Call(lives().over, {"horizon_months": 10.0}),
        "tailored rule judged": Call(
            wb.evaluate_policy(trial(), {"price": "call", "service": "gift"}, by="reason", splits=ONE_SPLIT).misstated,
            {"shares": [0.0, 0.2]},
        ),
        "fit_joint": Call(wb.fit_joint, {"customers": lapsed(), **FORMULAS}),
        "predict of a fit": Call(two_part().predict, {"customers": few, "offers": ["call"], "horizon_months": 12.0}),
        "effects": Call(two_part().effects, {"customers": lapsed()}),
        "rankings": Call(values().rankings, {"shares": [0.1, 0.5], "level": 0.9}),
        "not_worth_a_contact": Call(values().not_worth_a_contact, {"contact_costs": [1.0, 5.0], "by": "reason"}),
        "segments": Call(values().segments, {"by": "reason"}),
        "survival of a duration": Call(duration().survival, {"customers": few, "months": [3.0, 6.0]}),
        "remaining": Call(duration().remaining, {"customers": few, "horizon_months": 12.0, "after_months": 3.0}),
        "predict of purchases": Call(
            purchase_fit().predict, {"customers": summary().customers, "periods": 10.0, "annual_discount": 0.1}
        ),
        "total of purchases": Call(purchase_fit().total, {"customers": summary().customers, "periods": 10.0}),
        "survival of contracts": Call(contract_fit().survival, {"periods": [1, 2, 3]}),
        "discounted_lifetime": Call(contract_fit().discounted_lifetime, {"annual_discount": 0.1}),
        "measure of a plan": Call(plan().measure, {"trial": trial(), "level": 0.9}),
        "curve of a plan": Call(plan().curve, {"n_points": 5}),
        "hold_out of a log": Call(summary().hold_out, {"after": "2024-09-30"}),
        "load_shop_study": Call(wb.load_shop_study, {}),
        "plot_leaving_again": Call(plots.plot_leaving_again, {"fit": repeat_churn(), "months": 12.0}),
        "plot_cured": Call(plots.plot_cured, {"fit": repeat_churn()}),
        "plot_survival": Call(plots.plot_survival, {"curves": curves()}),
        "plot_flow": Call(plots.plot_flow, {"report": wb.lost_report(base())}),
        "plot_losses": Call(plots.plot_losses, {"report": wb.lost_report(base())}),
        "plot_returns": Call(
            plots.plot_returns, {"report": wb.lost_report(base()), "months": 12.0, "published": False}
        ),
        "plot_buyer": Call(plots.plot_buyer, {"base": buyers(), "customer_id": 3}),
        "plot_funnel": Call(plots.plot_funnel, {"report": wb.lost_report(base(), by="manager")}),
        "plot_reason_money": Call(plots.plot_reason_money, {"table": wb.reason_table(base())}),
        "plot_calls": Call(plots.plot_calls, {"triage": wb.triage(base())}),
        "plot_effort": Call(plots.plot_effort, {"triage": wb.triage(base())}),
        "plot_cohorts": Call(plots.plot_cohorts, {"report": wb.lost_report(base())}),
        "plot_profit_and_roi": Call(plots.plot_profit_and_roi, {"result": compared}),
        "plot_profit_steps": Call(plots.plot_profit_steps, {"result": compared, "offer": "gift"}),
        "plot_trial_flow": Call(plots.plot_trial_flow, {"trial": trial()}),
        "offers_by_group": Call(offers_by_group, {"comparison": compared, "by": "reason"}),
        "plot_offers_by_group": Call(plots.plot_offers_by_group, {"found": offers_by_group(compared, "reason")}),
        "payback": Call(payback, {"comparison": wb.compare_offers(lives())}),
        "plot_payback": Call(plots.plot_payback, {"found": payback(wb.compare_offers(lives()))}),
        "plot_worth_map": Call(plots.plot_worth_map, {"values": values()}),
        "plot_tornado": Call(plots.plot_tornado, {"what_if": compared.what_if()}),
        "plot_chance_active": Call(plots.plot_chance_active, {"fit": purchase_fit(), "age": 30.0}),
        "plot_spending_curve": Call(
            plots.plot_spending_curve, {"curve": wb.spending_curve(trial(), [1.0, 2.0], splits=ONE_SPLIT)}
        ),
        "hold_out": Call(wb.hold_out, {"customers": table, "share": 0.3, "rng": 1}),
        "triage": Call(
            wb.triage,
            {"base": base(), "horizon_months": 12.0, "annual_discount": 0.1, "chance": 0.4, "organic": 0.1},
        ),
        "triage by a fit": Call(
            wb.triage,
            {
                "base": base(),
                "fit": wb.fit_two_part(base(), reacquisition="reason", tenure="1", margin="first_margin"),
                "classes": Classes(),
            },
        ),
        "call_list": Call(wb.triage(base()).call_list, {"most": 5}),
        "most_an_offer_may_cost": Call(
            wb.triage(base()).most_an_offer_may_cost, {"chances": [0.1, 0.4], "organic": 0.05}
        ),
        "base_stages": Call(
            wb.base_stages, {"base": buyers(), "asof": "2024-12-01", "before": "2024-06-30", "level": 0.9}
        ),
        "manager_concentration": Call(
            wb.manager_concentration,
            {"base": served_base(), "months": 2.0, "teams": {"ann": "x", "bob": "x"}, "level": 0.9},
        ),
        "key_moments": Call(
            wb.key_moments,
            {"base": base(), "moments": {"complaint": 61, "contact": 30}, "by": "manager", "level": 0.9},
        ),
        "key_moments of returning": Call(
            wb.key_moments,
            {"base": base(), "moments": ["complaint"], "of": "returning", "sent": base_offers().head(9)},
        ),
        "key_moments of second lives": Call(
            wb.key_moments, {"base": lapsed(), "of": "leaving again", "offers": RUNNING, "window_days": 30}
        ),
        "plot_key_moments": Call(
            plots.plot_key_moments, {"result": wb.key_moments(lapsed(), of="leaving again", offers=RUNNING)}
        ),
        "fit_churn_risk": Call(
            wb.fit_churn_risk, {"base": base(), "formula": "log1p(tenure) + manager", "months": 24, "level": 0.9}
        ),
        "predict of a churn risk": Call(risk().predict, {"base": base(), "months": 3}),
        "score": Call(risk().score, {"customer": {"tenure": 7, "manager": "ann"}}),
        "check of a churn risk": Call(risk().check, {"months": 12, "flagged": 0.2}),
        "net_benefit": Call(risk().check(months=12).net_benefit, {"cost": 1.0, "share_prevented": 0.2, "months": 9}),
        "about_to_leave": Call(
            risk().about_to_leave, {"cost": 1.0, "share_prevented": 0.2, "months": 6, "annual_discount": 0.1}
        ),
        "shrinking_volume": Call(
            wb.retention.shrinking_volume, {"base": used_base(), "event": "volume", "below": 0.9, "within_months": 2}
        ),
        "for_a_cost": Call(
            wb.retention.shrinking_volume(used_base()).for_a_cost, {"cost": 1.0, "share_prevented": 0.2, "months": 6}
        ),
        "plot_churn_risk": Call(plots.plot_churn_risk, {"check": risk().check(months=12)}),
        "plot_worth_keeping": Call(
            plots.plot_worth_keeping, {"found": risk().about_to_leave(cost=1, share_prevented=0.2)}
        ),
        "plot_calendar": Call(
            plots.plot_calendar, {"plan": wb.outreach_plan(costed_policy(), few, start="2026-01-05")}
        ),
        "plot_hazard": Call(plots.plot_hazard, {"result": wb.key_moments(base(), "complaint")}),
        "plot_came_as_forecast": Call(plots.plot_came_as_forecast, {"found": contacts_planned().check(came_of_it())}),
        "plot_calling_times": Call(
            plots.plot_calling_times, {"found": wb.outreach.when_to_call(lives(), offer="gift", random_delays=True)}
        ),
        "customer_cards": Call(
            wb.outreach.customer_cards,
            {"base": base(), "policy": tree.contact_list(few), "risk": risk(), "trial": trial(), "on": "2026-01-05"},
        ),
        "when_to_call": Call(
            wb.outreach.when_to_call, {"trial": lives(), "offer": "gift", "random_delays": True, "level": 0.9}
        ),
        "code_reasons": Call(wb.code_reasons, {"texts": exit_texts(), "more": {"price": ["happig"]}}),
        "code_reasons by a codebook of one's own": Call(
            wb.code_reasons, {"texts": exit_texts()["exit_text"].tolist(), "codebook": CODEBOOK}
        ),
        "reason_table": Call(
            wb.reason_table,
            {
                "base": base(),
                "remedied": {"price": "2023-06-30"},
                "mending_cost": {"price": 900.0},
                "chance": 0.1,
            },
        ),
        "satisfied_leavers": Call(wb.satisfied_leavers, {"base": base(), "within_months": 3.0, "top": 4.0}),
        "load_codebook": Call(wb.lost.load_codebook, {"codebook": CODEBOOK, "more": {"price": "happig"}}),
        "with_reasons": Call(
            wb.code_reasons(exit_texts()).with_reasons,
            {"table": exit_texts().drop(columns="exit_text"), "column": "coded", "others": "other"},
        ),
        "load_hillstrom": Call(wb.load_hillstrom, {"margin": 0.5, "contact_cost": 0.1}),
        "simulate_telecom_study": Call(
            wb.simulate_telecom_study, {"n_customers": 2650, "calibrate": False, "deal_seekers": 0.1, "rng": 1}
        ),
        "simulate_shop_study": Call(wb.simulate_shop_study, {"n_customers": 60, "mistakes": False, "rng": 1}),
        "check_lapsed": Call(tables.check_lapsed, {"customers": lapsed(), "needs": ["offer"]}),
        "check_purchases": Call(tables.check_purchases, {"purchases": log()}),
        "check_contracts": Call(
            tables.check_contracts,
            {
                "contracts": pd.DataFrame(
                    {"customer_id": [1, 2], "start": ["2024-01-31"] * 2, "end": [None, "2024-05-01"]}
                )
            },
        ),
        "map_columns": Call(tables.map_columns, {"frame": few, "names": {"customer_id": "customer_id"}}),
        "offer": Call(wb.Offer, {"name": "call", "amount": 2.0, "paid": "per_contact"}),
        "splits": Call(wb.Splits, {"folds": 3, "repeats": 1, "rng": 0}),
        **asked_to_the_end(),
    }
