"""Who is lost, why, and is it worth a try?

lost_report     how many are lost, where, when, what did it cost, who comes back? `lost_report`
lost_shares     which groups lose more, where nobody knows when? of a snapshot
losses_reported, losses_in_words  its answer, and its sentences
stays           who was a customer from when to when, in which group, and what did they bring in before they left?
brought_in      what did each customer bring in within the year before they left?
served          who serves whom: when, alone or together, and on the last day?
report_periods  over which periods are losses reported?
loss_counts     how many were here, lost, won and back in each period, group and cohort?
small_groups    which group really loses more than the others, and which by chance?
organic_return  who comes back by themselves, and when?
published_rates  what do others lose, and how many come back to them?
lost_accounts   which lost accounts were a large part of turnover?
in_short        who is lost and what does it cost, in one minute
money_asked     what of the money was taken for granted, or is missing?
year_in_words   how many were lost in the last year, in one sentence
on_pages        which columns of each answer does a page show?
triage          whom to call first without any trial? `triage`
triaged         its answer and sentences: priorities, the call list, what an offer may cost
lost_customers  who is lost today, what did they bring, how regularly?
classes         who brings most, and how regularly: ABC, XYZ and priorities
at_stake        what would a customer bring who came back?
if_back         what would come in if some of them came back? a scenario
effort          on whom is time spent, and what do they bring?
stages          who only looks for a price, who is regular, who recommends? `base_stages`
staged          its answer: stages, and who moved between them
managers        what hangs on one employee? do customers follow one who leaves? `manager_concentration`
departures      losses after an employee left, against before and against others
reasons         which reasons do exit texts name? `code_reasons`
coded_reasons   its answer: reasons counted, texts that no pattern matches, reasons as a column
exit_texts      what did each customer say?
coding          which reasons does each distinct text name, and what is taken back?
reason_table    what did each reason cost, who came back, is mending it worth the money? `reason_table`
reason_figures  its answer
stated          which reasons did each lost customer name?
mending         what if a reason is mended? what is at stake, and which chance makes up for its cost
behaviour       what did lost customers do before they left?
differences     shares among some customers beside those among all others
satisfied       had those who left been satisfied, more or less than those who stayed? `satisfied_leavers`
satisfaction    its answer
answers         who answered what, and had they left a while later?
foretells       does an answer tell who leaves? odds and ranks
codebook        reasons, their causes and patterns, and what takes a reason back
codebook_files  `load_codebook`, `write_codebook`: a codebook as TOML
phrases         which words does a pattern stand for?
regexes         which regular expressions are safe to run on any text?
words_in_order  where in many texts does a phrase stand?
folded          when are two words the same?
"""

from winback.lost.classes import Classes
from winback.lost.codebook import Codebook, Reason
from winback.lost.codebook_files import load_codebook, write_codebook

__all__ = ["Classes", "Codebook", "Reason", "load_codebook", "write_codebook"]
