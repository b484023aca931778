"""What does a way of deciding gain, and how sure is that? The result of `evaluate_policy`, and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.doors import door
from winback.money import format_alike, money_interval
from winback.policies.candidates import Policy
from winback.policies.honest import BEST_SINGLE, HonestGains
from winback.policies.misstated import SHARES, MisstatedReasons, misstated_reasons
from winback.policies.truth import Judged, TruthComparison, compare_with_truth
from winback.results import Result, Sentences, format_count
from winback.tables import NO_OFFER
from winback.trial.skewed_scores import mean_of_scores, own_arm
from winback.trial.splits import Splits
from winback.trial.trial import Trial
from winback.trial.trial_words import whom

# Where nothing matters, 95% intervals of one split hold in 84% of trials, of five in 88%, of ten in 94%.
FEW_SPLITS = 10


@dataclass(frozen=True, repr=False, kw_only=True)
class PolicyEvaluation(Result):
    """What a policy gains, see `evaluate_policy`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per yardstick: ``against`` (best single offer, status quo), ``offer`` (which that is),
        ``honest_gain`` per customer with ``std_error``, ``honest_gain_low``, ``honest_gain_high``, ``honest_total``
        over the customers of the trial, ``in_sample_gain`` and ``predicted_gain``.
    best_single : str
        The offer that earns most when everybody gets it; ``none``: no offer does.
    trial : Trial
        On which, and under whose terms, it was judged.
    policy : Policy
        What decides among the ``choices``.
    """

    frame: pd.DataFrame = field(repr=False)
    best_single: str
    level: float
    trial: Trial = field(repr=False)
    policy: Policy = field(repr=False)
    choices: tuple[str, ...] = field(repr=False)
    gains: HonestGains = field(repr=False)
    splits: Splits
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "against": ("Against", "text"),
        "offer": ("Which is", "text"),
        "honest_gain": ("Gain, on customers not seen", "money"),
        "honest_total": ("In total", "money"),
        "in_sample_gain": ("On those learned from (flattering)", "money"),
        "predicted_gain": ("Predicted", "money"),
    }

    @property
    def name(self) -> str:
        """The policy in words."""
        return self.policy.name

    @property
    def repeats(self) -> pd.DataFrame:
        """One row per split and yardstick."""
        return self.gains.repeats

    @property
    def honest_gain(self) -> float:
        """Honest gain per customer over the best single offer."""
        return float(self.frame["honest_gain"].iloc[0])

    @property
    def pays(self) -> bool:
        """Whether the lower bound of the honest gain over the best single offer is above zero."""
        return bool(self.frame["honest_gain_low"].iloc[0] > 0)

    @door
    def check(
        self, truth: pd.DataFrame | None = None, *, beside: Mapping[str, Judged] | None = None
    ) -> TruthComparison | Sentences:
        """Hold the honest gain against what the very decisions judged truly earned.

        ``truth`` is each customer's true profit under each choice, index ``customer_id``; by default the trial's own,
        which only a simulation has (where there is none, that is said). ``beside`` are other policies by name, judged
        or learned on the same trial under the same terms.

        Examples
        --------
        >>> import winback as wb
        >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
        >>> rule = {"price": "discount", "service": "upgrade", "both": None}
        >>> found = wb.evaluate_policy(study.trial, rule, by="reason", splits=wb.Splits(repeats=2))
        >>> bool(found.check().frame["regret"].iloc[0] > 0)
        True
        """
        others = {name: getattr(other, "evaluation", other) for name, other in (beside or {}).items()}
        if self.name in others:
            raise ValueError(f"beside names a policy {self.name!r}, as this one is called. Give it another name.")
        return compare_with_truth({self.name: self, **others}, truth)

    @door
    def misstated(self, shares: float | Iterable[float] = SHARES) -> MisstatedReasons:
        """Say what is left of a written rule's gain when of these shares of customers another value is stated.

        With none untrue it is the honest gain, judged on the same splits.

        Examples
        --------
        >>> import winback as wb
        >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
        >>> rule = {"price": "discount", "service": "upgrade", "both": "discount"}
        >>> found = wb.evaluate_policy(study.trial, rule, by="reason", splits=wb.Splits(repeats=2))
        >>> found.misstated().frame["share_untrue"].tolist()
        [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]
        """
        return misstated_reasons(self.trial, self.policy, shares, gains=self.gains, level=self.level)

    def describe(self) -> Sentences:
        """Say what to do, what that earns over today, and the doubt that matters most."""
        return Sentences.of(_lines(self)[:3])

    def details(self) -> Sentences:
        """Say what else is in doubt, and what other figures would have promised."""
        return Sentences.of(_lines(self)[3:])

    def what_to_do(self) -> Sentences:
        """Say what to do next: follow the policy, send one offer to all, or find out first whether any pays."""
        return Sentences.of([next_step(self)])


def _lines(found: PolicyEvaluation) -> list[str]:
    return [recommendation(found), *against_today(found), *doubts(found), *flattering(found)]


def send(offer: str, trial: Trial) -> str:
    """Return the words for sending an offer, or none, to everybody; from gross figures none follows but a ranking."""
    if offer != NO_OFFER and NO_OFFER not in trial.choices:
        return f"among the offers, {offer} for everybody"
    return "send everybody no offer" if offer == NO_OFFER else f"send {offer} to {whom(trial)}"


def in_short(found: PolicyEvaluation) -> str:
    """Say what to do, and in a few words why; what is followed with what it gains."""
    if found.pays:
        return recommendation(found)
    return f"{send(found.best_single, found.trial)}: the best tailoring that was found did no better."


def as_judged(found: PolicyEvaluation) -> str:
    """Say what a policy that does not pay earned on customers it had not seen."""
    return recommendation(found).partition(": ")[2]


def recommendation(found: PolicyEvaluation) -> str:
    """Say what to do, and what the policy gains on customers it has not seen."""
    first = found.frame.iloc[0]
    gain = found.interval(first, "honest_gain", "money")
    single = "no offer for anybody" if found.best_single == NO_OFFER else f"{found.best_single} for everybody"
    if found.pays:
        return f"Follow {found.name}: on customers it has not seen it gains {gain} per customer over {single}."
    if first["honest_gain_high"] < 0:
        lost = money_interval(*(-first[f"honest_gain{end}"] for end in ("", "_high", "_low")), found.currency)
        against = f"per customer against {single}, on customers it has not seen"
        return f"{send(found.best_single, found.trial)}: {found.name} loses {lost} {against}."
    return (
        f"{send(found.best_single, found.trial)}: {found.name} is not shown to earn more; on customers it has not seen "
        f"it gains {gain} per customer, and one choice for all is simpler."
    )


def next_step(found: PolicyEvaluation) -> str:
    """Say in one sentence what to do on Monday, with or without telling customers apart."""
    if NO_OFFER not in found.trial.choices:
        return "Before sending any to all, leave a random part without an offer: only they show what an offer adds."
    kept = "without an offer" if found.best_single == NO_OFFER else f"on {found.best_single}"
    if found.pays:
        return (
            f"Give each customer what {found.name} says, and keep a random part {kept}, so that what telling customers "
            "apart adds stays measured."
        )
    if found.best_single == NO_OFFER:
        return "Send nobody any of these offers; look for one that costs less, and try it on a small random part."
    if not _single_pays(found):
        return "Send none of these offers to all yet: a larger trial is to show whether any pays."
    return (
        f"Send {found.best_single} to {whom(found.trial)}, and tailor only once a trial of other customers "
        "shows that it pays."
    )


def _single_pays(found: PolicyEvaluation) -> bool:
    """Say whether the best single offer is shown to earn more than sending none."""
    places = [found.choices.index(name) for name in (found.best_single, NO_OFFER) if name in found.choices]
    if len(places) < 2:
        return False
    own = own_arm(found.trial)[:, [found.trial.choices.index(name) for name in found.choices]]
    paired, counts = (each[:, places[0]] - each[:, places[1]] for each in (found.gains.scores, own))
    return bool(mean_of_scores(found.trial, paired, counts, level=found.level)[2] > 0)


def against_today(found: PolicyEvaluation) -> Iterator[str]:
    """Say what the recommended choice gains over the status quo: the policy where it pays, else the single offer."""
    for against, row in found.frame.set_index("against").drop(index=BEST_SINGLE).iterrows():
        what = "no offer" if row["offer"] == NO_OFFER else row["offer"]
        assumed = not found.trial.has_control and row["offer"] == NO_OFFER
        start = "Under the assumed organic return, against" if assumed else "Against"
        scores, n = found.gains.scores, len(found.trial.arm)
        if found.pays:
            who, gain, *ends = found.name, *row[["honest_gain", "honest_gain_low", "honest_gain_high"]]
        else:
            who = "no offer" if found.best_single == NO_OFFER else f"{found.best_single} for everybody"
            best, today = found.choices.index(found.best_single), found.gains.status_quo
            own = own_arm(found.trial)[:, [found.trial.choices.index(name) for name in found.choices]]
            paired, counts = (each[:, best] - each[np.arange(n), today] for each in (scores, own))
            gain, _, *ends = mean_of_scores(found.trial, paired, counts, level=found.level)
        each, total = (money_interval(times * gain, *(times * end for end in ends), found.currency) for times in (1, n))
        yield (
            f"{start} the {against} ({what}), {who} gains {each} per customer (adjusted for how the groups differed by "
            f"chance, so not quite the plain means), {total} for {format_count(n)} customers if they are like those of "
            "the trial."
        )


def doubts(found: PolicyEvaluation) -> Iterator[str]:
    """Say what is in doubt; what matters most comes first."""
    n_splits = found.repeats["repeat"].nunique()
    if n_splits < FEW_SPLITS:
        splits = "one split" if n_splits == 1 else f"{n_splits} splits"
        yield f"This was judged on {splits} of the customers, and so looks surer than it is: use repeats=10 to decide."
    if NO_OFFER not in found.trial.choices:
        yield (
            "No random group was left without an offer: who is better left alone cannot be told, and only differences "
            "between offers are shown."
        )


def flattering(found: PolicyEvaluation) -> Iterator[str]:
    """Say which figures promise too much."""
    if getattr(found.policy, "learns", True):  # figures in sample of a written rule flatter nobody
        first = found.frame.iloc[0]
        seen, predicted = format_alike(first[["in_sample_gain", "predicted_gain"]], found.currency)
        yield (
            f"Learned and judged on the same customers, {found.name} would seem to gain {seen}, and its predictions "
            f"promise {predicted}: neither is a figure to plan with."
        )
