"""Who gets which offer, and does it pay to tell customers apart?

learn         the best tree of at most two questions, and whether it pays: `learn_policy`
learned       what it finds, and what can be asked of it: a contact list, a check against the truth
evaluate      does a way of deciding earn more than one offer for everybody? `evaluate_policy`
evaluation    what that shows, and what can be asked of it
honest        what it gains on customers it has not seen
candidates    what can be judged: a tree, a written rule, `model_policy`, a function
judged_alike  a tree, written rules and a model, judged on the same trial
misstated     what do untrue reasons do to a rule that reads them? an evaluation's `misstated`
truth         were the honest gains honest, where a simulation knows? an evaluation's `check`
contact_list  whom to contact first, with which offer: a learned policy's `contact_list`
listing       who is listed, under which offer, with what expected profit?
may_get       who may get the offer that a policy would send?
list_day      how long are customers away on the day of the list, and does the trial know of such?
new_leavers   who are the customers of another file, for whom a list is asked?
found_ids     who are the customers of a file, by whatever heading?
honest_value  what a contact with one customer is honestly expected to earn
exact_tree    which two questions earn most? `exact_tree`
strangers     of whom can a trial not speak, and who must not be asked?
screening     which columns are searched, where there are many?
tree          the rule found: its leaves in words, and the offer of each customer
questions     which yes-or-no questions can be asked of a table's columns? `split_table`, `check_known_beforehand`
bins          how is one column cut, and how is a cut said in words?
"""

from winback.policies.judged_alike import judged_alike

__all__ = ["judged_alike"]
