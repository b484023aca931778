"""Which offer, to whom, and does it pay?

comparison          which offer earns most, how much, how surely? `compare_offers`
comparison_figures  its figures, from each offer's moments
comparison_text     its sentences
headlines           what a manager sees first: answer, tiles, tables, assumptions
sensitivity         what if horizon, discount rate or organic return were others?
design_checks       is this trial fit to be read? `check_design`
design_findings     what each check finds
balance             were the groups alike before the offers went out?
trial               a checked trial, customer by customer, for scores and policies
scores              what each customer would have earned under each offer: `offer_scores`
predictions         cross-fitted predictions of an outcome under each offer
assignment          how likely each customer was to get the offer they got
outcomes            from the trial's table to each customer's value and cost
costs               what each customer's offer cost, by its trigger
tailoring           which offer a tailored offer gives each customer
moments             the few figures of an arm that carry everything a comparison needs
organic             assumed organic return, where nobody was left untreated
break_even          at which organic return does an offer stop paying? in words
measured            what the trial measured for customers a model has valued
model_check         does a model's money agree with the trial? `compare_with_trial`
ranking             by chance of return or by value? `compare_rankings`
policies            who gets which offer, and does it pay to tell customers apart? `learn_policy`, `evaluate_policy`
contact_list        whom to contact first, with which offer: `contact_list`
honest_value        what a contact with one customer is honestly expected to earn
contact_worth       `whom_not_to_chase`
budgets             who gets what within limits: `allocate_budget`; market share: `profit_share_frontier`
economics           profit, ROI and break-even from summary figures alone: `offer_economics`
planning            how large must the next trial be? `plan_trial`
catalog             `Offer` with its cost contract; `load_offers`
contract_problems   what is wrong with a contract, in words
"""
