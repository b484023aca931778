"""One function per figure: it takes a result and returns an Axes, or a Figure for panels.

offers   profit beside ROI, acceptance against cost, the ranking against organic return
style    the house palette and the format of figures in notebooks
"""

from winback.plots.offers import plot_acceptance_against_cost, plot_profit_and_roi, plot_ranking_against_organic
from winback.plots.style import set_notebook_format

__all__ = [
    "plot_acceptance_against_cost",
    "plot_profit_and_roi",
    "plot_ranking_against_organic",
    "set_notebook_format",
]
