"""Who is contacted how, when and how often?

playbook           rules, remedies and limits that an analyst edits, and what contacts cost by them
counted_in         does the best offer stay the best once its contacts are paid for?
playbook_files     `load_playbook`, `write_playbook`: a playbook as TOML
entries            what stands in a playbook: channels, steps, rules, remedies, causes, aftercare
playbook_problems  what is wrong with one, in words
matching           which rule and remedy are for whom?
asked_for          what does a playbook ask for that nobody has?
consent            who agreed to be reached by which channel, and of which is it not known?
unclear_consent    does a column look like consent, or like the opposite, and is of no channel?
chains             which steps is each customer meant for, in which order, and what do they cost?
schedule           on which day is each contact made?
plan               whom to contact how and when? `outreach_plan`
planned            what happens on which day, and what is it expected to earn? `OutreachPlan`, the plan it makes
plan_words         what a plan says: what is done, what is in doubt
what_it_takes      what it costs and is expected to earn, and what is to be decided
not_contacted      who of those asked about is not contacted, and does the sum close?
first_day          who does what on its first day? `FirstDay`
made_before        who is to be struck out of a list made before?
on_the_list        who is on the list that is planned, as they are on its first day?
causes             does what drove a customer away still stand?
reached            who is made the offer in time, and on which days?
came_as_forecast   did it come as forecast, and what is to be changed in the next one? a plan's `check`
forecast_words     what such a check says: what came beside the forecast, what to change, what is in doubt
held_against       what came held against what was forecast: means, ratios, what was added
by_rank            was the order of the list worth what was forecast?
foreseen           what did the trial foresee of these customers?
outcomes           what came of them?
aftercare          who hears from us after a purchase? `aftercare_plan`
follow_ups         the list of these contacts, `AftercarePlan`
after_purchases    which contacts are due after a purchase, on which days, with what to say?
slots              how many contacts does a playbook leave room for on a day, besides those planned before?
contact_rows       how do contacts become rows of a list, shared out over agents?
when_to_call       is it better to call earlier? `when_to_call`
calling_times      the answer in words, `CallingTimes`: is it the delay or the customers?
return_by_delay    who came back by months away, counted and as a curve?
reached_later      do those reached later differ in what was known of them?
customer_cards     what must an agent know of a customer, at once? `customer_cards`
card               one customer's card, as a page and as plain values
card_facts         what did each customer use, miss and leave for, and what is offered, planned and tried?
dates              which days are quiet, when does a day come round again, and how is it written?
"""

from winback.outreach.aftercare import aftercare_plan
from winback.outreach.came_as_forecast import CameAsForecast
from winback.outreach.customer_cards import customer_cards
from winback.outreach.entries import Aftercare, Cause, Channel, News, Occasion, Remedy, Rule, Step
from winback.outreach.plan import outreach_plan
from winback.outreach.planned import OutreachPlan
from winback.outreach.playbook import Playbook
from winback.outreach.playbook_files import load_playbook, write_playbook
from winback.outreach.when_to_call import when_to_call

__all__ = [
    "Aftercare",
    "CameAsForecast",
    "Cause",
    "Channel",
    "News",
    "Occasion",
    "OutreachPlan",
    "Playbook",
    "Remedy",
    "Rule",
    "Step",
    "aftercare_plan",
    "customer_cards",
    "load_playbook",
    "outreach_plan",
    "when_to_call",
    "write_playbook",
]
