"""winback: which lost customers come back, for how long, worth how much, and which offer pays.

What an analyst has is read and checked once and keeps its terms: a trial (what was offered to whom, and what came of
it), or customers over time (purchases, contracts, one row per lapsed customer). Every question is a verb on them. From
two files to a contact list:

    trial = wb.read_trial("campaign.csv", "offers.toml", horizon_months=24, annual_discount=0.10)
    trial.design                                        # is it fit to be read?
    wb.compare_offers(trial)                            # which offer pays?
    policy = wb.learn_policy(trial, by=["reason", "complaints"])
    policy.contact_list().to_frame()                    # whom to call first, with what?

Rooms are the questions in the order in which they are asked, with their verbs; `help(winback.offers)` maps one:

cli              `winback report` and its like, on the command line
report           one page for a manager, with its tables: write_report
plots            one function per figure, `wb.plots.plot_...`: takes a result, returns an Axes
datasets         data to learn on: load_telecom_study, simulate_telecom_study, load_shop_study, simulate_shop_study,
                 load_hillstrom, load_winback_book, load_cdnow, load_donations
planning         how large must the next trial be, and what does its holdout cost? plan_trial
budgets          how far does the money go? allocate_budget, spending_curve, profit_share_frontier
policies         who should get which offer, whom to contact first? learn_policy, model_policy, evaluate_policy
offers           which offer pays? compare_offers, offer_economics
second_lifetime  who comes back, for how long, worth how much? fit_two_part, fit_joint, second_lifetime_value
trial            what was offered to whom, and what came of it? read_trial, Trial, Splits, offer_scores
value            what is a customer worth? fit_contracts, lifetime_value, base_value
purchases        who buys again, how often, for how much? summarize_purchases, fit_purchases, fit_spend
survival         how long do they stay? survival_curve, competing_risks, fit_duration
terms            what an offer costs and when, what returns anyway: Offer, OfferCatalog, load_offers
held_out         is a forecast right on what it has not seen? hold_out
formulas, formula_checks, pseudo_observations, expected_money, expectations, winner, uncertainty  the statistics beneath
newton           where is a likelihood highest?
provenance, labels, results, in_html, money, progress, periods, discounting  how results show themselves: Sentences
tables           columns, units, checks, files: load_table, map_columns, check_lapsed, check_events,
                 check_subscriptions, check_transactions, TableError
"""

from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "datasets.public": ("load_hillstrom", "load_winback_book"),
    "datasets.public_purchases": ("load_cdnow", "load_donations"),
    "report": ("write_report",),
    "results": ("Sentences",),
    "budgets.allocation": ("allocate_budget",),
    "budgets.market_share": ("profit_share_frontier",),
    "terms.catalog": ("Offer", "OfferCatalog", "load_offers"),
    "offers.comparison": ("compare_offers",),
    "budgets.spent": ("spending_curve",),
    "offers.economics": ("offer_economics",),
    "trial.read": ("read_trial",),
    "trial.trial": ("Trial",),
    "trial.splits": ("Splits",),
    "trial.scores": ("offer_scores",),
    "policies.candidates": ("model_policy",),
    "policies.evaluate": ("evaluate_policy",),
    "policies.learn": ("learn_policy",),
    "planning.plan": ("plan_trial",),
    "held_out": ("hold_out",),
    "second_lifetime.joint": ("fit_joint",),
    "second_lifetime.second_lifetime_value": ("second_lifetime_value",),
    "second_lifetime.two_part": ("fit_two_part",),
    "survival.competing": ("competing_risks",),
    "survival.curves": ("survival_curve",),
    "survival.durations": ("fit_duration",),
    "value.lifetime_value": ("lifetime_value",),
    "value.base_value": ("base_value",),
    "value.contracts.fits": ("fit_contracts",),
    "purchases.fits": ("fit_purchases",),
    "purchases.spend": ("fit_spend",),
    "purchases.transactions.summary": ("summarize_purchases",),
    "datasets.retail": ("load_shop_study", "simulate_shop_study"),
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
ROOMS = ("planning", "plots", "tables")  # reached as wb.plots; what a room needs is loaded when it is first used
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
