"""Who is a customer, who is lost and since when, and what became of them? Contracts or purchases, read once.

contracts           customers with contracts: `read_contracts`
contract_base       what it comes to: who is here, lost, back; the table of lost customers
contract_lives      lives, first losses and first lifetimes, from the checked tables
contract_words      its sentences
contract_tables     the tables it is read from, checked together
contract_doubts     what may be wrong with them without being an error
any_base            one file, whatever it is: recognised and read
shapes              contracts, purchases or a snapshot? told by the columns
snapshots           one row per customer, with tenure and status, and no calendar
snapshot_base       what it comes to: who is here, who is lost, how long they stay
snapshot_status     which labels say that a customer is lost?
snapshot_words      its sentences
questions           what can be asked of a base, and which column is missing for what cannot?
involuntary         who did not choose to leave?
lives               from contracts to lives: what is a loss, what only a change of contract?
usable              are its tables fit for use, and what can be asked of it? for `winback check`
events              what happened until the loss?
whole_periods       how many periods did each customer stay?
purchases           customers who buy without a contract: `read_purchases`
purchase_base       what it comes to: who is here, lost, back; the table of lost customers
purchase_words      its sentences
purchase_rows       which rows of a log are dropped, and where they stand
purchase_doubts     what may be wrong with a log without being an error
people              what else is known of the customers of a log?
buyer_lapsed        which of them were lost by a day, and what have they brought since?
buyer_lives         from purchases to lives: each ends where a rule calls the customer lost
base                `Base`: what customers with contracts and buyers have in common
lapsed              `Lapsed`: one row per lost customer, as known on a day
lapsed_table        that table, from lives
sent                the offers sent to lost customers
customers           whose rows are these? ids of several tables
purchase_days       who bought on which day, as whole numbers; as seen on any earlier day
return_curve        how long do customers stay away before they buy again?
gap_model           how far apart are one customer's purchases? when will the next one come?
rules               when is a silent buyer lost? the four rules an analyst can ask for
fitted_rules        after how many silent days does each rule call a customer lost?
lapse_rule          what every rule fitted to a log can do
past_losses         who was lost before, and who came back?
looks               what would have been said on earlier days, and who bought after them?
false_alarms        how often does a rule call somebody lost who buys again?
equal_numbers       which rule has the fewest false alarms when all call equally many lost?
rule_choice         the rule that was chosen, and how
"""

from winback.base.rules import Inactive, Personal, Rhythm, Silence

__all__ = ["Inactive", "Personal", "Rhythm", "Silence"]
