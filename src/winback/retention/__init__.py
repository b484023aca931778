"""Who is about to leave, when, and who leaves again? Key moments, churn risk, repeat churn.

key_moments    after which moments do customers leave, come back, or leave again? `key_moments`
found_moments  what it comes to
moment_words   its sentences
jump_figures   hazards, losses in excess, money, and the hazard month by month
jumps          how much higher is the hazard after a moment than at the same time without it?
beside         with whom is a moment compared, and with what where all have it at once?
moments        which moments are looked at, and for how many days after each?
watched        whose time is watched?
exposure       how many days was how many customers at risk, and when?
repeat_churn             who returned for good, and who leaves again for the same reason? `fit_repeat_churn`
repeat_churn_fit         its result: who is cured, who leaves when for what; what can be asked of it
repeat_churn_params      its parameters in one table
repeat_churn_words       its sentences
repeat_churn_sample      who returned, why had they left, and for what could they leave again?
repeat_churn_outlook     what is expected of each customer
repeat_churn_likelihood  mixture cure with competing risks: the likelihood, its slope and its information
long_enough              have they been watched for long enough to tell who will never leave?
watch_list               which of the newly returned may soon be gone, and how much is at risk? a fit's `watch_list`
early_leaving            are they fragile at first, and when their offer ends? a fit's `early_leaving`
"""
