"""Who gets which offer, when money, contacts or places are short? And what does market share cost?

allocation    `allocate_budget`: the plan that earns most within its limits
plan          `BudgetPlan`: how it shows itself, and what a trial measures of it
assigned      who gets what: one row per customer, per offer, per limit, and in words
measured      what the trial measured for the very choices of a plan or a frontier
spent         `spending_curve`: what budgets honestly earn, beside the same money spent at random
spending      `SpendingCurve`: how it shows itself
market_share  `profit_share_frontier`: profit against customers regained
frontier      `ProfitShareFrontier`: how it shows itself, and what a trial measures of it
one_offer_ends  where both its ends are one offer for everybody, what the whole trial measured for the two
choices       what every customer brings and costs under every offer, checked
limits        budget, contacts and places under each offer, checked
hull          the steps from one offer to the next that are worth taking, steepest first
capped        the exact optimum under several limits at once, and the plan for whole customers near it
whole         the best plan for whole customers: exact for a handful
solution      the optimum and the plan for whole customers, also within other budgets
prices        at which prices do customers, each for themselves, keep the limits?
"""
