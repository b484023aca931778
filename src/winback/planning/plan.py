"""How large must the next trial be? `plan_trial`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from winback.planning.asked import Asked, months_given
from winback.planning.assumed import assumed_figures, checked_summary
from winback.planning.figures import ProfitFigures
from winback.planning.follow_up import check_follow_up, follow_up_table
from winback.planning.holdout import holdout_table
from winback.planning.pilot import check_pilot, pilot_figures
from winback.planning.questions import check_pairs, n_comparisons, rows_of_plan, with_available
from winback.planning.split import Split, available_split, needed_split
from winback.planning.wording import describe_plan
from winback.results import Result, Sentences, Shown
from winback.tables import Problem, ProblemList, TableError
from winback.trial.trial import Trial


@dataclass(frozen=True, repr=False)
class TrialPlan(Result):
    """How many customers each question needs, what the holdout costs, how long to watch.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per question, see `plan_trial`.
    holdout : pandas.DataFrame
        One row per share left untreated: ``share``, ``n``, ``forgone`` (money, negative where sending nothing is
        better), ``std_error`` of the best offer's incremental profit, ``smallest_difference`` that is found with the
        power asked for, ``planned``. Empty without organic return.
    follow_up : pandas.DataFrame
        One row per comparison and length of follow-up: ``question``, ``first``, ``second``, ``follow_up_months``,
        ``read_after_months``, ``share_of_value`` seen by then, ``difference`` within these months (of the first over
        the second), ``n_per_arm`` that finds it, and ``n_per_arm_full_horizon`` that finds the difference within the
        full horizon although some are cut off before it (missing where nobody is watched so long). Empty unless asked.
    arms : ProfitFigures
        Expected profit and its variance by arm, as assumed or as the pilot showed it.
    """

    frame: pd.DataFrame
    holdout: pd.DataFrame
    follow_up: pd.DataFrame
    arms: ProfitFigures = field(repr=False)
    asked: Asked = field(repr=False)
    split: Split  # customers per offer and untreated: those at hand, or as many as answer every question
    n_comparisons: int = 1
    horizon_months: float | None = None
    refusal: str = ""  # why the pilot's untreated are no fair yardstick
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "question": ("Question", "text"),
        "difference": ("Difference per customer", "money"),
        "n_per_arm": ("Customers per offer", "count"),
        "n_per_arm_high": ("If the spread is larger", "count"),
        "n_holdout": ("Left untreated", "count"),
        "n_customers": ("Customers in all", "count"),
        "chance_available": ("Chance with those at hand", "percent"),
        "loss_available": ("Largest expected loss with those at hand", "money"),
        "remark": ("Remark", "text"),
    }
    shown_holdout: ClassVar[Mapping[str, tuple[str, str]]] = {
        "share": ("Left untreated", "percent"),
        "n": ("Customers", "count"),
        "forgone": ("Profit forgone", "money"),
        "std_error": ("Standard error of incremental profit", "money"),
        "smallest_difference": ("Smallest difference found", "money"),
    }
    shown_follow_up: ClassVar[Mapping[str, tuple[str, str]]] = {
        "question": ("Question", "text"),
        "follow_up_months": ("Months watched", "text"),
        "read_after_months": ("Read after months", "text"),
        "share_of_value": ("Value seen", "percent"),
        "difference": ("Difference within it", "money"),
        "n_per_arm": ("Customers per offer", "count"),
        "n_per_arm_full_horizon": ("For the full horizon", "count"),
    }

    def describe(self) -> Sentences:
        """Say how many customers are needed, what the holdout costs, and what the sizes rest on."""
        return describe_plan(self)

    def holdout_table(self) -> pd.DataFrame:
        """Return what the holdout costs and tells, rounded, as text."""
        return self.rounded(self.holdout, self.shown_holdout)

    def show_holdout(self) -> Shown:
        """Return what the holdout costs and tells, as a notebook shows it."""
        return Shown(self.holdout_table())

    def show_follow_up(self) -> Shown:
        """Return what each length of follow-up needs, as a notebook shows it."""
        return Shown(self.follow_up_table())

    def follow_up_table(self) -> pd.DataFrame:
        """Return what each length of follow-up needs, rounded, as text."""
        months = ["follow_up_months", "read_after_months"]
        frame = self.follow_up.copy()
        frame[months] = frame[months].map("{:.4g}".format)
        return self.rounded(frame, self.shown_follow_up)


def plan_trial(
    figures: pd.DataFrame | Trial,
    *,
    difference: float | None = None,
    power: float = 0.8,
    level: float = 0.95,
    compare: str | list[tuple[str, str]] = "all",
    n_comparisons: int | None = None,
    holdout: float | None = None,
    probability_correct: float = 0.9,
    expected_loss: float | None = None,
    n_available: int | None = None,
    follow_up_months: float | Iterable[float] | None = None,
    entry_months: float = 0.0,
    paid: str | None = None,
    currency: str = "$",
) -> TrialPlan:
    r"""Plan the next trial: customers per offer, holdout and follow-up, from assumed figures or from a pilot.

    With :math:`s_k^2` the variance of one customer's profit, zero for most, and :math:`r` the size of the second arm
    in arms (1 for an offer), a difference :math:`d` between two arms is found with power :math:`1 - \beta` by

    .. math:: n = (s_k^2 + s_0^2 / r)(z_{1 - \alpha / 2m} + z_{1 - \beta})^2 / d^2, \qquad
              s^2 = p (s_+^2 + m_+^2) - p^2 m_+^2

    customers per offer, level :math:`1 - \alpha` split over :math:`m` comparisons. Choosing the best offer needs fewer
    customers than proving it best, see `winback.planning.selection`.

    Parameters
    ----------
    figures : pandas.DataFrame or Trial
        Assumed: one row per offer, as for `offer_economics`: ``offer``, ``acceptance`` (share), ``cost``,
        ``value`` (money per returned customer) or ``roi``, and ``value_variation`` (standard deviation over mean of
        the value of those who return); optional ``paid``, ``contact_cost``. A row ``none`` gives the share who return
        without an offer and their value. Or a pilot: a trial from `read_trial`.
    difference : float, optional
        Smallest difference in profit per customer worth finding, in money; by default the differences expected from
        the figures. For the choice of the best it is how far the best leads all others (indifference zone).
    power, level : float
        Chance to find a difference that is there, and confidence level of the test.
    compare : {"all", "offers", "none"} or list of pairs
        All arms with each other, the offers only, each offer with the untreated only, or these pairs.
    n_comparisons : int, optional
        Over how many comparisons the level is split; by default over those made.
    holdout : float, optional
        Share of customers left untreated; by default as many as the comparisons with no offer need, when the holdout
        is :math:`\sqrt K` times an arm of K offers. Needs the row ``none``, or a pilot with untreated customers or with
        ``organic`` in its catalog.
    probability_correct : float
        Chance with which the best offer is to be chosen.
    expected_loss : float, optional
        Most that the choice may lose per customer on average, whatever the true profits are, in money.
    n_available : int, optional
        Customers there are: what can they tell?
    follow_up_months : float or several, optional
        For how many months after the return every customer is watched at least; needs a pilot with second lives.
    entry_months : float
        Over how many months the offers go out.
    paid : {"on_acceptance", "per_contact"}, optional
        What triggers the cost, where assumed figures have no column ``paid``.
    currency : str
        Shown before money; a catalog brings its own.

    Returns
    -------
    TrialPlan
        ``to_frame()`` has one row per question: ``kind`` (difference, best, loss), ``question``, ``first``,
        ``second``, ``expected_difference`` of the figures, ``difference`` planned for, ``variance`` of their
        difference for one customer an arm, ``n_per_arm``, ``n_per_arm_high`` (the variance at the upper end of the
        pilot's interval), ``n_holdout`` (where the question needs one, or its share is given), ``n_customers`` (all
        offers and the holdout), ``n_returned`` (expected in the arm where the fewest return; below 30 the ``remark``
        says that the formula is not to be trusted), and with ``n_available``
        ``chance_available`` and ``loss_available``.

    Raises
    ------
    TableError
        Listing everything that is wrong with the figures and with what is asked.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> assumed = pd.DataFrame({"offer": ["discount", "upgrade"], "acceptance": [.45, .41], "cost": [120, 105],
    ...                         "value": [921.60, 937.65], "value_variation": 1.0})
    >>> plan = wb.plan_trial(assumed, paid="on_acceptance")
    >>> plan.to_frame()[["question", "difference", "n_per_arm"]].round(2)
                      question  difference  n_per_arm
    0  discount against upgrade       19.33      22457
    1          best of 2 offers       19.33       4699
    """
    asked = Asked(
        difference,
        power,
        level,
        compare,
        n_comparisons,
        holdout,
        probability_correct,
        expected_loss,
        n_available,
        months_given(follow_up_months),
        entry_months,
    )
    if not isinstance(figures, Trial):
        return _planned(_from_assumed(figures, paid, asked), asked, None, currency)
    return _planned(_from_pilot(figures, asked), asked, figures, figures.currency)


def _from_assumed(figures, paid, asked) -> ProfitFigures:
    problems = _problems("figures of the plan", figures)
    asked.problems(problems)
    arguments, problems.found = problems.found, []
    table = checked_summary(figures, paid, problems)
    problems.found = arguments + problems.found
    problems.raise_if_any()
    return assumed_figures(table)


def _from_pilot(trial: Trial, asked) -> ProfitFigures:
    problems = _problems("plan of the trial", trial.customers)
    asked.problems(problems)
    problems.raise_if_any()
    check_pilot(trial)
    return pilot_figures(trial)


def _problems(what, figures) -> ProblemList:
    if not isinstance(figures, pd.DataFrame):
        problem = f"must be a pandas DataFrame, not {type(figures).__name__}"
        raise TableError(what, [Problem("figures", problem, 0, "", "Use pandas.DataFrame(...).")])
    return ProblemList(what, figures)


def _planned(arms: ProfitFigures, asked: Asked, pilot: Trial | None, currency: str) -> TrialPlan:
    problems = ProblemList("plan of the trial", arms.to_frame())
    asked.check_against(arms, problems)
    check_follow_up(pilot, asked, problems)
    if not problems.found:
        check_pairs(arms, asked, problems)
    problems.raise_if_any()
    frame, m = rows_of_plan(arms, asked), n_comparisons(arms, asked)
    split = needed_split(frame, arms, asked)
    if asked.n_available is not None:
        split = available_split(frame, arms, asked)
        frame = with_available(frame, arms, asked, split)
    holdout = holdout_table(arms, asked, split, m)
    if pilot is None:
        return TrialPlan(frame, holdout, pd.DataFrame(), arms, asked, split, m, currency=currency)
    follow_up = follow_up_table(pilot, arms, asked)
    return TrialPlan(
        frame, holdout, follow_up, arms, asked, split, m, pilot.horizon_months, pilot.design.control_reason, currency
    )
