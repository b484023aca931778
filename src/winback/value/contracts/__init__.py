"""Who renews a contract, and for how long? Customers who differ in their loyalty.

fits          `fit_contracts`; `contract_model` with known parameters
contract_fit  the fitted model: lifetimes and values, with intervals
curves        survival, retention and projections, with intervals
check         did customers stay as it said? a fit's `check`
judging       how later counts are judged
wording       what a fit says in sentences
base_periods  from a base of contracts to customer rows
counts        from survivors or customer rows to counts
survival      the beta families' survival and its derivatives, stable at their limits
maximum       where the likelihood is highest
edges         on which edge does a fit lie?
parameters    the table of parameters, and the delta method
checks        periods, renewals, margins and horizons, checked together
payments      expected discounted payments, exact or summed with a bound
"""
