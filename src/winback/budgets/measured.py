"""What did the trial measure for the very choices of a plan or a frontier? Predicted gains held against outcomes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from winback.budgets.choices import Choices
from winback.budgets.frontier import ProfitShareFrontier
from winback.budgets.plan import BudgetPlan
from winback.results import format_count, format_money, join_words
from winback.tables import NO_OFFER
from winback.trial.scores import offer_scores
from winback.trial.trial import Trial
from winback.uncertainty import normal_quantile


def measure_plan(plan: BudgetPlan, trial: Trial, *, level: float = 0.95) -> BudgetPlan:
    r"""Measure a plan's gain by a trial of its customers, and let the plan say it.

    .. math:: \hat G = \frac{n}{m} \sum_i \Gamma_{i k(i)} - \Gamma_{i 0}

    over the :math:`m` of the plan's :math:`n` customers who were in the trial, with the scores of `offer_scores` and
    the plan's choices :math:`k(i)`. It is honest only if the values behind the plan were made from other customers
    (`hold_out`).

    Parameters
    ----------
    plan : BudgetPlan
        From `allocate_budget`.
    trial : Trial
        From `read_trial`, under the terms that the plan's values were made under.
    level : float
        Of the interval.

    Returns
    -------
    BudgetPlan
        The same plan, whose ``honest`` is filled.

    Raises
    ------
    ValueError
        When none of the plan's customers was in the trial, an offer of the plan was not tried, or the plan is compared
        with no offer and the trial left nobody without one at random.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.load_telecom_study()
    >>> fit_on, judge_by = wb.hold_out(study.trial, 0.5)
    >>> fit = wb.fit_two_part(fit_on, reacquisition="offer + reason", tenure="reason", margin="reason")
    >>> plan = wb.allocate_budget(wb.second_lifetime_value(fit, judge_by), budget=400_000)
    >>> "in the trial" in wb.measure_plan(plan, judge_by).describe().lower()
    True
    """
    chosen = pd.Index([NO_OFFER, *plan.choices.offers]).get_indexer(plan.assignments["offer"])
    gained, rows = _measured(plan.choices, trial, "profit")
    each = gained[np.arange(len(rows)), chosen[rows]]
    total, error = _total(each, plan.n)
    z = normal_quantile(level)
    ends = [format_money(amount, plan.currency) for amount in (total, total - z * error, total + z * error)]
    assumed = f" It rests on {plan.choices.assumed}, at its middle." if plan.choices.assumed else ""
    share = "" if len(rows) == plan.n else f", extrapolated from the {format_count(len(rows))} who were in it"
    predicted = format_money(plan.profit_total, plan.currency)
    honest = (
        f"In the trial these choices gain {ends[0]} in all [{ends[1]}, {ends[2]}] ({plan.kind}){share}; predicted were "
        f"{predicted}. That is a fair measure if the predictions were made from other customers.{assumed}"
    )
    return replace(plan, honest=honest)


def measure_frontier(
    frontier: ProfitShareFrontier,
    trial: Trial,
    *,
    level: float = 0.95,
) -> ProfitShareFrontier:
    """Measure every point of a frontier by a trial of its customers.

    Parameters
    ----------
    frontier : ProfitShareFrontier
        From `profit_share_frontier`.
    trial, level
        As in `measure_plan`.

    Returns
    -------
    ProfitShareFrontier
        With ``measured_profit_total`` and ``measured_regained`` in its frame, each with ``_low`` and ``_high``, and
        ``measured_ends``: what lies between the two ends, paired customer by customer.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.load_telecom_study()
    >>> fit_on, judge_by = wb.hold_out(study.trial, 0.5)
    >>> fit = wb.fit_two_part(fit_on, reacquisition="offer + reason", tenure="reason", margin="reason")
    >>> frontier = wb.profit_share_frontier(wb.second_lifetime_value(fit, judge_by))
    >>> bool(wb.measure_frontier(frontier, judge_by).frame["measured_regained"].gt(0).all())
    True
    """
    z, columns, ends, n = normal_quantile(level), {}, {}, len(frontier.choices.profits)
    for name, outcome in (("measured_profit_total", "profit"), ("measured_regained", "returned")):
        gained, rows = _measured(frontier.choices, trial, outcome)
        each = [gained[np.arange(len(rows)), frontier.walk.choices_after(steps)[rows]] for steps in frontier.steps]
        total, error = np.array([_total(point, n) for point in each]).T
        columns |= {name: total, f"{name}_low": total - z * error, f"{name}_high": total + z * error}
        paired = each[0] - each[-1] if outcome == "profit" else each[-1] - each[0]
        moved, error = _total(paired, n)
        ends[name.split("_")[1]] = (moved, moved - z * error, moved + z * error)
    return replace(frontier, frame=frontier.frame.assign(**columns), measured_ends=ends)


def _measured(choices: Choices, trial: Trial, outcome: str) -> tuple[np.ndarray, np.ndarray]:
    """Return scores over no offer of the customers in the trial, no offer first, and their positions in the choices."""
    found = offer_scores(trial, outcome=outcome)
    untried = [name for name in choices.offers if name not in found.scores]
    if untried:
        raise ValueError(f"{join_words(untried)} was not tried, so the trial cannot measure it.")
    if choices.knows_none and NO_OFFER not in found.scores:
        raise ValueError(
            "The choices are compared with no offer, and in this trial nobody was left without one at random, so it "
            f"cannot measure that. Drop the column {NO_OFFER} from the values, or say organic=."
        )
    place = found.scores.index.get_indexer(choices.customer_ids)
    rows = np.flatnonzero(place >= 0)
    if len(rows) == 0:
        raise ValueError("None of these customers was in the trial: there is nothing to measure by.")
    scores = found.scores[list(choices.offers)].to_numpy()[place[rows]]
    if NO_OFFER in found.scores and choices.kind == "incremental":
        alone = found.scores[NO_OFFER].to_numpy()[place[rows]]
    else:  # assumed, or nothing taken off
        alone = (choices.left_alone[:, 1] if outcome == "profit" else choices.chances_alone)[rows]
    return np.column_stack([np.zeros(len(rows)), scores - alone[:, None]]), rows


def _total(each: np.ndarray, n: int) -> tuple[float, float]:
    """Return the total over n customers and its standard error, from those measured."""
    return float(each.mean() * n), float(each.std(ddof=1) / np.sqrt(len(each)) * n)
