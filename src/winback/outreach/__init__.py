"""Who is contacted how, when and how often?

playbook           rules, remedies and limits that an analyst edits, and what contacts cost by them
playbook_files     `load_playbook`, `write_playbook`: a playbook as TOML
entries            what stands in a playbook: channels, steps, rules, remedies, causes, aftercare
playbook_problems  what is wrong with one, in words
matching           which rule and remedy are for whom, and who may be reached by which channel?
chains             in which order are the steps of a chain made?
customer_chains    which steps is each customer meant for, and what do they cost?
schedule           on which day is each contact made?
dates              which days are quiet, and when does a day come round again?
"""

from winback.outreach.entries import Aftercare, Cause, Channel, News, Occasion, Remedy, Rule, Step
from winback.outreach.playbook import Playbook
from winback.outreach.playbook_files import load_playbook, write_playbook

__all__ = [
    "Aftercare",
    "Cause",
    "Channel",
    "News",
    "Occasion",
    "Playbook",
    "Remedy",
    "Rule",
    "Step",
    "load_playbook",
    "write_playbook",
]
