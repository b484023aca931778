"""winback: which lost customers come back, for how long, worth how much, and which offer pays.

What an analyst has is read and checked once and keeps its terms: a trial (what was offered to whom, and what came of
it), or customers over time (purchases, contracts, one row per lapsed customer). Every question is a verb on them. From
two files to a contact list:

    trial = wb.read_trial("campaign.csv", "offers.toml", horizon_months=24, annual_discount=0.10)
    trial.design                                        # is it fit to be read?
    wb.compare_offers(trial)                            # which offer pays?
    policy = wb.learn_policy(trial, by=["reason", "complaints"])
    policy.contact_list().to_frame()                    # whom to call first, with what?

Rooms are the questions in the order in which they are asked, with their verbs; `help("winback.offers")` maps one:

cli              `winback report` and its like, on the command line
report, lost_page, plan_page, plan_check, plan_asked, plan_again, plan_list, plan_work, all_pages, pages, kernel  pages
questions        the study's four questions on one's own data, on one page
plots            one function per figure, `wb.plots.plot_...`: takes a result, returns an Axes
datasets         data to learn on: load_telecom_study, simulate_telecom_study, load_shop_study, simulate_shop_study,
                 load_hillstrom, load_winback_book, load_cdnow, load_donations
outreach         who is contacted how, when and how often? load_playbook, outreach_plan
planning         how large must the next trial be, and what does its holdout cost? plan_trial
budgets          how far does the money go? allocate_budget, spending_curve, profit_share_frontier
policies         who should get which offer, whom to contact first? learn_policy, model_policy, evaluate_policy
offers           which offer pays? compare_offers, offer_economics, compare_win_back_keep_acquire
second_lifetime  who comes back, for how long, worth how much? fit_two_part, fit_joint, second_lifetime_value
trial            what was offered to whom, and what came of it? read_trial, Trial, Splits, offer_scores
retention        who is about to leave, when, who leaves again? key_moments, fit_churn_risk, fit_repeat_churn
lost             who is lost, why, and is it worth a try? lost_report, code_reasons, reason_table, triage,
                 satisfied_leavers, base_stages, manager_concentration
value            what is a customer worth? fit_contracts, lifetime_value, base_value
base             who is a customer, who is lost and since when? read_contracts, read_purchases, ContractBase, Lapsed
purchases        who buys again, how often, for how much? summarize_purchases, fit_purchases, fit_spend
survival         how long do they stay? survival_curve, competing_risks, fit_duration
terms            what an offer costs and when, what returns anyway: Offer, OfferCatalog, load_offers
held_out         is a forecast right on what it has not seen? hold_out
formulas, formula_checks, formula_language  what a model takes from a table, and what it may
pseudo_observations, expectations, winner, skewness, uncertainty, clusters  the statistics beneath
newton, orthonormal  where is a likelihood highest? and on which columns is it climbed?
doors, annotations, surface  can a function use what it is given? which names are public, and where each stands
asked            can this table answer a question? the answer, or why not
minute, said, sources, works  what is taken away in a minute? in view, folded, from where, and whose?
provenance, labels, colours, results, in_html, in_svg, money, progress  how results show themselves: Sentences
tables           columns, units, checks, files, `wb.tables.check_...`: TableError
periods, discounting  how long is a month, and what is money worth that comes later?
"""

from importlib import import_module

from winback.surface import HOME, NAMES, ROOMS

__version__ = "0.1.0"


def __getattr__(name):
    """Load a public name from its module, or a room, on first use."""
    if name in ROOMS:
        return import_module(f"winback.{name}")
    if name not in NAMES:
        raise AttributeError(f"module 'winback' has no attribute {name!r}")
    value = getattr(import_module(HOME[name]), name)
    globals()[name] = value
    return value


def __dir__():
    """List the public names, also those not loaded yet. Without `__all__`, help(winback) stays one screen."""
    return sorted({*globals(), *NAMES, *ROOMS})
