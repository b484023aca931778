"""What does an offer cost and when, and what returns anyway?

catalog            `Offer` with its cost contract, and a campaign's offers: `OfferCatalog`
offers_file        offers read from a file and written to one: `load_offers`
template           what a campaign's offers file must say, as a template to fill in
contract_problems  what is wrong with a contract, in words
cost_words         what an offer costs, and when it is due, in words
costs              what each customer's offer cost, by its trigger, and which offer a tailored one gives
contact_costs      what the contacts with each customer cost, where that differs by customer
other_costs        the same offers at other prices
margin_share       which share of revenue is margin?
organic            assumed organic return, where nobody was left untreated
left_alone         what customers bring who are left alone: known, assumed or unknown
"""
