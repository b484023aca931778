"""Who gets which offer? Rules of at most two questions, found by looking at all of them.

splits      which yes-or-no questions can be asked of a table's columns? `split_table`, `check_known_beforehand`
bins        how is one column cut, and how is a cut said in words?
exact_tree  which two questions earn most? `exact_tree`
tree        the rule found: its leaves in words, and the offer of each customer
"""
