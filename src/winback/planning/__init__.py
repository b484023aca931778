"""How large must the next trial be, and what does its holdout cost?

plan         `plan_trial`
trial_plan   `TrialPlan`: how it shows itself
asked        what is asked of the trial, with its settings `Comparisons`, `Choice` and `FollowUp`
figures      expected profit of each arm and its variance, which carry every size: of a pilot, or assumed
sizes        customers an arm for one difference, and for choosing the best offer: surely enough, or at little loss
in_clusters  customers drawn in clusters: the design effect, measured or assumed by `InClusters`
skewed       third moment over variance of one customer's profit, measured or of log-normal values
size_notes   why a question takes more customers, or fewer, than even amounts of independent customers would
every_pair   and for one difference where the verdict allows for every pair of offers
choosing     how many customers choose the best offer, and on which condition
questions    one row of the plan for each question
holdout      customers per offer and left untreated: what these cost, and what they tell
follow_up    how long must the trial be watched?
next_trial   what to do on Monday about it
how_sure     how sure is the present choice, and what would make it surer?
two_sources  why do a trial and a table without customers give other sizes and break-evens?
"""

from winback.planning.asked import Choice, Comparisons, FollowUp
from winback.planning.how_sure import how_sure
from winback.planning.in_clusters import InClusters
from winback.planning.two_sources import two_sources

__all__ = ["Choice", "Comparisons", "FollowUp", "InClusters", "how_sure", "two_sources"]
