"""Who comes back, for how long, worth how much?

second_lifetime_value  what is each lost customer worth under each offer? `second_lifetime_value`
valuation              its result: by customer, by segment, on average, with intervals; what can be asked of it
value_words            what it says
averages               means by segment, with intervals
model_check            does a model's money agree with the trial? the values' `check`
ranking                by chance of return or by value? the values' `rankings`
contact_worth          who is not worth a contact? the values' `not_worth_a_contact`
measured               what the trial measured for customers a model has valued
offer_value            one offer's expected value and cost, and how they move with the model
expected_value         return, tenure and margin together, discounted and up to a horizon
horizon                over how long is money counted?
first_and_second       is a customer worth more the second time? `first_and_second_value`
joint                  one model for return, tenure and margin: `fit_joint`
joint_fit              what it finds, and whether to believe it
acceptance             what if more came back? a joint fit's `value_by_acceptance`
trust                  when a joint model should not be trusted
joint_maximum          where the joint likelihood is highest
joint_likelihood       the likelihood, its gradient and Hessian
two_part               the simple model beside it: `fit_two_part`
two_part_fit           what it says
selection              Mills ratio and Heckman's standard errors
fitted                 what all fits have in common: predictions, and what can be asked of them
fit_words              what they were fitted to, in words
parameters             their parameters in one table
effects                what goes with the chance of return: a fit's `effects`
moves                  how these are computed
check                  is return predicted well? a fit's `check`
judging                how chances of return are judged
tenure_fit             do second tenures have the model's shape? a fit's `check_shape`
chi_squared            is a departure more than chance?
links                  from a linear part to a chance of return: probit and logit
correlations           how return, tenure and margin go together beyond the covariates
sample                 who enters a model, and can it be estimated?
in_parts               a model fitted to some customers of a trial and asked about others, again and again
bivariate_normal       two correlated normal variables below their bounds
"""
