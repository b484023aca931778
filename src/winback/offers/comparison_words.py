"""What does a comparison of offers say, in sentences? Every figure in them is taken from the result.

The answer is what to send, how far ahead it is, and one doubt: the first that applies, in this order. Doubts about
whether the figures can be read at all come before doubts about what they mean.

1. too few returned for the answer's intervals to hold, customers are there twice, or clusters are too few;
2. the untreated were refused as a control group;
3. the groups were not alike, or lost customers;
4. what would have returned without an offer is unknown, or only assumed;
5. corrected for having been picked, the best is no longer shown to pay, or its correction is rough;
6. the trial may still be running, and intervals hold for one look;
7. over as many months as the data cover, another offer comes first;
8. profit and ROI name different offers;
9. too few returned under another offer, or so few that intervals are a little too narrow;
10. a few large amounts weigh so much that the interval leans.

Where they weigh so much that it cannot be relied on, or a few customers carry an offer, that comes second.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from winback.money import format_alike, format_money
from winback.offers import told_apart
from winback.offers.comparison_figures import skewness_of
from winback.offers.longer import other_when_longer, within_months
from winback.offers.sensitivity import break_even_lines
from winback.results import Result, counted, format_count, format_percent, join_words
from winback.skewness import TOO_SKEWED, is_skewed
from winback.trial.design_findings import FEW_RETURNED, MANY_RETURNED
from winback.trial.one_look import ONE_LOOK, one_look

UNTREATED = "the untreated"
TOO_SURE = ("duplicate ids", "clusters")  # checks that say whether intervals are too narrow
GROUPS_ALIKE = ("sample ratio", "balance", "control group")  # checks that say whether like is compared with like


def answer_lines(result: Result) -> list[str]:
    """Return at most three sentences: what to send, how far ahead it is, and the doubt that matters most."""
    return [_answer(result), *told_apart.lead(result), *_doubts(result)[:1]]


def detail_lines(result: Result) -> list[str]:
    """Return the other doubts, the incremental figures, how sure the choice is, break-even, and warnings."""
    said = _doubts(result)[:1]
    parts = (_doubts, _together, _roi, _incremental, _adjusted, told_apart.sureness, told_apart.scatter)
    parts += (_picked, _break_even, _warnings)
    lines = [*(line for part in parts for line in part(result)), _one_look(result)]
    return [line for line in dict.fromkeys(lines) if line not in said]


def _doubts(result) -> list[str]:
    too_few_of_others = partial(_too_few, of_others=True)
    doubts = (
        _too_few,
        partial(_warned, TOO_SURE),
        _carried,
        partial(_skewed, too_much=True),
        _refused,
        partial(_warned, GROUPS_ALIKE),
        _not_incremental,
        _lifted_by_the_pick,
        _still_running,
    )
    doubts += (other_when_longer, _reversal, too_few_of_others, _narrow, partial(_skewed, too_much=False))
    return [line for doubt in doubts for line in doubt(result)]


def _money(result, amount):
    return format_money(float(amount), result.currency)


def _with_bounds(result, row, name) -> tuple[str, str]:
    figure, low, high = result.formats([row[f"{name}{end}"] for end in ("", "_low", "_high")], "money")
    return figure, f"[{low}, {high}]"


def _answer(result) -> str:
    first = result.frame.iloc[0]
    kind, assumed = f"{result.kind}_profit", result.settings.organic
    under = f" under {assumed.says}" if assumed else ""
    figure, bounds = _with_bounds(result, first, kind)
    earns = f"{figure} {result.kind} profit per customer offered {bounds}{within_months(result)}{under}"
    earns += f" ({result.adjusted_for})" if result.adjusted_for else ""
    if first[f"{kind}_high"] < 0:
        return f"Send no offer: even the best, {first['offer']}, loses money, {earns}."
    if first[f"{kind}_low"] <= 0:
        return f"No offer is shown to pay: the best, {first['offer']}, earns {earns}, which includes zero."
    if len(result.winners) > 1:
        return told_apart.answer_where_unclear(result, earns)
    if result.kind == "gross":
        return f"Among the offers, {first['offer']} earns most, {earns}; whether sending any pays is not known."
    return f"Send {first['offer']}: it earns most, {earns}."


def _too_few(result, *, of_others: bool = False) -> Iterator[str]:
    """Say whose intervals do not hold: of the two offers in the answer and the untreated, or of the other offers."""
    others = set(result.frame["offer"].iloc[2:])
    counts = {name: n for name, n in _returned(result).items() if (name in others) == of_others}
    few = [f"{name} ({n})" for name, n in counts.items() if n < FEW_RETURNED]
    if few:
        yield f"Too few returned to trust the intervals of {join_words(few)}: no method rescues so small a group."


def _carried(result) -> Iterator[str]:
    if result.carriers is not None:
        yield from result.carriers.doubts()


def _skewed(result, *, too_much: bool) -> Iterator[str]:
    """Say of the first offer that a few large amounts weigh, or weigh so much that its interval does not hold."""
    skewness = skewness_of(result.frame).iloc[0]
    if not is_skewed(skewness, result.settings.level) or (abs(skewness) >= TOO_SKEWED) != too_much:
        return
    whom = f"{result.frame['offer'].iloc[0]}'s profit"
    if too_much:
        yield f"A few large amounts decide over {whom}: its interval cannot be relied on, only a larger trial helps."
    else:
        side = "below" if skewness < 0 else "above"
        yield f"A few large amounts weigh in {whom}, so its interval is moved {side} what a symmetric one would be."


def _returned(result) -> dict[str, int]:
    counts = dict(zip(result.frame["offer"], result.frame["n_returned"], strict=True))
    return counts | ({} if result.control is None else {UNTREATED: int(result.control.n_returned[0])})


def _refused(result) -> Iterator[str]:
    if result.design is not None and result.design.control == "refused" and result.settings.organic is None:
        yield "The untreated are no fair yardstick, so all figures are gross: what the offers added cannot be told."


def _warned(checks: tuple[str, ...], result) -> Iterator[str]:
    findings = () if result.design is None else result.design.findings
    yield from (each.finding for each in findings if each.verdict == "warning" and each.check in checks)


def _not_incremental(result) -> Iterator[str]:
    refused = result.design is not None and result.design.control == "refused"
    if result.settings.organic is not None:
        of_control = result.trial is not None and result.trial.has_control
        why = "The control group is set aside" if of_control else "No control group"
        yield f"{why}: incremental figures rest on {result.settings.organic.says}, not on data."
    elif result.control is None and not refused:
        yield (
            "No control group: all figures are gross, for how many would have returned without an offer is unknown, "
            "and with it what the offers added."
        )


def _lifted_by_the_pick(result) -> Iterator[str]:
    first, kind = result.frame.iloc[0], f"{result.kind}_profit"
    if first[f"{kind}_low"] > 0 >= first[f"{kind}_corrected_low"]:
        yield f"Corrected for having been picked as the best, {first['offer']} is no longer shown to pay."
    if first[f"{kind}_corrected"] < first[f"{kind}_low"]:
        yield "The lead is so narrow that the correction for the pick is large and rough: nothing tells the best apart."


def _still_running(result) -> Iterator[str]:
    said = _one_look(result)
    if said != ONE_LOOK:
        yield said


def _one_look(result) -> str:
    return one_look(None if result.trial is None else result.trial.customers, result.settings.horizon_months)


def _reversal(result) -> Iterator[str]:
    """Say that profit and ROI name different offers, both as figures are judged: incremental where that is known."""
    kind, profit, roi = _judged(result)
    if roi.isna().any() or len(result.frame) == 1 or roi.idxmax() == 0:
        return
    first, leanest = result.frame["offer"].iloc[0], result.frame["offer"][roi.idxmax()]
    high, own = format_percent(roi.max(), 0), format_percent(roi.iloc[0], 0)
    yield (
        f"{first} is first on profit ({_money(result, profit.iloc[0])} {kind}), {leanest} is first on ROI ({high} "
        f"{kind} against {own}) and earns {_money(result, profit.iloc[0] - profit[roi.idxmax()])} less per customer."
    )


def _together(result) -> Iterator[str]:
    """Say how much wider intervals are for customers who may do alike."""
    if result.widening is not None:
        yield (
            f"Customers of one {result.trial.cluster} may do alike and count as one draw: the interval of "
            f"{result.frame['offer'].iloc[0]}'s profit is {result.widening:.1f} times as wide as if they did not."
        )


def _roi(result) -> Iterator[str]:
    kind, _, roi = _judged(result)
    free = result.frame["offer"][roi.isna()]
    if len(free):
        yield f"{join_words(free)} costs nothing, so it has no ROI, and no other offer is first on it."
    if len(free) or len(result.frame) == 1:
        return
    if roi.idxmax() == 0:
        first = result.frame["offer"].iloc[0]
        yield f"{first} is first on profit and first on ROI ({format_percent(roi.max(), 0)} {kind})."
    else:
        yield "ROI divides by the cost, so it favours the cheaper offer; profit is what is kept."


def _judged(result):
    kind = result.kind  # never gross beside incremental: what one is, the other is
    return kind, result.frame[f"{kind}_profit"], result.frame[f"{kind}_roi"]


def _narrow(result) -> Iterator[str]:
    some = {name: n for name, n in _returned(result).items() if FEW_RETURNED <= n < MANY_RETURNED}
    if some:
        each = join_words(f"{name} ({n})" for name, n in some.items())
        yield f"Fewer than {MANY_RETURNED} returned under {each}: these intervals are a little too narrow."


def _incremental(result) -> Iterator[str]:
    if result.control is not None:
        first, n = result.frame.iloc[0], result.control.n[0]
        added, bounds = _with_bounds(result, first, "incremental_profit")
        yield (
            f"Of {format_count(n)} untreated customers {format_percent(result.control.n_returned[0] / n)} "
            f"returned by themselves, worth {_money(result, result.control.mean[0, 1])} per untreated customer."
        )
        roi = f", an incremental ROI of {result.interval(first, 'incremental_roi', 'percent0')}"
        free = first["incremental_roi"] != first["incremental_roi"]  # NaN: nothing was paid
        yield f"Net of that, {first['offer']} adds {added} per customer offered {bounds}{'' if free else roi}."


def _adjusted(result) -> Iterator[str]:
    """Say what is left of the lead once what was known beforehand is allowed for, and how much surer that is."""
    if result.adjusted is not None:
        lines = result.adjusted.describe().splitlines()
        yield from lines[1:2] if result.adjusted_for else lines[:2]  # the answer has the plain lead beside it


def adjusted_assumption(result: Result) -> Iterator[str]:
    """Say what an adjusted headline is."""
    if result.adjusted_for:
        yield (
            f"Figures are {result.adjusted_for}: what each group would have brought had it been like all customers "
            "compared, by a regression within each group (Lin 2013). Only counts of customers are as counted."
        )


def _picked(result) -> Iterator[str]:
    """Say what is left of the first offer's figure, once it is allowed for that it was picked as the best."""
    if len(result.frame) == 1:
        return
    first, kind = result.frame.iloc[0], f"{result.kind}_profit"
    each = [first[kind], *(first[f"{kind}_corrected{end}"] for end in ("", "_low", "_high"))]
    seen, corrected, *ends = format_alike(each, result.currency)
    bounds = f"[{', '.join(ends)}]"
    picked = f"Having been picked as the best of {len(result.frame)} offers"
    if each[1] != each[1]:  # NaN: an exact tie
        yield (
            f"{first['offer']} shares the first place exactly, so its own {result.kind} profit cannot be corrected "
            f"for the pick; the interval that holds for whichever offer is picked is {bounds}."
        )
    elif seen == corrected:
        yield (
            f"{picked}, {first['offer']} could look better than it is; it is so far ahead that its own "
            f"{result.kind} profit stays {seen} per customer when corrected for that {bounds}."
        )
    else:
        yield (
            f"{picked}, {first['offer']} looks better than it is: corrected for that, its own {result.kind} profit "
            f"goes from {seen} to {corrected} per customer {bounds}."
        )


