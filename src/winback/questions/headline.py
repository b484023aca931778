"""What to do, in one sentence, and what that gains: the head of the front page, above the waterfall of a profit."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from winback.colours import UNTREATED, offer_colours
from winback.money import format_alike, money_interval
from winback.offers.compared import OfferComparison
from winback.offers.longer import within_months
from winback.offers.told_apart import at_more_scatter
from winback.plots.profit_steps import profit_steps, wide_profit_steps
from winback.plots.small import Row, small_bars
from winback.plots.style import QUIET, capitalised
from winback.questions.card import Picture
from winback.questions.which_offer import Tailoring
from winback.results import format_chance, format_percent
from winback.trial.trial_words import promising
from winback.trial.trial_words import whom as whom_of

REVERSED = "is first on ROI"  # of the comparison's doubts, what the fourth card says


@dataclass(frozen=True)
class Headline:
    """What to do, what it gains and how sure that is, a sentence each, and the waterfall of a profit."""

    do: str
    amount: str  # of the gain, which stands in the next sentence
    gain: str
    on_top: str  # whether telling customers apart earns more
    lead: str  # over the second offer
    limit: str  # up to which organic return it pays, and who looks promising
    doubt: str
    label: str = ""  # of what was not measured
    short: str = ""  # what to do with a part of the money
    picture: Picture | None = field(default=None, repr=False)


def headline(comparison: OfferComparison, tailoring: Tailoring, short: str = "") -> Headline:
    """Say what follows from a comparison and from whether tailoring pays; ``short``: with a part of the money."""
    said = {"do": _do(comparison, tailoring), "amount": _amount(comparison), "gain": _gain(comparison)}
    said |= {"on_top": _on_top(comparison, tailoring), "lead": _lead(comparison), "limit": _limit(comparison)}
    return Headline(**said, short=short, doubt=_doubt(comparison), picture=_picture(comparison))


def _do(comparison: OfferComparison, tailoring: Tailoring) -> str:
    first, kind = comparison.frame.iloc[0], f"{comparison.kind}_profit"
    if first[f"{kind}_high"] < 0:
        return "Send none of these offers: even the best loses money."
    if comparison.kind == "gross":
        return "Leave a random part without an offer before you send one to all."
    if first[f"{kind}_low"] <= 0:
        return "Send none of these offers to all yet: none is shown to pay."
    whom = whom_of(comparison.trial)
    if tailoring.paying:
        return f"Send each customer the offer that suits them: {tailoring.paying[0]} says which."
    if len(comparison.winners) > 1:
        names = f"{', '.join(comparison.winners[:-1])} or {comparison.winners[-1]}"
        return f"Send {names} to {whom}: which of them earns most is not shown."
    return f"Send {first['offer']} to {whom}."


def _amount(comparison: OfferComparison) -> str:
    kind = f"{comparison.kind}_profit"
    first = comparison.frame.iloc[0]
    amount = format_alike([abs(first[kind]), first[f"{kind}_low"], first[f"{kind}_high"]], comparison.currency)[0]
    more = " more" if comparison.kind == "incremental" and first[kind] >= 0 else ""
    return f"{amount}{more} per customer"


def _gain(comparison: OfferComparison) -> str:
    """Say what the first offer earns per customer, with its interval, and against what."""
    first, kind = comparison.frame.iloc[0], f"{comparison.kind}_profit"
    figures = [first[f"{kind}{end}"] for end in ("", "_low", "_high")]
    interval = "[" + money_interval(*figures, comparison.currency).partition("[")[2]
    verb = "earns" if figures[0] >= 0 else "loses"
    name = capitalised(first["offer"])
    if comparison.kind == "gross":
        tail = "before what would have come anyway, which is not known"
        return f"Among the offers, {first['offer']} {verb} {_amount(comparison)} {interval}, {tail}."
    against = "than sending nothing" if figures[0] >= 0 else "against sending nothing"
    assumed = f" under {comparison.settings.organic.says}" if comparison.settings.organic is not None else ""
    nothing = ", which includes zero" if figures[1] <= 0 <= figures[2] else ""
    adjusted = f" ({comparison.adjusted_for})" if comparison.adjusted_for else ""
    within = within_months(comparison)
    return f"{name} {verb} {_amount(comparison)} {against} {interval}{within}{assumed}{adjusted}{nothing}."


def _on_top(comparison: OfferComparison, tailoring: Tailoring) -> str:
    """Say whether telling customers apart earns more on top; nothing where no offer pays or it could not be tried."""
    if not tailoring.judged or comparison.frame.iloc[0][f"{comparison.kind}_profit_low"] <= 0:
        return ""
    if not tailoring.paying:
        return "Tailoring was not shown to add anything."
    best = tailoring.judged[tailoring.paying[0]].frame.iloc[0]
    figures = (best[f"honest_gain{end}"] for end in ("", "_low", "_high"))
    return f"Telling customers apart earns {money_interval(*figures, comparison.currency)} on top."


def _lead(comparison: OfferComparison) -> str:
    """Say how far the first offer is ahead of the second."""
    if len(comparison.frame) == 1:
        return ""
    pair, first = comparison.differences.iloc[0], comparison.frame.iloc[0]
    behind = money_interval(*(pair[f"difference{end}"] for end in ("", "_low", "_high")), comparison.currency)
    chance = format_chance(first["probability_best"])
    unsure = f"not beyond chance: {first['offer']} is the best with a chance of {chance}"
    more = at_more_scatter(comparison)
    told = f"more than chance explains{f'; {more}' if more else ''}" if pair["told_apart"] else unsure
    return f"{capitalised(pair['second'])} earns {behind} less, {told}."


def _limit(comparison: OfferComparison) -> str:
    """Say up to which organic return the first offer pays, where it is shown to, and who looks promising."""
    first = comparison.frame.iloc[0]
    breaks = first["break_even_organic"]
    who = " ".join(promising(comparison.trial))
    if comparison.kind == "gross" or first["incremental_profit_low"] <= 0 or not 0 < breaks < 1:
        return who
    did = ""
    if comparison.control is not None:
        did = f"; {format_percent(comparison.control.n_returned[0] / comparison.control.n[0])} did"
    stops = f"{capitalised(first['offer'])} stops paying where {format_percent(breaks)} come back anyway{did}."
    return " ".join(filter(None, [stops, who]))


def _doubt(comparison: OfferComparison) -> str:
    """Return the comparison's own doubt, unless a card says it."""
    said = str(comparison.describe()).splitlines()
    doubts = said[2:] if len(comparison.frame) > 1 else said[1:]
    return " ".join(line for line in doubts if REVERSED not in line)


