"""How large must the next trial be, and what does its holdout cost?

plan        `plan_trial`
trial_plan  `TrialPlan`: how it shows itself
asked       what is asked of the trial, with its settings `Comparisons`, `Choice` and `FollowUp`
figures     expected profit of each offer and its variance, which carry every size
assumed     these from a summary table of assumed figures
pilot       these from a pilot, a trial that was read
sizes       customers an arm for one difference
selection   customers an arm for choosing the best offer: surely enough, or at little loss
questions   one row of the plan for each question
split       customers per offer and left untreated
holdout     what the untreated cost, and what they tell
follow_up   how long must the trial be watched?
"""

from winback.planning.asked import Choice, Comparisons, FollowUp

__all__ = ["Choice", "Comparisons", "FollowUp"]
