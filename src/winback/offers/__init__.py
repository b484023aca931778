"""Which offer, to whom, and does it pay?

catalog        `Offer` with its cost contract; `load_offers`
costs          what each customer's offer cost, by its trigger
economics      profit, ROI and break-even from summary figures alone: `offer_economics`
design_checks  is this trial fit to be read? `check_design`
comparison     which offer earns most, how much, how surely? `compare_offers`
"""