def _break_even(result) -> Iterator[str]:
    yield from break_even_lines(result.frame)
    leader = result.frame["offer"].iloc[0]
    flips = result.flips[(result.flips["first"] == leader) | (result.flips["second"] == leader)]
    for flip in flips.itertuples() if result.control is None else ():
        yield (
            f"On incremental {flip.measure} {flip.second} overtakes {flip.first} if more than "
            f"{format_percent(flip.organic)} would have returned without an offer."
        )


def _warnings(result) -> Iterator[str]:
    if result.n_left_out:
        yield f"{counted(result.n_left_out, 'customers judged not promising beforehand', 'are')} left out."
    frame = result.frame[result.frame["gross_roi"].notna()]
    bounded = frame["gross_roi_bounded"] & frame.get("incremental_roi_bounded", True)
    if not bounded.all():
        unbounded = join_words(frame["offer"][~bounded])
        yield f"The data do not bound the ROI of {unbounded}: its cost is not distinguishable from zero."
    if result.design is not None:
        findings = [each for each in result.design.findings if each.check != "returned"]  # that was a doubt
        warned = [each for each in findings if each.verdict == "warning" and each.check not in GROUPS_ALIKE]
        yield from (each.finding for each in [*warned, *(each for each in findings if each.verdict == "refused")])
