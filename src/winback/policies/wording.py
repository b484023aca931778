"""What does a policy's gain say, in sentences? Every figure in them is taken from the result."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from winback.policies.honest import BEST_SINGLE
from winback.results import format_count, format_money, format_percent
from winback.tables import NO_OFFER

FEW_SPLITS = (
    10  # where nothing matters, 95% intervals of one split hold in 84% of trials, of five in 88%, of ten in 94%
)

if TYPE_CHECKING:
    from winback.policies.evaluation import PolicyEvaluation
    from winback.policies.learned import LearnedPolicy


def send(offer: str, whom: str = "everybody") -> str:
    """Return the words for sending an offer, or none."""
    return f"send {whom} no offer" if offer == NO_OFFER else f"send {offer} to {whom}"


def evaluation_lines(found: PolicyEvaluation) -> Iterator[str]:
    """Say what to do, what the policy gains honestly, and what other figures would have promised."""
    rows = found.frame.set_index("against")
    first = rows.loc[BEST_SINGLE]
    yield _recommendation(found, first)
    if found.learns:
        yield _flattery(found, first)
    n_splits = found.repeats["repeat"].nunique()
    if n_splits < FEW_SPLITS:
        splits = "one split" if n_splits == 1 else f"{n_splits} splits"
        yield f"This was judged on {splits} of the customers, and so looks surer than it is: use repeats=10 to decide."
    for against, row in rows.iloc[1:].iterrows():
        yield _against_today(found, against, row)
    if NO_OFFER not in found.trial.choices:
        yield (
            "No random group was left without an offer: who is better left alone cannot be told, and only differences "
            "between offers are shown."
        )


def _against_today(found, against, row) -> str:
    """Say what the recommended choice gains over the status quo: the policy where it pays, else the single offer."""
    what = "no offer" if row["offer"] == NO_OFFER else row["offer"]
    assumed = not found.trial.has_control and row["offer"] == NO_OFFER
    start = "Under the assumed organic return, against" if assumed else "Against"
    gain, low, high = row[["honest_gain", "honest_gain_low", "honest_gain_high"]]
    who = found.name
    if not found.pays:
        gain, low, high = found.single_over_today()
        who = "no offer" if found.best_single == NO_OFFER else f"{found.best_single} for everybody"
    ends = f"{format_money(low, found.currency)}, {format_money(high, found.currency)}"
    n = len(found.trial.arm)
    return (
        f"{start} the {against} ({what}), {who} gains {format_money(gain, found.currency)} per customer [{ends}], "
        f"{format_money(n * gain, found.currency)} for {format_count(n)} customers."
    )


def _recommendation(found, first) -> str:
    name, gain = found.name, _gain(found, first)
    single = "no offer for anybody" if found.best_single == NO_OFFER else f"{found.best_single} for everybody"
    if found.pays:
        return f"Follow {name}: on customers it has not seen it gains {gain} per customer over {single}."
    simple = send(found.best_single)
    if first["honest_gain_high"] < 0:
        lost, most, least = (format_money(-first[f"honest_gain{end}"], found.currency) for end in ("", "_low", "_high"))
        return (
            f"{simple[0].upper()}{simple[1:]}: {name} loses {lost} per customer [{least}, {most}] against it, on "
            "customers it has not seen."
        )
    return (
        f"{simple[0].upper()}{simple[1:]}: {name} is not shown to earn more. On customers it has not seen it gains "
        f"{gain} per customer over {single}, which includes zero: a tie."
    )


def _flattery(found, first) -> str:
    seen, predicted = (format_money(first[name], found.currency) for name in ("in_sample_gain", "predicted_gain"))
    return (
        f"Learned and judged on the same customers it would seem to gain {seen}, and the predictions behind it promise "
        f"{predicted}: neither is a figure to plan with."
    )


def _gain(found, row) -> str:
    gain, low, high = (format_money(row[f"honest_gain{end}"], found.currency) for end in ("", "_low", "_high"))
    return f"{gain} [{low}, {high}]"


def rule_lines(policy: LearnedPolicy) -> Iterator[str]:
    """Say what the tree would do, rule by rule."""
    rules = policy.rules
    if len(rules) == 1:
        yield f"The best tree asks nothing: {send(rules['offer'].iloc[0])}."
        return
    parts = [
        f"{row['offer'] if row['offer'] != NO_OFFER else 'no offer'} where {row['rule']} "
        f"({format_percent(row['share'], 0)} of customers)"
        for row in rules.to_dict("records")
    ]
    yield f"The tree itself would send {'; '.join(parts)}."
