"""What is a customer worth?

What is a customer worth, and what is the base? `lifetime_value`, `base_value`

lifetime_value     each customer's value, with or without a contract
base_value         all customers together, by segment, and what constant churn would say
base_table         who makes up a base
ahead              payments or purchases to come, behind one view
terms              margin, discount and horizon
doubts             what speaks against a value
expected_money     money of customers and groups, with intervals
constant_churn     one churn rate for everybody: the naive figure
valued             what every value has: total, terms, doubts, what is extrapolated
lifetime_text      its sentences

With a contract:

contracts            who renews, and for how long? `fit_sbg`, `fit_bdw`, `contract_model`
contract_counts      from survivors or customer rows to counts
contract_survival    the beta families' survival and its derivatives, stable at their limits
contract_maximum     where the likelihood is highest, by Newton's method
contract_limits      which limit a fit has run into, as a finding
contract_curves      survival, retention and projections, with intervals
contract_model       lifetimes and values, with intervals
contract_params      its parameters, listed
contract_checks      periods, renewals, margins and horizons, checked together
contract_errors      the delta method
contract_payments    expected discounted payments, exact or summed with a bound
contracts_text       its sentences
contract_validation  do customers stay as it said? `validate_contracts`

Without one:

transactions             from a log of purchases to one row per customer: `summarize_transactions`
transactions_in_memory   the same for a log in memory, fast
transactions_in_engines  the same where the log lies: polars, DuckDB, Spark
transactions_checks      what becomes of each row, and where the data end
held_out_purchases       a log split by date: what was bought afterwards? `hold_out_purchases`
purchases                who buys again, how often? `fit_bg_nbd`, `fit_mbg_nbd`, `fit_pareto_nbd`, `fit_bg_bb`
spend                    how much is a purchase worth? `fit_gamma_gamma`
purchase_fit             the fitted model: expected purchases, chance to be still a customer, their intervals
purchase_text            what a fit says in sentences
purchase_validation      do customers buy what was predicted? `validate_purchases`
purchase_validation_text its sentences
purchase_tracking        cumulative purchases, period by period
ranked_outcomes          tenths, concentration, and intervals for what will be observed
expectations             each customer's expected value, a group's total, and their intervals
bg_nbd                   customers drop out after a repeat purchase
mbg_nbd                  customers drop out after any purchase, the first one too
pareto_nbd               customers drop out at any time
bg_bb                    opportunities to buy, one after the other, instead of time
gamma_gamma              the likelihood of what customers spend
unrelated                do frequent buyers spend more?
purchase_model           what makes a model of purchases
purchase_maximum         where is its likelihood highest, and is that an edge?
dropout_limit            nobody drops out in these data: how many might?
nobody_bought            what is left to say where nobody bought again
purchase_table           are the customers' rows fit for use?
purchase_cells           equal rows are counted once
mixtures                 expectations over customers who differ, and over discounted time
parameters               the table of parameters
rising                   products of a rising number, for every whole number of purchases
"""
