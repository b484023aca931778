"""How long do they stay?

curves               how long do they stay, by group, and is it longer than before? `survival_curve`
curves_text          its sentences
horizons             up to which month are stays counted?
competing            for which reason do they leave, and when? `competing_risks`
incidence            cumulative incidence and months lost, from arrays
durations            who stays how much longer? `fit_duration`
duration_fit         what the fitted model says of customers
durations_text       its sentences: time ratios in words
duration_maximum     where the likelihood of a family is highest
families             four distributions of months, each tied to a normal variable
goodness_of_fit      does a fitted model say what customers did? a fit's `check_shape`, `check_fit` of any
observed_and_fitted  curves side by side, ends by class of months
log_rank             is one curve behind all groups?
watched_from         since when was each lifetime watched, and whose first lives are meant?
first_ended          has a first lifetime ended?
groups               whose lifetimes are compared, in which groups, and how a result of groups shows itself
"""
