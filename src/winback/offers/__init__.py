"""Which offer pays?

comparison          which offer earns most, how much, how surely? `compare_offers`
comparison_figures  its figures, from each offer's moments
comparison_text     its sentences
headlines           what a manager sees first: answer, tiles, tables, assumptions
sensitivity         what if horizon, discount rate or organic return were others?
break_even          at which organic return does an offer stop paying? in words
economics           profit, ROI and break-even from summary figures alone: `offer_economics`
"""
