"""Who is contacted how, when and how often?

schedule     on which day is each contact made?
dates        which days are quiet, and when does a day come round again?
"""
