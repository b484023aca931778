"""The telecom study: 53,000 lost customers, 40,000 of them sent one of four offers, and their company. Simulated.

assumptions   what was published, and what is assumed beside it
published     what the study answered to its four questions
leavers       first lifetimes: when they came and left, why, and who was sent which offer
second_lives  what each customer would do under each offer, and what that would truly have earned
second_reasons  why those who returned leave again, given when
calibration   the constants that make the published figures hold exactly
calendar      on which day is month 0, and on which days did the study's customers come and go
company_assumptions  what is planted in the company around the leavers
lives         all lives of everybody, the study's among them
moments       to whom did a moment come that makes people leave: welcome discounts, renewals, price changes
complaints    when did they complain, and whom did they refer
managers      who served whom, and who followed a manager that left
surveys       satisfaction and the rating of the seller
usage         volume by month, which shrinks before some leave
effort        on whom managers spend their time
exits         what was said on leaving, who reported it, where they went
exit_texts    the phrases, in four languages
contracts     which contracts each life consisted of
company       the company as tables, and the truth behind them
lately        who was lost in the last year, is still away, and was never asked?
campaign      would a plan of contacts come as forecast? held against what customers would do
built_in      which stories were built in, said once on a page
dictionary    what the columns and events of the company's tables mean

study         `simulate_telecom_study` and `load_telecom_study`
"""

from winback.datasets.telecom.study import TelecomStudy, TelecomTruth, load_telecom_study, simulate_telecom_study

__all__ = ["TelecomStudy", "TelecomTruth", "load_telecom_study", "simulate_telecom_study"]
