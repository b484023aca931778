"""How is a fit of purchases said in words, and what speaks against what it expects?"""

from __future__ import annotations

import numpy as np

from winback.purchases.limits import most_who_buy_again
from winback.purchases.model import RATIO_AND_SIZE, SOME
from winback.purchases.spend import SpendFit
from winback.results import Sentences, format_count, format_number, format_percent

OLDER = 1.5  # times as old as any customer of the fit
NO_MAXIMUM = "No maximum of the likelihood of {what} was found: do not use these figures."


def describe_purchases(fit) -> Sentences:
    """Say who buys again and how often, and what the model rests on."""
    model, unit = fit.model, _unit(fit.period)
    lines = [
        f"{format_count(fit.n)} customers, of whom {format_count(fit.n_repeat)} "
        f"({format_percent(fit.n_repeat / fit.n)}) bought again; {model.name}, unit of time a {unit}: {model.title}.",
    ]
    if fit.n_repeat == 0:
        return Sentences.of([*lines, *_nobody_bought(fit)])
    lines += [_rate(fit, unit), _new_customer(fit)]
    if fit.edge:
        lines.append(edge_in_words(fit))
    if not fit.converged:
        lines.append("No maximum of the likelihood was found: do not use these estimates.")
    if model.name == "BG/NBD":
        lines.append(
            f"The BG/NBD holds everyone without a repeat purchase for a customer still, here "
            f"{format_count(fit.n - fit.n_repeat)}: the MBG/NBD and the Pareto/NBD do not."
        )
    lines.append(f"Intervals at {fit.level:.0%} are for what is expected, not for what one customer will do.")
    return Sentences.of(lines)


def _nobody_bought(fit) -> list[str]:
    time, n, share = most_who_buy_again(fit.cells, fit.level)
    opportunities = "1 opportunity" if time == 1 else f"{time:,.0f} opportunities"
    span = opportunities if fit.columns.whole else fit.period.count(time)
    return [
        f"On the edge of the model: {fit.edge}. No parameter has an estimate, and whether anybody has left cannot "
        "be told.",
        f"{format_count(n)} were seen for {span} or longer: at {fit.level:.0%} confidence at most "
        f"{format_percent(share, 2)} of customers buy again within that time, whatever the model. How often they may "
        "buy has no such limit.",
    ]


def edge_in_words(fit) -> str:
    """Say on which edge of the model a fit lies, and what that leaves open."""
    share, limit = _share(fit), _limit(fit)
    return f"On the edge of the model: {fit.edge}{share}. The intervals take this for granted{limit}."


def _share(fit) -> str:
    """Say how many drop out where the others never do; of the Pareto/NBD a share has no simple form."""
    if SOME not in {each.leave for each in fit.edges} or not np.array_equal(
        fit.model.directions[2:, 2:], RATIO_AND_SIZE
    ):
        return ""
    leave, stay = fit.params["estimate"].to_numpy()[2:]
    return f"; {format_percent(leave / (leave + stay))} of customers drop out then, the others never"


def _limit(fit) -> str:
    highest = fit.highest_dropout
    if np.isnan(highest):
        return ""
    chance = format_percent(highest, 1 if highest > 0.01 else 3)
    return f"; a mean chance to drop out of up to {chance} agrees with the data as well (one-sided, {fit.level:.0%})"


def _rate(fit, unit) -> str:
    parameters = fit.params["estimate"].to_numpy()
    rate = format_number(fit.model.mean_rate(parameters))
    often = f"buys at {rate} of the opportunities" if fit.columns.whole else f"buys {rate} times per {unit}"
    leaves = "" if any(each.leave for each in fit.edges) else f"; {fit.model.mean_dropout(parameters, fit.period)}"
    return f"while active a customer {often} on average{leaves}."


def _new_customer(fit) -> str:
    periods = 1 / fit.period.years
    if fit.columns.whole:
        periods = max(1.0, np.round(periods))
    once = fit.columns.whole and periods == 1  # then what is expected is the chance of the one purchase
    write = format_percent if once else format_number
    expected, low, high = (write(value) for value in fit.expected_purchases(periods).iloc[0, 1:])
    if once:
        return f"a new customer buys at the first opportunity with chance {expected} [{low}, {high}]."
    return f"a new customer is expected to buy {expected} [{low}, {high}] times more within the first year."


def _unit(period) -> str:
    return period.in_words if period.n_units == 1 else f"period of {period.in_words}"


def purchase_doubts(fit, ages: np.ndarray) -> tuple[str, ...]:
    """Return sentences of what a reader must know of purchases expected of customers of these ages, in periods."""
    unsure = "" if fit.converged else NO_MAXIMUM.format(what="purchases")
    return tuple(filter(None, [_edge(fit), _age(fit, ages), unsure]))


def spend_doubts(spend: SpendFit | None) -> tuple[str, ...]:
    """Return sentences of what a reader must know of the spend expected, where it was estimated."""
    if spend is None:
        return ()
    edge = f"On the edge of the model of spend: {spend.edge}. The intervals take this for granted."
    unsure = "" if spend.converged else NO_MAXIMUM.format(what="spend")
    related = "" if spend.correlation.harmless else spend.correlation.in_words()
    return tuple(filter(None, [edge if spend.edge else "", unsure, related]))


def _edge(fit) -> str:
    if fit.n_repeat == 0:
        return f"On the edge of the model: {fit.edge}. There is no upper limit to what may come."
    return edge_in_words(fit) if fit.edge else ""


def _age(fit, ages) -> str:
    """Doubt customers who are much older than any the fit has watched: their time may be in another unit."""
    oldest, watched = float(ages.max()), float(fit.cells.age.max())
    if oldest <= OLDER * watched:
        return ""
    count = fit.period.count
    return f"Customers are up to {count(oldest)} old, the fit watched at most {count(watched)}: is it the same unit?"
