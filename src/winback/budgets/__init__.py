"""Who gets which offer, when money, contacts or places are short? And what does market share cost?

allocation  `allocate_budget`: the plan that earns most within its limits
plan        `BudgetPlan`, how it shows itself
curve       what would other budgets earn?
measured    `measure_plan`, `measure_frontier`: what the trial measured for the same choices
spending    `spending_curve`: what budgets honestly earn, beside the same money spent at random
frontier    `profit_share_frontier`: profit against customers regained
choices     what every customer brings and costs under every offer, checked
limits      budget, contacts and places under each offer, checked
hull        the steps from one offer to the next that are worth taking, steepest first
capped      the exact optimum under several limits at once
solution    the exact optimum, and the plan for whole customers
prices      at which prices do customers, each for themselves, keep the limits?
whole       from the optimum to a plan for whole customers
wording     the sentences of a plan and of a frontier
"""
