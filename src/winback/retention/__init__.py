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
"""
