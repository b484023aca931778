"""Which model of purchases is kept? The one that says better what customers did on days that neither had seen."""

from __future__ import annotations

from collections.abc import Iterator

from winback.held_out import lie_inside
from winback.purchases.check import PurchaseCheck, error_in_words, tenths_off
from winback.results import Sentences, format_percent

WHY_NOT = {
    "BG/NBD": (
        "Why: the BG/NBD lets customers leave only after a repeat purchase, so whoever bought once is held for a "
        "customer still; with the Pareto/NBD silence counts against them, too."
    )
}


def model_choice(kept: PurchaseCheck, other: PurchaseCheck) -> Sentences:
    """Say which of two models of purchases did better on the same purchases held out, and by which figure.

    The figure that decides is the gap of predicted and observed purchases summed over tenths of the customers, as a
    share of all: a total may be right by errors that cancel, and money goes to customers, not to totals.

    Raises
    ------
    ValueError
        When the two were not judged by the same purchases.

    Examples
    --------
    >>> import winback as wb
    >>> held_out = wb.load_shop_study().base.summary.hold_out()
    >>> checks = [wb.fit_purchases(held_out, model).check(held_out) for model in ("pareto_nbd", "bg_nbd")]
    >>> print(model_choice(*checks).splitlines()[0][-59:])
    of customers it is off by 5% of all purchases, that by 10%.
    """
    same = all(kept.frame[name].sum() == other.frame[name].sum() for name in ("n", "observed"))
    if kept.periods != other.periods or not same:
        raise ValueError("Two models can be compared only by the same purchases held out: judge both by one hold-out.")
    return Sentences.of(_lines(kept, other))


def _lines(kept: PurchaseCheck, other: PurchaseCheck) -> Iterator[str]:
    if not kept.frame["observed"].sum():
        yield "Nothing was bought on the days held out: they decide between no models."
        return
    off = [tenths_off(found) for found in (kept, other)]
    shares = [format_percent(share, 0) for share in off]
    if shares[0] == shares[1]:
        yield (
            f"The {kept.model} and the {other.model} do equally well: tenth by tenth of customers each is off by "
            f"{shares[0]} of all purchases."
        )
    else:
        verdict = "better" if off[0] < off[1] else "worse"
        yield (
            f"The {kept.model} does {verdict} than the {other.model}: tenth by tenth of customers it is off by "
            f"{shares[0]} of all purchases, that by {shares[1]}."
        )
    for found in (kept, other):
        inside = found.frame["inside"]
        yield (
            f"{found.model}: on {found.period.count(found.periods)} it had not seen it predicts "
            f"{error_in_words(found)}; {lie_inside(int(inside.sum()), len(inside))}."
        )
    if off[0] < off[1] and other.model in WHY_NOT:
        yield WHY_NOT[other.model]
    yield "One stretch of days is one test: judge again when the next is over."
