"""Who is about to leave, when, and who leaves again? Key moments, churn risk, repeat churn.

key_moments              after which moments do customers leave, come back, or leave again? `key_moments`
found_moments            what it comes to
moment_words             its sentences
jump_figures             hazards, losses in excess, money, and the hazard month by month
jumps                    how much higher is the hazard after a moment than at the same time without it?
beside                   with whom is a moment compared, and with what where all have it at once?
either_side              what would the hazard have been within windows, by the time on either side?
moments                  which moments are looked at, and for how many days after each?
watched                  whose time is watched?
exposure                 how many days was how many customers at risk, and when?
churn_risk               who is about to leave? `fit_churn_risk`
risk_fit                 the fitted model: of everybody, and of one customer
risk_words               its sentences
risk_ahead               who leaves in which of the months ahead?
risk_check               did those leave who were said to? a fit's `check`
risk_judged              how later months are judged
about_to_leave           whom does it pay to keep? a fit's `about_to_leave`
keeping                  what does keeping a customer gain?
unforeseen               which losses had nobody foreseen? a check's `unforeseen`
shrinking_volume         does a customer who uses less leave soon? how early, and how often is the alarm false?
alarm_worth              which alarm gains most at what a call costs and prevents?
risk_table               which numbers of a formula belong to which levels?
person_months            what was known at the start of each month, and who left within it?
bands                    in which bands is it counted?
repeat_churn             who returned for good, and who leaves again for the same reason? `fit_repeat_churn`
repeat_churn_fit         its result: who is cured, who leaves when for what; what can be asked of it
repeat_churn_params      its parameters in one table
repeat_churn_words       its sentences
repeat_churn_sample      who returned, why had they left, and for what could they leave again?
repeat_churn_outlook     what is expected of each customer
repeat_churn_likelihood  mixture cure with competing risks: the likelihood, its slope and its information
long_enough              have they been watched for long enough to tell who will never leave?
counted_months           in which months do more, or fewer, leave than the model says?
watch_list               which of the newly returned may soon be gone, and how much is at risk? a fit's `watch_list`
early_leaving            are they fragile at first, and when their offer ends? a fit's `early_leaving`
"""

from winback.retention.shrinking_volume import ShrinkingVolume, shrinking_volume

__all__ = ["ShrinkingVolume", "shrinking_volume"]
