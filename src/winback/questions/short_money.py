"""What if there is no money for everybody? Whom to send what with a part of it, in one sentence of the headline."""

from __future__ import annotations

from winback.budgets.allocation import allocate_budget
from winback.offers.compared import OfferComparison
from winback.results import format_percent, join_words
from winback.second_lifetime.valuation import SecondLifetimeValues

SHARE = 0.4  # of what it costs to contact all who are worth it; as on the page behind it, which a test holds it to
FEW = 0.05  # of those contacted: an offer that fewer get is left out of one sentence


def when_money_is_short(values: SecondLifetimeValues, comparison: OfferComparison) -> str:
    """Say which offers go to whom with a part of the money; nothing where no offer is shown to pay.

    ``values`` are of customers whom the model that values them has not seen.
    """
    if comparison.kind == "gross" or comparison.frame["incremental_profit_low"].iloc[0] <= 0:
        return ""
    everything = allocate_budget(values)
    if not everything.cost_total > 0:
        return ""
    plan = allocate_budget(values, budget=SHARE * everything.cost_total)
    sent = plan.frame[plan.frame["n"] > FEW * max(plan.frame["n"].sum(), 1)].sort_values("n", ascending=False)
    if sent.empty:
        return ""
    what = join_words(sent["offer"])
    what = f"still {what}, but" if what == comparison.frame["offer"].iloc[0] else what
    share = plan.frame["n"].sum() / len(plan.assignments)
    whom = f"only to the {format_percent(share, 0)} who promise most" if round(share, 2) < 1 else "to all of them"
    return f"With {format_percent(SHARE, 0)} of the money that takes, send {what} {whom}."
