"""3. Which offer for whom? Three ways of telling customers apart, each judged on customers it has not seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from winback.asked import Unanswered, ask
from winback.money import format_alike, money_interval
from winback.offers.compared import OfferComparison
from winback.plots.small import Row, small_intervals
from winback.plots.style import capitalised
from winback.policies.evaluate import evaluate_policy
from winback.policies.evaluation import PolicyEvaluation
from winback.policies.judged_alike import judged_model
from winback.policies.learn import learn_policy
from winback.policies.learned import LearnedPolicy
from winback.questions.card import Card, Picture, cannot
from winback.results import format_percent, join_words
from winback.tables import NO_OFFER, SECOND_LIFETIME
from winback.trial.trial import Trial

TREE, RULE, MODEL = "a tree", "a rule by {}", "a model"


@dataclass(frozen=True)
class Tailoring:
    """What ways of telling customers apart gain over one offer for everybody.

    Attributes
    ----------
    policy : LearnedPolicy
        The tree; it says which single offer is best.
    judged : mapping
        Name of a way -> its evaluation; empty where customers cannot be told apart.
    refused : mapping
        Name of a way that could not be tried -> why.
    own_rule : bool
        Whether the rule is that of an offer that was tailored in the trial.
    """

    policy: LearnedPolicy
    judged: Mapping[str, PolicyEvaluation]
    refused: Mapping[str, str] = field(default_factory=dict)
    own_rule: bool = False  # whether the rule is that of an offer which was tailored in the trial

    @property
    def paying(self) -> list[str]:
        """The ways that are shown to earn more, the best first."""
        pay = [name for name, each in self.judged.items() if each.pays]
        return sorted(pay, key=lambda name: -self.judged[name].honest_gain)


def tailoring(trial: Trial, rule: Mapping | None = None, rule_by: str | None = None) -> Tailoring:
    """Judge a tree, the analyst's rule and a model; a tailored offer's own rule where none is given."""
    policy = learn_policy(trial)
    if policy.evaluation is None:
        return Tailoring(policy, {}, {TREE: policy.refused})
    tried: dict[str, PolicyEvaluation | Unanswered] = {TREE: policy.evaluation}
    own = rule is None
    rule, rule_by = (rule, rule_by) if not own else rule_of(trial)
    if rule is not None:
        tried[RULE.format(rule_by)] = ask(evaluate_policy, trial, rule, by=rule_by)
    if set(SECOND_LIFETIME) <= set(trial.lapsed):
        tried[MODEL] = ask(judged_model, trial)
    judged = {name: each for name, each in tried.items() if not isinstance(each, Unanswered)}
    refused = {name: each.why for name, each in tried.items() if isinstance(each, Unanswered)}
    return Tailoring(policy, judged, refused, own_rule=own and rule is not None)


def rule_of(trial: Trial) -> tuple[Mapping | None, str | None]:
    """Return the rule of an offer that was tailored in the trial, and its column, where its parts were tried, too."""
    for offer in trial.offers:
        if offer.tailored_by and set(offer.tailored.values()) <= set(trial.sent):
            return dict(offer.tailored), offer.tailored_by
    return None, None


def which_offer(trial: Trial, comparison: OfferComparison, found: Tailoring) -> Card:
    """Return the card of the third question."""
    if not found.judged:
        return cannot(3, f"Tailoring cannot be tried: {found.policy.refused}. Add what was known of them.")
    here = how_sure(found, comparison)
    return Card(3, said(found), here=here, picture=_picture(found), missing=_refusals(found), found=found)


def said(found: Tailoring) -> str:
    """Say whether tailoring is shown to pay, in one sentence."""
    single = found.policy.best_single
    whom = "no offer" if single == NO_OFFER else single
    if found.paying:
        best = found.paying[0]
        gain = format_alike([found.judged[best].honest_gain], found.policy.currency)[0]
        return f"Tailored by {best}, customers earn {gain} more each than with {whom} for everybody."
    ways = {1: f"{next(iter(found.judged))} did", 2: "two ways of tailoring did", 3: "three ways of tailoring did"}
    done = f"{ways[len(found.judged)]} not earn more"
    among = "" if NO_OFFER in found.policy.trial.choices else " among the offers"
    return f"{capitalised(whom)} for all alike{among}: {done}."


def how_sure(found: Tailoring, comparison: OfferComparison) -> str:
    """Say what the best way gains on customers it has not seen, and how an offer that was tailored did."""
    best = max(found.judged, key=lambda name: found.judged[name].honest_gain)
    each = [f"{best} {_interval(found.judged[best])} per customer"]
    return "; ".join([*each, *(_of_tailored(found, comparison, name) for name in _tailored(comparison))])


def _interval(judged: PolicyEvaluation) -> str:
    row = judged.frame.iloc[0]
    return money_interval(*(row[f"honest_gain{end}"] for end in ("", "_low", "_high")), judged.currency, signed=True)


def _tailored(comparison) -> list[str]:
    offers = () if comparison.trial is None else comparison.trial.offers
    return [offer.name for offer in offers if offer.tailored_by and offer.name in set(comparison.frame["offer"])]


def _of_tailored(found: Tailoring, comparison: OfferComparison, name: str) -> str:
    """Say how an offer that was tailored in the trial stands to the one that earns most."""
    first = comparison.frame["offer"].iloc[0]
    row = comparison.frame.set_index("offer").loc[name]
    back, roi = (format_percent(row[figure], 0) for figure in ("acceptance", "gross_roi"))
    did = f"{name} in the trial: {back} came back, gross ROI {roi}"
    if name == first:
        return f"{did}, and it earned most"
    pairs = comparison.differences
    pair = pairs[(pairs["first"] == first) & (pairs["second"] == name)].iloc[0]
    less = money_interval(*(pair[f"difference{end}"] for end in ("", "_low", "_high")), comparison.currency)
    told = "" if pair["told_apart"] else ", not clearly different"
    return f"{did}, {less} less than {first}{told}{_why_less(found, comparison, name, pair['difference'])}"


def _why_less(found: Tailoring, comparison: OfferComparison, name: str, less: float) -> str:
    """Say how much of what a tailored offer earns less its rule explains, where that rule was judged."""
    by = comparison.trial.offers[name].tailored_by
    judged = found.judged.get(RULE.format(by)) if found.own_rule else None
    if judged is None or not 0 < -judged.honest_gain < less:
        return ""
    costs = format_alike([-judged.honest_gain], judged.currency)[0]
    return f": its rule costs {costs} of that, the way it was carried out the rest"


def _refusals(found: Tailoring) -> str:
    return " ".join(f"Not tried: {name}. {why}" for name, why in found.refused.items())


def _picture(found: Tailoring) -> Picture:
    gains = format_alike([each.honest_gain for each in found.judged.values()], found.policy.currency, signed=True)
    rows = []
    for (name, each), text in zip(found.judged.items(), gains, strict=True):
        row = each.frame.iloc[0]
        ends = {"low": row["honest_gain_low"], "high": row["honest_gain_high"]}
        rows.append(Row(name, row["honest_gain"], text, **ends))
    single = found.policy.best_single
    against = "no offer for anybody" if single == NO_OFFER else f"{single} for everybody"
    spoken = join_words(f"{name} {_interval(each)}" for name, each in found.judged.items())
    caption = f"Gain per customer over {against}, on customers not seen"
    return Picture(partial(small_intervals, rows, "no gain"), f"{caption}: {spoken}.", f"{caption}, with intervals.")
