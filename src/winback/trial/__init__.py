"""What was offered to whom, and what came of it? The trial: read, checked, valued customer by customer.

trial            `Trial`: the noun, its data, its terms, and what follows from both
trial_words      what it says of itself
read             from frames or files to a trial: `read_trial`
trial_terms      under which terms is a trial valued?
trial_table      from what was handed over to the checked table of a trial
own_offers       which offers does a table of one's own name? A template for the offers file
offer_labels     which offer does each label mean, and which means sent nothing?
contacted_twice  who was contacted twice, and which row counts?
same_terms       is this the trial that is meant, under the same terms?
splits           how customers are split, so that nothing is judged on those it was learned from: `Splits`
contacts         what would contacts cost under an offer that most were not sent?
outcomes         from the checked table to each customer's value and cost
moments          the few figures of an arm that carry everything a comparison needs
group_moments    those of every group, of customers who are independent or belong together
adjusted         those that are left once what was known beforehand is allowed for
compared         of which moments is a comparison made: as measured, or adjusted?
design_checks    is this trial fit to be read?
design_findings  what each check finds
late_columns     which columns were recorded after the offer?
finding          what a finding is
alike            who is there twice, and who does alike?
one_customer     does what was brought hang on one customer?
plausible        are the units those that the table should have?
follow_up        were all followed equally long, and if not, what is done about it?
followed_alike   which customers were followed alike?
watched          for how long can second lifetimes be counted?
one_look         is the trial still running, and what holds of one that is read more than once?
balance          were the groups alike before the offers went out?
beside           what is known of other customers, beside the trial's?
covariates       from which columns are outcomes predicted?
chances          with which chance was each customer sent their offer?
scores           what each customer would have earned under each offer: `offer_scores`
skewed_scores    how skewed is a mean of scores?
predictions      cross-fitted predictions of an outcome under each offer
assumed          what do customers bring who are left alone, where it can only be assumed?
"""
