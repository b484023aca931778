"""The public names, for editors and type checkers. Written by: python3 run.py stub"""

from winback import base as base
from winback import lost as lost
from winback import offers as offers
from winback import outreach as outreach
from winback import planning as planning
from winback import plots as plots
from winback import retention as retention
from winback import tables as tables
from winback.base.contract_base import ContractBase as ContractBase
from winback.base.contracts import read_contracts as read_contracts
from winback.base.lapsed import Lapsed as Lapsed
from winback.base.purchases import read_purchases as read_purchases
from winback.budgets.allocation import allocate_budget as allocate_budget
from winback.budgets.market_share import profit_share_frontier as profit_share_frontier
from winback.budgets.spent import spending_curve as spending_curve
from winback.datasets.public import load_hillstrom as load_hillstrom
from winback.datasets.public import load_winback_book as load_winback_book
from winback.datasets.public_purchases import load_cdnow as load_cdnow
from winback.datasets.public_purchases import load_donations as load_donations
from winback.datasets.retail import load_shop_study as load_shop_study
from winback.datasets.retail import simulate_shop_study as simulate_shop_study
from winback.datasets.telecom import load_telecom_study as load_telecom_study
from winback.datasets.telecom import simulate_telecom_study as simulate_telecom_study
from winback.held_out import hold_out as hold_out
from winback.lost.lost_report import lost_report as lost_report
from winback.lost.managers import manager_concentration as manager_concentration
from winback.lost.reason_table import reason_table as reason_table
from winback.lost.reasons import code_reasons as code_reasons
from winback.lost.satisfied import satisfied_leavers as satisfied_leavers
from winback.lost.stages import base_stages as base_stages
from winback.lost.triage import triage as triage
from winback.offers.comparison import compare_offers as compare_offers
from winback.offers.economics import offer_economics as offer_economics
from winback.offers.keep_or_win_back import compare_win_back_keep_acquire as compare_win_back_keep_acquire
from winback.outreach.plan import outreach_plan as outreach_plan
from winback.outreach.playbook_files import load_playbook as load_playbook
from winback.planning.plan import plan_trial as plan_trial
from winback.policies.candidates import model_policy as model_policy
from winback.policies.evaluate import evaluate_policy as evaluate_policy
from winback.policies.learn import learn_policy as learn_policy
from winback.purchases.fits import fit_purchases as fit_purchases
from winback.purchases.logs.summary import summarize_purchases as summarize_purchases
from winback.purchases.spend import fit_spend as fit_spend
from winback.results import Sentences as Sentences
from winback.retention.churn_risk import fit_churn_risk as fit_churn_risk
from winback.retention.key_moments import key_moments as key_moments
from winback.retention.repeat_churn import fit_repeat_churn as fit_repeat_churn
from winback.second_lifetime.joint import fit_joint as fit_joint
from winback.second_lifetime.second_lifetime_value import second_lifetime_value as second_lifetime_value
from winback.second_lifetime.two_part import fit_two_part as fit_two_part
from winback.survival.competing import competing_risks as competing_risks
from winback.survival.curves import survival_curve as survival_curve
from winback.survival.durations import fit_duration as fit_duration
from winback.tables import TableError as TableError
from winback.terms.catalog import Offer as Offer
from winback.terms.catalog import OfferCatalog as OfferCatalog
from winback.terms.offers_file import load_offers as load_offers
from winback.trial.read import read_trial as read_trial
from winback.trial.scores import offer_scores as offer_scores
from winback.trial.splits import Splits as Splits
from winback.trial.trial import Trial as Trial
from winback.value.base_value import base_value as base_value
from winback.value.contracts.fits import fit_contracts as fit_contracts
from winback.value.lifetime_value import lifetime_value as lifetime_value

__version__: str
__all__ = [
    "ContractBase",
    "Lapsed",
    "Offer",
    "OfferCatalog",
    "Sentences",
    "Splits",
    "TableError",
    "Trial",
    "allocate_budget",
    "base_stages",
    "base_value",
    "code_reasons",
    "compare_offers",
    "compare_win_back_keep_acquire",
    "competing_risks",
    "evaluate_policy",
    "fit_churn_risk",
    "fit_contracts",
    "fit_duration",
    "fit_joint",
    "fit_purchases",
    "fit_repeat_churn",
    "fit_spend",
    "fit_two_part",
    "hold_out",
    "key_moments",
    "learn_policy",
    "lifetime_value",
    "load_cdnow",
    "load_donations",
    "load_hillstrom",
    "load_offers",
    "load_playbook",
    "load_shop_study",
    "load_telecom_study",
    "load_winback_book",
    "lost_report",
    "manager_concentration",
    "model_policy",
    "offer_economics",
    "offer_scores",
    "outreach_plan",
    "plan_trial",
    "profit_share_frontier",
    "read_contracts",
    "read_purchases",
    "read_trial",
    "reason_table",
    "satisfied_leavers",
    "second_lifetime_value",
    "simulate_shop_study",
    "simulate_telecom_study",
    "spending_curve",
    "summarize_purchases",
    "survival_curve",
    "triage",
]
