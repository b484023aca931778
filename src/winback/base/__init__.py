"""Who is a customer, who is lost and since when? Contracts or purchases, read once.

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
