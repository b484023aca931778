"""Who comes back, for how long, worth how much?

second_lifetime_value  what is each lost customer worth under each offer? `second_lifetime_value`
valuation              its result: by customer, by segment, on average, with intervals
offer_value            one offer's expected value and cost, and how they move with the model
expected_value         return, tenure and margin together, discounted and up to a horizon
effects                what moves the chance of return: `return_effects`
check                  is return predicted well? a fit's `check`
judging                how chances of return are judged
first_and_second       is a customer worth more the second time? `first_and_second_value`
acceptance             what if more came back? `value_by_acceptance`
tenure_fit             do second tenures have the model's shape? a fit's `check_shape`
measured               what the trial measured for customers a model has valued
model_check            does a model's money agree with the trial? `compare_with_trial`
contact_worth          who is not worth a contact? `whom_not_to_chase`
ranking                by chance of return or by value? `compare_rankings`
joint                  one model for return, tenure and margin: `fit_joint`
chi_squared            is a departure more than chance?
trust                  when a joint model should not be trusted
joint_maximum          where the joint likelihood is highest
joint_likelihood       the likelihood, its gradient and Hessian
two_part               the simple model beside it: `fit_two_part`
selection              Mills ratio and Heckman's standard errors
fitted                 what all fits have in common: parameters, predictions
correlations           how return, tenure and margin go together beyond the covariates
sample                 who enters a model, and can it be estimated?
bivariate_normal       two correlated normal variables below their bounds
wording                all of it in words
"""
