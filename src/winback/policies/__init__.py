"""Who gets which offer, and does it pay to tell customers apart?

learned     the best tree of at most two questions, and whether it pays: `learn_policy`
evaluation  does a way of deciding earn more than one offer for everybody? `evaluate_policy`
honest      what it gains on customers it has not seen
candidates  what can be judged: a tree, a written rule, `model_policy`, a function
composed    does a tailored offer earn what its own rule promises? `compare_tailored_offer`
misstated   what do untrue reasons do to a rule that reads them? `misstated_reasons`
contact_list  whom to contact first, with which offer: `contact_list`
honest_value  what a contact with one customer is honestly expected to earn
truth       were the honest gains honest? `compare_with_truth`, where a simulation knows
wording     its sentences
exact_tree  which two questions earn most? `exact_tree`
tree        the rule found: its leaves in words, and the offer of each customer
splits      which yes-or-no questions can be asked of a table's columns? `split_table`, `check_known_beforehand`
bins        how is one column cut, and how is a cut said in words?
"""
