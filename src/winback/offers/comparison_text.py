"""What does a comparison of offers say, in sentences? Every figure in them is taken from the result."""

from __future__ import annotations

from collections.abc import Iterator

from winback.offers.break_even import break_even_lines
from winback.offers.comparison_figures import ties_with
from winback.results import Result, Sentences, format_count, format_money, format_percent, join_words
from winback.trial.design_findings import FEW_RETURNED, MANY_RETURNED


def describe_comparison(result: Result) -> Sentences:
    """Return the answer first, then how sure it is, then what the figures do not say."""
    return Sentences.of([*answer_lines(result), *evidence_lines(result)])


def answer_lines(result: Result) -> list[str]:
    """Return what to send, how far ahead it is, and whether profit and ROI name the same offer."""
    return [*_answer(result), *_caution(result), *_reversal(result)]


def evidence_lines(result: Result) -> list[str]:
    """Return the incremental figures, how sure the choice is, the corrected figure, break-even, and warnings."""
    return [*_incremental(result), *_sureness(result), *_picked(result), *_break_even(result), *_warnings(result)]


def winners(result: Result) -> list[str]:
    """Return the offer that earns most, with those that tie with it."""
    leader = result.frame["offer"].iloc[0]
    return [leader, *ties_with(leader, result.differences)]


def _money(result, amount, signed=False):
    return format_money(float(amount), result.currency, signed=signed)


def _interval(result, row, name, form="money"):
    return f"[{result.format(row[f'{name}_low'], form)}, {result.format(row[f'{name}_high'], form)}]"


def _answer(result) -> Iterator[str]:
    first, best = result.frame.iloc[0], winners(result)
    kind, assumed = f"{result.kind}_profit", result.settings.organic
    under = f" under {assumed.says}" if assumed else ""
    earns = f"{_money(result, first[kind])} {result.kind} profit per customer offered"
    earns = f"{earns} {_interval(result, first, kind)}{under}"
    if first[f"{kind}_high"] < 0:
        yield f"Send no offer: even the best, {first['offer']}, loses money, {earns}."
    elif first[f"{kind}_low"] <= 0:
        yield f"No offer is shown to pay: the best, {first['offer']}, earns {earns}, which includes zero."
    elif len(best) > 1:
        yield f"{join_words(best)} tie: {first['offer']} is ahead with {earns}, but not beyond chance."
    else:
        yield f"Send {first['offer']}: it earns most, {earns}."
    if len(result.frame) > 1:
        yield _lead(result)


def _caution(result) -> Iterator[str]:
    """Say at once when the intervals of the answer cannot be trusted."""
    unreliable = [part for part in result.frame["remark"].iloc[0].split("; ") if "not reliable" in part]
    if unreliable:
        yield f"Caution: {'; '.join(unreliable)}."


def _lead(result) -> str:
    pair = result.differences.iloc[0]
    bounds = f"[{_money(result, pair['difference_low'])}, {_money(result, pair['difference_high'])}]"
    verdict = "contains zero, so this is a tie" if pair["tie"] else "does not contain zero, so this is no tie"
    return (
        f"{pair['first']} leads {pair['second']} by {_money(result, pair['difference'])} per customer {bounds}; this "
        f"interval allows for every pair compared and {verdict}."
    )


def _reversal(result) -> Iterator[str]:
    """Say whether profit and ROI name the same offer; an assumption is applied to both, a control group to neither."""
    kind = "gross" if result.settings.organic is None else "incremental"
    profit, roi = result.frame[f"{kind}_profit"], result.frame[f"{kind}_roi"]
    if roi.isna().all() or len(result.frame) == 1:
        return
    first, leanest = result.frame["offer"].iloc[0], result.frame["offer"][roi.idxmax()]
    high = format_percent(roi.max(), 0)
    if leanest == first:
        yield f"{first} is first on profit and first on ROI ({high} {kind})."
    else:
        behind = _money(result, profit.iloc[0] - profit[roi.idxmax()])
        yield (
            f"{first} is first on profit ({_money(result, profit.iloc[0])} {kind}), {leanest} is first on ROI ({high} "
            f"{kind} against {format_percent(roi.iloc[0], 0)}) and earns {behind} less per customer. ROI divides by "
            "the cost, so it favours the cheaper offer; profit is what is kept."
        )