def _picture(comparison: OfferComparison) -> Picture:
    draw, narrow = partial(wide_profit_steps, comparison), partial(small_bars, _rows(comparison))
    return Picture(draw, _spoken(comparison), _caption(comparison), narrow)


def _rows(comparison: OfferComparison) -> list[Row]:
    """Return the steps as bars below each other, each beginning where the last one ended."""
    rows, total = [], 0.0
    steps, texts = _steps(comparison)
    offer = comparison.frame["offer"].iloc[0]
    own = offer_colours([offer], comparison.catalogue)[offer]
    for place, ((name, amount), text) in enumerate(zip(steps, texts, strict=True)):
        last = place == len(steps) - 1
        colour = own if last else UNTREATED if place == 0 else QUIET
        rows.append(Row(name, amount, text, begin=0.0 if last else total, colour=colour))
        total += amount
    return rows


def _steps(comparison: OfferComparison) -> tuple[list[tuple[str, float]], list[str]]:
    """Return the steps of the first offer's profit, and their amounts as text, the last with its interval."""
    first, kind = comparison.frame.iloc[0], f"{comparison.kind}_profit"
    steps = profit_steps(comparison, first["offer"])
    texts = format_alike([amount for _, amount in steps], comparison.currency)
    texts[-1] = money_interval(*(first[f"{kind}{end}"] for end in ("", "_low", "_high")), comparison.currency)
    return steps, texts


def _spoken(comparison: OfferComparison) -> str:
    steps, texts = _steps(comparison)
    each = ", ".join(f"{name} {text}" for (name, _), text in zip(steps, texts, strict=True))
    return f"Per customer sent {comparison.frame['offer'].iloc[0]}: {each}."


def _caption(comparison: OfferComparison) -> str:
    months = comparison.settings.horizon_months
    over = "" if months is None else f", over {months:.0f} months"
    counts = "what came beyond those who were sent nothing"
    if comparison.kind == "gross":
        counts = "before what would have come anyway"
    elif comparison.control is None:
        counts = "what comes beyond those assumed to come back anyway"
    return f"Money per customer sent {comparison.frame['offer'].iloc[0]}{over}. The last bar is what counts: {counts}."
