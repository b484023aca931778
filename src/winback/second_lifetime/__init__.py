"""Who comes back, for how long, worth how much?

second_lifetime_value  what is each lost customer worth under each offer? `second_lifetime_value`
valuation              its result: by customer, by segment, on average, with intervals; what can be asked of it
value_words            what it says
offer_value            expected value and cost of offers, and how they move with the model
model_check            does a model's money agree with the trial? the values' `check`
ranking                by chance of return or by value? the values' `rankings`
contact_worth          who is not worth a contact? the values' `not_worth_a_contact`
expected_value         return, tenure and margin together, discounted and up to a horizon
first_and_second       is a customer worth more the second time? `first_and_second_value`
joint                  one model for return, tenure and margin: `fit_joint`
joint_fit              what it finds, and whether to believe it
joint_likelihood       the likelihood, its gradient and Hessian
acceptance             what if more came back? a joint fit's `value_by_acceptance`
two_part               the simple model beside it: `fit_two_part`
two_part_fit           what it says; Mills ratio and Heckman's standard errors
fitted                 what all fits have in common: predictions, and what can be asked of them
parameters             their parameters in one table, and how return, tenure and margin go together
effects                what goes with the chance of return: a fit's `effects`
whom                   whom is a sign of? the subject of a sentence
check                  is return predicted well? a fit's `check`
tenure_fit             do second tenures have the model's shape? a fit's `check_shape`
margin_fit             does second margin? tests of its mean and its spread
usual                  formulas of the usual columns, where nobody names others
links                  from a linear part to a chance of return: probit and logit
sample                 who enters a model, and can it be estimated?
in_parts               a model fitted to some customers of a trial and asked about others, again and again
other_half             what are customers worth to whom the model was not fitted?
bivariate_normal       two correlated normal variables below their bounds
"""

from winback.second_lifetime.other_half import values_on_other_half

__all__ = ["values_on_other_half"]