def _incremental(result) -> Iterator[str]:
    if result.control is not None:
        back = format_percent(result.control.mean[0, 0])
        first = result.frame.iloc[0]
        yield (
            f"Of {format_count(result.control.n[0])} untreated customers {back} returned by themselves, worth "
            f"{_money(result, result.control.mean[0, 1])} per untreated customer. Net of that, {first['offer']} adds "
            f"{_money(result, first['incremental_profit'])} per customer offered "
            f"{_interval(result, first, 'incremental_profit')}, an incremental ROI of "
            f"{format_percent(first['incremental_roi'], 0)} {_interval(result, first, 'incremental_roi', 'percent0')}."
        )
    elif result.settings.organic is not None:
        first = result.frame.iloc[0]
        yield (
            f"No control group: incremental figures rest on {result.settings.organic.says}, not on data. Under it "
            f"{first['offer']} adds {_money(result, first['incremental_profit'])} per customer offered "
            f"{_interval(result, first, 'incremental_profit')}."
        )
    else:
        refused = result.design is not None and result.design.control == "refused"
        missing = "The untreated are no fair yardstick (reason below)" if refused else "No control group"
        yield (
            f"{missing}: all figures are gross. How many would have returned without an offer is unknown, so what the "
            "offers added cannot be told."
        )


def _sureness(result) -> Iterator[str]:
    first = result.frame.iloc[0]
    if len(result.frame) > 1:
        rivals = "all offers and of sending none" if result.control is not None else "all offers"
        yield (
            f"{first['offer']} is the best of {rivals} with probability "
            f"{format_percent(first['probability_best'])}; choosing it is expected to lose "
            f"{_money(result, first['expected_loss'])} per customer, in case another is better."
        )


def _picked(result) -> Iterator[str]:
    """Say what is left of the first offer's figure, once it is allowed for that it was picked as the best."""
    if len(result.frame) == 1:
        return
    first, kind = result.frame.iloc[0], f"{result.kind}_profit"
    seen, corrected = first[kind], first[f"{kind}_corrected"]
    bounds = _interval(result, first, f"{kind}_corrected")
    picked = f"Having been picked as the best of {len(result.frame)} offers"
    if corrected != corrected:  # NaN: an exact tie
        yield (
            f"{first['offer']} ties exactly for the first place, so its own {result.kind} profit cannot be corrected "
            f"for the pick; the interval that holds for whichever offer is picked is {bounds}."
        )
    elif _money(result, seen) == _money(result, corrected):
        yield (
            f"{picked}, {first['offer']} could look better than it is; it is so far ahead that its own "
            f"{result.kind} profit stays {_money(result, seen)} per customer when corrected for that {bounds}."
        )
    else:
        yield (
            f"{picked}, {first['offer']} looks better than it is: corrected for that, its own {result.kind} profit "
            f"goes from {_money(result, seen)} to {_money(result, corrected)} per customer {bounds}."
            f"{_doubts_of_the_correction(first, kind)}"
        )


def _doubts_of_the_correction(first, kind) -> str:
    doubts = ""
    if first[f"{kind}_low"] > 0 >= first[f"{kind}_corrected_low"]:
        doubts += " Corrected, it is no longer shown to pay."
    if first[f"{kind}_corrected"] < first[f"{kind}_low"]:
        doubts += " Its lead is so narrow that the correction is large and rough: trust the tie, not the figure."
    return doubts


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
        yield f"{format_count(result.n_left_out)} customers judged not promising beforehand are left out."
    counts = dict(zip(result.frame["offer"], result.frame["n_returned"], strict=True))
    counts |= {} if result.control is None else {"none": int(result.control.n_returned[0])}
    few = {name: n for name, n in counts.items() if n < FEW_RETURNED}
    some = {name: n for name, n in counts.items() if FEW_RETURNED <= n < MANY_RETURNED}
    if few:
        each = [f"{name} ({n})" for name, n in few.items()]
        yield f"Too few returned to trust the intervals of {join_words(each)}: no method rescues so small a group."
    if some:
        each = [f"{name} ({n})" for name, n in some.items()]
        yield f"Fewer than {MANY_RETURNED} returned under {join_words(each)}: these intervals are a little too narrow."
    unbounded = [row.offer for row in result.frame.itertuples() if not row.gross_roi_bounded]
    if unbounded:
        yield f"The data do not bound the ROI of {join_words(unbounded)}: its cost is not distinguishable from zero."
    if result.design is not None:
        serious = [each for each in result.design.findings if each.verdict in ("warning", "refused")]
        yield from (each.finding for each in serious if each.check != "returned")  # said above
