"""Who buys again without a contract, how often and for how much?

fits                `fit_purchases`
purchase_fit        the fitted model: expected purchases, chance to be still a customer, their intervals
spend               how much is a purchase worth? `fit_spend`
check               do customers buy what was predicted? a fit's `check`
choice              which of two models did better on purchases held out, and by which figure?
judging             how held-out purchases are judged
outcomes            how far purchases may lie from what was predicted by chance alone
wording             what a fit says in sentences, and what speaks against what it expects
model               what makes a model of purchases
bg_nbd              customers drop out after a purchase: repeat ones (BG/NBD), or the first one too (MBG/NBD)
pareto_nbd          customers drop out at any time
bg_bb               opportunities to buy, one after the other, instead of time
gamma_gamma         the likelihood of what customers spend; do frequent buyers spend more?
maximum             where is a likelihood highest, and is that an edge?
limits              what is left to say where nobody drops out, or nobody bought again?
table               are the customers' rows fit for use?
cells               equal rows are counted once
mixtures            expectations over customers who differ, and over discounted time
logs                from a log of purchases to one row per customer
"""
