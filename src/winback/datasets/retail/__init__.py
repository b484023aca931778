"""A shop's log of purchases, with the truth behind it. Simulated.

assumptions   every figure behind the log
arguments     what can be asked of the simulation
customers     who the customers are, what they buy and when, and what a real log has beside purchases
discounts     what was bought on discount, and whom customers brought along
shop          the log as one object: purchases, customers, the base they make, and the truth
study         `simulate_shop_study` and `load_shop_study`
"""

from winback.datasets.retail.shop import RetailTruth, ShopStudy
from winback.datasets.retail.study import load_shop_study, simulate_shop_study

__all__ = ["RetailTruth", "ShopStudy", "load_shop_study", "simulate_shop_study"]
