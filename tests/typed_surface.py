"""Does a type checker know what winback returns? Calls as an analyst writes them, read by `python3 run.py check`.

A wrong call carries the error that mypy must find: were the name ``Any``, there would be none, and mypy would say so.
"""

from typing import assert_type

import pandas as pd

import winback as wb
from winback.base.purchase_base import PurchaseBase
from winback.lost.coded_reasons import CodedReasons
from winback.lost.differences import Differences
from winback.lost.reason_figures import ReasonTable
from winback.lost.satisfaction import SatisfiedLeavers
from winback.offers.compared import OfferComparison
from winback.offers.strategies_compared import StrategyComparison
from winback.outreach.calling_times import CallingTimes
from winback.outreach.card import CustomerCard
from winback.outreach.customer_cards import CustomerCards
from winback.policies.learned import LearnedPolicy
from winback.purchases.purchase_fit import PurchaseFit
from winback.retention.about_to_leave import AboutToLeave
from winback.retention.found_moments import KeyMoments
from winback.retention.repeat_churn_fit import RepeatChurn
from winback.retention.risk_check import RiskCheck
from winback.retention.risk_fit import ChurnRisk
from winback.retention.watch_list import WatchList
from winback.second_lifetime.contact_worth import ContactWorth


def which_offer_pays_and_for_whom() -> None:
    trial = wb.read_trial("campaign.csv", "offers.toml", horizon_months=24, annual_discount=0.10)
    assert_type(trial, wb.Trial)
    assert_type(wb.compare_offers(trial), OfferComparison)
    policy = wb.learn_policy(trial, by=["reason"], splits=wb.Splits(folds=3, repeats=5, rng=1))
    assert_type(policy, LearnedPolicy)


def what_is_a_customer_worth() -> None:
    base = wb.read_purchases("purchases.csv", until="2026-06-30", lost=wb.base.Rhythm(slack=0.5))
    assert_type(base, PurchaseBase)
    assert_type(base.lapsed("2025-12-31"), wb.Lapsed)
    fit = wb.fit_purchases(base, "pareto_nbd")
    assert_type(fit, PurchaseFit)
    wb.plots.plot_tracking(fit.check(wb.load_cdnow()))  # type: ignore[arg-type]


def who_comes_back(trial: wb.Trial) -> None:
    fit = wb.fit_joint(trial, reacquisition="offer + contact_attempts", tenure="offer", margin="offer")
    wb.plots.plot_return_effects(fit.effects("campaign.csv"))
    values = wb.second_lifetime_value(fit, trial.over(horizon_months=60))
    assert_type(values.not_worth_a_contact([50], by="reason"), ContactWorth)
    fit.two_part.value_by_acceptance(trial)  # type: ignore[attr-defined]


def who_leaves_again(trial: wb.Trial) -> None:
    fit = wb.fit_repeat_churn(trial, "reason")
    assert_type(fit, RepeatChurn)
    assert_type(fit.watch_list("lapsed.csv", within_months=2), WatchList)
    wb.fit_repeat_churn("lapsed.csv", within_months=2)  # type: ignore[call-arg]


def who_was_lost() -> None:
    base = wb.read_contracts("contracts.csv", events="events.csv", until="2026-06-30")
    assert_type(base, wb.ContractBase)
    assert_type(base.as_of("2025-12-31"), wb.ContractBase)
    assert_type(base.lapsed(), wb.Lapsed)
    wb.survival_curve(base, by="manager")
    wb.read_contracts("contracts.csv")  # type: ignore[call-arg]


def when_do_they_leave(base: wb.ContractBase, trial: wb.Trial) -> None:
    assert_type(wb.key_moments(base, {"renewal": 31}, by="manager"), KeyMoments)
    wb.plots.plot_hazard(wb.key_moments(trial, of="leaving again"))
    wb.key_moments(base, window_days="a month")  # type: ignore[arg-type]
    fit = wb.fit_churn_risk(base, "tenure + since_complaint", months=24)
    assert_type(fit, ChurnRisk)
    assert_type(fit.check(months=6), RiskCheck)
    assert_type(fit.about_to_leave(cost=5.0, share_prevented=0.2), AboutToLeave)
    wb.fit_churn_risk(base, months="a year")  # type: ignore[arg-type]


def why_did_they_leave() -> None:
    coded = wb.code_reasons("leavers.csv", "codebook.toml", more={"price": ["rip-off"]})
    assert_type(coded, CodedReasons)
    wb.survival_curve(coded.with_reasons(), "reason")
    wb.code_reasons(["too expensive"], wb.lost.load_codebook())
    base = wb.read_contracts("contracts.csv", until="2026-06-30")
    table = wb.reason_table(base, mending_cost={"price": 9_000.0}, chance=0.1)
    assert_type(table, ReasonTable)
    assert_type(table.behaviour, Differences | None)
    assert_type(wb.satisfied_leavers(base, within_months=6, top=9), SatisfiedLeavers)


def keep_or_win_back(trial: wb.Trial) -> None:
    base = wb.read_contracts("contracts.csv", until="2026-06-30")
    found = wb.compare_win_back_keep_acquire(base, keep=wb.offers.Keep(20.0, (0.2, 0.4)), win_back=trial)
    assert_type(found, StrategyComparison)
    assert_type(found.rule_of_thumb(), StrategyComparison)
    wb.compare_win_back_keep_acquire("segments.csv", keep=20.0)  # type: ignore[arg-type]


def whom_to_contact_how(trial: wb.Trial) -> None:
    assert_type(wb.outreach.when_to_call(trial, random_delays=True), CallingTimes)
    cards = wb.outreach.customer_cards(wb.read_contracts("contracts.csv", until="2026-06-30"), trial=trial)
    assert_type(cards, CustomerCards)
    assert_type(cards["0012"], CustomerCard)
    wb.outreach.when_to_call("campaign.csv")  # type: ignore[arg-type]
    assert_type(wb.load_playbook("playbook.toml"), wb.outreach.Playbook)
    wb.outreach.write_playbook("playbook.toml", overwrite=True)
    policy = wb.learn_policy(wb.load_telecom_study().trial.over(contact_costs=wb.load_playbook()), by=["reason"])
    plan = wb.outreach_plan(policy, "leavers.csv", start="2027-01-04", back=[17, 18])
    assert_type(plan, wb.outreach.OutreachPlan)
    assert_type(plan.calendar("week"), pd.DataFrame)
    assert_type(plan.check("outcomes.csv"), wb.outreach.CameAsForecast)
    wb.outreach_plan(policy.contact_list(), start="2027-01-04", despite_causes="no")  # type: ignore[arg-type]
    wb.outreach.Step("call", after_days="soon")  # type: ignore[arg-type]


def what_is_wrong() -> None:
    wb.compare_offers(discount=0.10)  # type: ignore[call-arg]
    wb.win_them_all()  # type: ignore[attr-defined]
