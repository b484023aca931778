"""How are second lifetime values put into words? Which offer is worth most, how sure that is, and what is in doubt."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from winback.labels import value_words
from winback.results import counted, format_money, format_percent, join_words
from winback.tables import NO_OFFER

MODELS = {"joint": "two-part", "two-part": "joint"}  # beside which other one its figures are shown


def answer(values) -> Iterator[str]:
    """Yield the answer, how sure it is, and the doubt that matters, of `SecondLifetimeValues`."""
    best, money = _best(values), _money_of(values)
    yield (
        f"By the model, {best['offer']} is worth most on average: {money(best['net_value'])} per lost customer, net of "
        f"its cost [{money(best['net_value_low'])}, {money(best['net_value_high'])}]."
    )
    yield _gain(best, values, money) if "gain" in best else _gross(values)
    if values.trial.horizon_months > values.fit.longest:
        yield (
            f"This reaches beyond the longest second lifetime seen ({values.fit.longest:,.0f} months): what lies "
            "beyond is extrapolated by the model."
        )
    else:
        yield "Intervals are for expected values: what one customer will do varies far more."


def scope(values) -> Iterator[str]:
    """Yield over what is counted, who is left out, and what the other model says."""
    months, rate = values.trial.horizon_months, values.trial.annual_discount
    span = "without end" if months == np.inf else f"for {months:.4g} months"
    later = f"later money discounted at {format_percent(rate)} a year" if rate else "later money not discounted"
    yield f"Second lifetimes are counted {span}, {later}."
    if values.set_aside.any():
        aside = counted(values.set_aside.sum(), "customers")
        yield f"Averages leave out {aside} set aside beforehand, as the model does."
    yield "Intervals allow for what the estimates do not know."
    yield from _models(values)


def _gain(best, values, money) -> str:
    rows = _sent(values)
    sides = rows.assign(side=np.sign(rows["gain_low"]) + np.sign(rows["gain_high"]))
    paying, doubtful = (list(sides.loc[wanted, "offer"]) for wanted in (sides["side"] > 0, sides["side"] == 0))
    verdict = f"{join_words(paying)} {'pays' if len(paying) == 1 else 'pay'}" if paying else "no offer is shown to pay"
    rest = f", for {join_words(doubtful)} that is not shown." if doubtful and paying else "."
    return (
        f"Compared with sending nothing, {best['offer']} brings {money(best['gain'])} more "
        f"[{money(best['gain_low'])}, {money(best['gain_high'])}]; {verdict}{rest}"
    )


def _gross(values) -> str:
    why = "The model knows no untreated customers"
    if not values.fit.offers:
        why = "The formulas do not contain the offer, so that every offer brings the same and only its cost differs"
    return f"{why}: these values are gross, some would have come back anyway."


def _models(values) -> Iterator[str]:
    if values.beside is None:
        yield "The two-part model treats return, tenure and margin as unrelated beyond the covariates."
        return
    if values.beside.doubts:
        yield f"The two-part model comes first: {'; '.join(values.beside.doubts)}."
    best, name = _best(values), values.fit.kind
    yield (
        f"These are the {name} model's figures; the {MODELS[name]} model says "
        f"{_money_of(values)(best['net_value_beside'])} {value_words('offer', best['offer'])}."
    )


def _sent(values):
    return values.averages[values.averages["offer"] != NO_OFFER]


def _best(values):
    rows = _sent(values)
    return rows.loc[rows["net_value"].idxmax()]


def _money_of(values):
    return lambda amount: format_money(amount, values.currency)
