"""What is a customer worth, and what is the base? `lifetime_value`, `base_value`

lifetime_value  each customer's value, with or without a contract
base_value      all customers together, by segment, and what constant churn would say
base_table      who makes up a base
segments        do segments differ in what a customer is worth?
ahead           payments or purchases to come, behind one view
terms           margin, discount and horizon
doubts          what speaks against a value
constant_churn  one churn rate for everybody: the naive figure
valued          what every value has: total, terms, doubts, what is extrapolated
wording         its sentences
contracts       who renews, and for how long?
"""
