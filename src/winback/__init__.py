"""winback: which lost customers come back, for how long, worth how much, and which offer pays.

Folders are the questions an analyst asks:

cli                  `winback report` and its like, on the command line
report               one page for a manager, with its tables
plots                one function per figure
datasets             the telecom study, a shop's log of purchases, and public data
planning             how large must the next trial be, and what does its holdout cost?
budgets              how far does the money go? profit or market share
policies             who should get which offer, and is tailoring shown to pay?
offers               which offer pays?
second_lifetime      who comes back, for how long, worth how much?
trial                what was offered to whom, and what came of it?
value                what is a customer worth?
purchases            who buys again, how often, for how much?
survival             how long do they stay?
terms                what an offer costs and when; what returns anyway
held_out             is a forecast right on what it has not seen?
formulas             right-hand-side formulas, bound to a table
formula_checks       can a formula be fitted to this table?
pseudo_observations  months within a horizon, as if nobody had been cut off
expected_money       known money times what is expected, with intervals
expectations         what is expected of each and of a group: the delta method, cell by cell
winner               the best of several, corrected for having been picked by looking
uncertainty          intervals, and the chance of being best
provenance           what a reader needs to make a report again
labels               columns and their values in words people use
results              how every result shows itself
in_html              how a table looks in a notebook or on a page
money                how money is written: cents only below 100, never a fraction of a cent
progress             how far is a long call?
periods              how long is a period? days, years, words, discount factors
discounting          annual rate and months -> weights
tables               the tables: columns, units, checks

Every public name can be imported from here; a module is loaded when its name is first used.
"""

from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "datasets.public": ("load_hillstrom", "load_winback_book"),
    "datasets.public_purchases": ("load_cdnow", "load_donations"),
    "report": ("write_report",),
    "results": ("Sentences",),
    "budgets.allocation": ("allocate_budget",),
    "budgets.frontier": ("profit_share_frontier",),
    "terms.catalog": ("Offer", "OfferCatalog", "load_offers"),
    "offers.comparison": ("compare_offers",),
    "budgets.measured": ("measure_frontier", "measure_plan"),
    "budgets.spending": ("spending_curve",),
    "policies.contact_list": ("contact_list",),
    "budgets.contact_worth": ("whom_not_to_chase",),
    "second_lifetime.model_check": ("compare_with_trial",),
    "second_lifetime.ranking": ("compare_rankings",),
    "offers.economics": ("offer_economics",),
    "trial.read": ("read_trial",),
    "trial.trial": ("Trial",),
    "trial.splits": ("Splits",),
    "trial.scores": ("offer_scores",),
    "policies.candidates": ("model_policy",),
    "policies.composed": ("compare_tailored_offer",),
    "policies.evaluation": ("evaluate_policy",),
    "policies.misstated": ("misstated_reasons",),
    "policies.truth": ("compare_with_truth",),
    "policies.learned": ("learn_policy",),
    "planning.plan": ("plan_trial",),
    "second_lifetime.acceptance": ("value_by_acceptance",),
    "second_lifetime.effects": ("return_effects",),
    "second_lifetime.first_and_second": ("first_and_second_value",),
    "held_out": ("hold_out",),
    "second_lifetime.joint": ("fit_joint",),
    "second_lifetime.second_lifetime_value": ("second_lifetime_value",),
    "second_lifetime.two_part": ("fit_two_part",),
    "survival.competing": ("competing_risks",),
    "survival.curves": ("survival_curve",),
    "survival.durations": ("fit_duration",),
    "value.lifetime_value": ("lifetime_value",),
    "value.base_value": ("base_value",),
    "value.contracts.fits": ("contract_model", "fit_bdw", "fit_sbg"),
    "purchases.fits": ("fit_bg_bb", "fit_bg_nbd", "fit_mbg_nbd", "fit_pareto_nbd"),
    "purchases.spend": ("fit_gamma_gamma",),
    "purchases.transactions.summary": ("summarize_transactions",),
    "datasets.retail": ("load_shop_study", "simulate_transactions"),
    "datasets.telecom": ("load_telecom_study", "simulate_telecom_study"),
    "tables": (
        "TableError",
        "check_events",
        "check_lapsed",
        "check_subscriptions",
        "check_transactions",
        "load_table",
        "map_columns",
    ),
}
ROOMS = ("plots", "tables")  # reached as wb.plots and wb.tables; drawing libraries are loaded when a room is first used
_MODULE_OF = {name: f"winback.{module}" for module, names in _HOME.items() for name in names}

__all__ = sorted(_MODULE_OF)


def __getattr__(name):
    """Load a public name from its module, or a room, on first use."""
    if name in ROOMS:
        return import_module(f"winback.{name}")
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'winback' has no attribute {name!r}")
    value = getattr(import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__():
    """List the public names, also those not loaded yet."""
    return sorted({*globals(), *__all__, *ROOMS})
