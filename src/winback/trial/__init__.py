"""What was offered to whom, and what came of it? The trial: read, checked, valued customer by customer.

trial            a checked trial, customer by customer, for scores and policies
outcomes         from the trial's table to each customer's value and cost
moments          the few figures of an arm that carry everything a comparison needs
design_checks    is this trial fit to be read? `check_design`
design_findings  what each check finds
balance          were the groups alike before the offers went out?
scores           what each customer would have earned under each offer: `offer_scores`
predictions      cross-fitted predictions of an outcome under each offer
assignment       how likely each customer was to get the offer they got
"""
