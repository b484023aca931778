"""Does any way of telling customers apart earn more? A tree, written rules and a model, judged on the same trial."""

from __future__ import annotations

from collections.abc import Mapping

from winback.asked import Unanswered, ask
from winback.doors import door
from winback.policies.candidates import model_policy
from winback.policies.evaluate import evaluate_policy
from winback.policies.evaluation import PolicyEvaluation
from winback.policies.learned import LearnedPolicy
from winback.second_lifetime.usual import usual_formulas
from winback.trial.splits import Splits
from winback.trial.trial import Trial

TREE, MODEL = "the tree", "the model"
FOLDS = 3  # of the model, which is fitted anew for each: fewer than of trees, which take no time


@door
def judged_alike(
    policy: LearnedPolicy, others: Mapping[str, PolicyEvaluation | Unanswered] | None = None
) -> dict[str, PolicyEvaluation]:
    """Return by name what a learned tree, other policies and a model of second lifetimes gain, as far as can be told.

    All are of the same trial; the model reads the usual columns. What could not be judged is left out: a rule of a
    column that the table lacks, a model where value was measured directly.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> policy = wb.learn_policy(study.trial, by="reason", splits=wb.Splits(repeats=1))
    >>> list(judged_alike(policy))
    ['the tree', 'the model']
    """
    found = {TREE: policy.evaluation, **(others or {}), MODEL: ask(judged_model, policy.trial)}
    return {name: each for name, each in found.items() if each}


def judged_model(trial: Trial) -> PolicyEvaluation:
    """Return what a model of second lifetimes by the usual columns gains; every page takes it from here."""
    return evaluate_policy(trial, model_policy(**usual_formulas(trial)), splits=Splits(folds=FOLDS))
