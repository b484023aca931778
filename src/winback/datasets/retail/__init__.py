"""A shop's log of purchases, with the truth behind it. Simulated.

assumptions   every figure behind the log
arguments     what can be asked of the simulation
customers     who the customers are: how often they buy, when they leave, what they spend, through which channel
purchases     what they buy, and when
mistakes      what a real log has beside purchases
study         `simulate_transactions`
"""

from winback.datasets.retail.study import RetailStudy, RetailTruth, simulate_transactions

__all__ = ["RetailStudy", "RetailTruth", "simulate_transactions"]
