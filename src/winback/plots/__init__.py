"""One function per figure: it takes a result and where to draw (``ax``; by default a new figure) and returns the Axes.

Figures of several panels take no ``ax`` and return the Figure. The title is the message, axes carry units.

offers           profit beside ROI, acceptance against cost, the ranking against organic return
profit_steps     the waterfall of a customer's profit
small            pictures of a few rows beside a sentence, and a figure as part of a page
trial_flow       from all who were lost to those who are still here
by_group         what each offer earns in each group of customers
tornado          how the best offer's gain and lead move with each assumption
money_ladder     every amount that is named for the first offer
differences      which offers are clearly different
payback          what each offer has earned by each month
policies         does tailoring pay, what do untrue reasons do to it, what would an oracle earn, uplift by fifth
survival         curves, incidence, goodness of fit, time ratios
second_lifetime  who returns, lift, rankings, values
second_worth     a model's money beside the trial's, and who is not worth a contact
worth_map        chance of return against worth, with the offer that is best
budgets          gain over budgets, profit against market share
held_out         purchases predicted and held out: tracking, tenths, ranking
still_buying     the chance to be active by purchases and silence
planning         customers against the difference to be found, cost of the holdout
keep_or_win_back  keep, win back or acquire, segment by segment
value            who carries the value, projections, constant churn
lost             the flow of the base, losses by period in customers and money
lost_cohorts     who is still here of those who came at one time
lost_groups      the funnel of employees, segments or products
lost_reasons     reasons by the money that went with them
lost_calls       how the lost come down to those who are called first
lost_effort      effort against profit
lost_returns     who of the lost is back by when, with published figures beside
leaving_again    for what returned customers leave again, observed and fitted; who no longer can
lost_buyers      a customer's purchases, and the day on which they are called lost
retention_moments  the hazard with its moments, and the jump after each
retention_risk     did those leave who were said to; what keeping gains
outreach         who is contacted on which day, against what the channels can bear
came_as_forecast  did a plan bring what was forecast?
calling_times    who comes back by months away, under each offer
words            names and sentences as they are written, in any script
style            the house palette
alt_text         a figure in words, for who cannot see it
notebook_format  how a notebook stores its figures, each with its text
"""

from winback.plots.alt_text import alt_text
from winback.plots.budgets import plot_budget_curve, plot_profit_share_frontier, plot_spending_curve
from winback.plots.by_group import plot_offers_by_group
from winback.plots.calling_times import plot_calling_times
from winback.plots.came_as_forecast import plot_came_as_forecast
from winback.plots.differences import plot_differences
from winback.plots.held_out import plot_held_out_tenths, plot_lorenz, plot_tracking, plot_tracking_by_period
from winback.plots.keep_or_win_back import plot_keep_or_win_back
from winback.plots.leaving_again import plot_cured, plot_leaving_again
from winback.plots.lost import plot_flow, plot_losses
from winback.plots.lost_buyers import plot_buyer
from winback.plots.lost_calls import plot_calls
from winback.plots.lost_cohorts import plot_cohorts
from winback.plots.lost_effort import plot_effort
from winback.plots.lost_groups import plot_funnel
from winback.plots.lost_reasons import plot_reason_money
from winback.plots.lost_returns import plot_returns
from winback.plots.money_ladder import plot_money_ladder
from winback.plots.notebook_format import set_notebook_format
from winback.plots.offers import plot_acceptance_against_cost, plot_profit_and_roi, plot_ranking_against_organic
from winback.plots.outreach import plot_calendar
from winback.plots.payback import plot_payback
from winback.plots.planning import plot_holdout, plot_trial_sizes
from winback.plots.policies import plot_misstated_reasons, plot_oracle, plot_policy_gains, plot_uplift_by_fifth
from winback.plots.profit_steps import plot_profit_steps
from winback.plots.retention_moments import plot_hazard, plot_key_moments
from winback.plots.retention_risk import plot_churn_risk, plot_worth_keeping
from winback.plots.second_lifetime import (
    plot_first_and_second,
    plot_rankings,
    plot_return_effects,
    plot_validation,
    plot_value_by_acceptance,
)
from winback.plots.second_worth import plot_contact_worth, plot_model_check
from winback.plots.still_buying import plot_chance_active
from winback.plots.survival import plot_goodness_of_fit, plot_incidence, plot_survival, plot_time_ratios
from winback.plots.tornado import plot_tornado
from winback.plots.trial_flow import plot_trial_flow
from winback.plots.value import plot_base_value, plot_projection, plot_value_concentration
from winback.plots.worth_map import plot_worth_map

__all__ = [
    "alt_text",
    "plot_acceptance_against_cost",
    "plot_base_value",
    "plot_budget_curve",
    "plot_buyer",
    "plot_calendar",
    "plot_calling_times",
    "plot_calls",
    "plot_came_as_forecast",
    "plot_chance_active",
    "plot_churn_risk",
    "plot_cohorts",
    "plot_contact_worth",
    "plot_cured",
    "plot_differences",
    "plot_effort",
    "plot_first_and_second",
    "plot_flow",
    "plot_funnel",
    "plot_goodness_of_fit",
    "plot_hazard",
    "plot_held_out_tenths",
    "plot_holdout",
    "plot_incidence",
    "plot_keep_or_win_back",
    "plot_key_moments",
    "plot_leaving_again",
    "plot_lorenz",
    "plot_losses",
    "plot_misstated_reasons",
    "plot_model_check",
    "plot_money_ladder",
    "plot_offers_by_group",
    "plot_oracle",
    "plot_payback",
    "plot_policy_gains",
    "plot_profit_and_roi",
    "plot_profit_share_frontier",
    "plot_profit_steps",
    "plot_projection",
    "plot_ranking_against_organic",
    "plot_rankings",
    "plot_reason_money",
    "plot_return_effects",
    "plot_returns",
    "plot_spending_curve",
    "plot_survival",
    "plot_time_ratios",
    "plot_tornado",
    "plot_tracking",
    "plot_tracking_by_period",
    "plot_trial_flow",
    "plot_trial_sizes",
    "plot_uplift_by_fifth",
    "plot_validation",
    "plot_value_by_acceptance",
    "plot_value_concentration",
    "plot_worth_keeping",
    "plot_worth_map",
    "set_notebook_format",
]
