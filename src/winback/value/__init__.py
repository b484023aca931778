"""What is a customer worth, and what is the base? `lifetime_value`, `base_value`

lifetime_value  each customer's value, with or without a contract
values          its result: customers, tenths, and who carries it
base_value      all customers together, by segment, and what constant churn would say
base_worth      its result: segments, the naive figure beside them, and word of mouth
ahead           payments or purchases to come, behind one view
of_base         which customers of a base are there to be valued?
terms           margin, discount and horizon
naive           what is set beside a base: the naive figure, and the most valuable segment beside the least
constant_churn  one churn rate for everybody: the naive figure
valued          what every value has: total, terms, doubts, what is extrapolated
contracts       who renews, and for how long?
"""
