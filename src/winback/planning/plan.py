"""How large must the next trial be? `plan_trial`."""

from __future__ import annotations

import pandas as pd

from winback.doors import door_of_settings
from winback.planning.asked import Asked, Choice, Comparisons, FollowUp
from winback.planning.figures import ProfitFigures, assumed_figures, check_pilot, checked_summary, pilot_figures
from winback.planning.follow_up import check_follow_up, follow_up_table
from winback.planning.holdout import available_split, holdout_table, needed_split
from winback.planning.in_clusters import InClusters
from winback.planning.questions import check_pairs, n_comparisons, rows_of_plan, with_available
from winback.planning.trial_plan import TrialPlan
from winback.tables import Problem, ProblemList, TableError, as_table
from winback.trial.trial import Trial


@door_of_settings
def plan_trial(
    figures: pd.DataFrame | Trial | InClusters,
    *,
    difference: float | None = None,
    power: float = 0.8,
    level: float = 0.95,
    compare: str | list[tuple[str, str]] | Comparisons = "all",
    holdout: float | None = None,
    n_available: int | None = None,
    choice: Choice = Choice(),  # noqa: B008 (frozen)
    follow_up: FollowUp | None = None,
) -> TrialPlan:
    r"""Plan the next trial: customers per offer, holdout and follow-up, from assumed figures or from a pilot.

    With :math:`s_k^2` the variance of one customer's profit, zero for most, and :math:`r` the size of the second arm
    in arms (1 for an offer), a difference :math:`d` between two arms is found with power :math:`1 - \beta` by

    .. math:: n = (s_k^2 + s_0^2 / r)(z_{1 - \alpha / 2m} + z_{1 - \beta})^2 / d^2, \qquad
              s^2 = p (s_+^2 + m_+^2) - p^2 m_+^2

    customers per offer, level :math:`1 - \alpha` split over :math:`m` comparisons. Where the arms are not of one size
    skewed money asks for more, or for fewer, since the trial's own interval leans. Choosing the best offer needs fewer
    customers than proving it best. See `winback.planning.sizes`.

    Parameters
    ----------
    figures : pandas.DataFrame, Trial or InClusters
        Assumed: one row per offer, as for `offer_economics`: ``offer``, ``acceptance`` (share), ``cost``, ``paid``
        (``on_acceptance`` or ``per_contact``), ``value`` (money per returned customer) or ``roi``, and
        ``value_variation`` (standard deviation over mean of the value of those who return); optional ``contact_cost``
        and ``currency``. A row ``none`` gives the share who return without an offer and their value. Or a pilot: a
        trial from `read_trial`; one that drew households whole plans for households. `InClusters` holds either of them
        with the size and correlation that are assumed of clusters.
    difference : float, optional
        Smallest difference in profit per customer worth finding, in money; by default the differences expected from
        the figures. For the choice of the best it is how far the best leads all others (indifference zone).
    power, level : float
        Chance to find a difference that is there, and confidence level of the test.
    compare : {"all", "offers", "none"}, list of pairs, or Comparisons
        All arms with each other, the offers only, each offer with the untreated only, or these pairs; `Comparisons`
        also says over how many comparisons the level is split.
    holdout : float, optional
        Share of customers left untreated; by default as many as the comparisons with no offer need, when the holdout
        is :math:`\sqrt K` times an arm of K offers. Needs the row ``none``, or a pilot with untreated customers or with
        ``organic`` in its catalog.
    n_available : int, optional
        Customers there are: what can they tell?
    choice : Choice
        With which chance the best offer is to be chosen, and how much the choice may lose.
    follow_up : FollowUp, optional
        For how many months every customer is watched, and over how many the offers go out; needs a pilot with second
        lives.

    Returns
    -------
    TrialPlan
        ``to_frame()`` has one row per question: ``kind`` (difference, best, loss), ``question``, ``first``,
        ``second``, ``expected_difference`` of the figures, ``difference`` planned for, ``variance`` of their
        difference for one customer an arm, its ``skewness`` at the size planned, ``n_per_arm``, ``n_per_arm_high`` (the
        variance at the upper end of the pilot's interval), ``n_holdout`` (where the question needs one, or its share is
        given), ``n_customers`` (all offers and the holdout), ``n_returned`` (expected in the arm where the fewest
        return), ``remark`` (fewer than 30 would, or money is too skewed: then the formula is not to be trusted), and
        with ``n_available`` ``chance_available``, ``loss_available`` and ``skewness_available``. Where clusters are
        drawn whole, ``n_clusters`` an offer and ``n_clusters_holdout``, at the mean number of customers a cluster.

    Raises
    ------
    TableError
        Listing everything that is wrong with the figures and with what is asked.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> assumed = pd.DataFrame({"offer": ["discount", "upgrade"], "acceptance": [.45, .41], "cost": [120, 105],
    ...                         "value": [921.60, 937.65], "value_variation": 1.0, "paid": "on_acceptance"})
    >>> plan = wb.plan_trial(assumed)
    >>> plan.to_frame()[["question", "difference", "n_per_arm"]].round(2)
                      question  difference  n_per_arm
    0  discount against upgrade       19.33      22457
    1          best of 2 offers       19.33       4699
    >>> surer = wb.plan_trial(assumed, choice=wb.planning.Choice(0.99), compare=wb.planning.Comparisons(n=3))
    >>> surer.to_frame()["n_per_arm"].tolist()
    [29953, 15484]
    """
    compare = compare if isinstance(compare, Comparisons) else Comparisons(compare)
    limits = {"difference": difference, "power": power, "level": level, "holdout": holdout, "n_available": n_available}
    asked = Asked(**limits, compare=compare, choice=choice, follow_up=follow_up)
    figures, clusters = (figures.figures, figures) if isinstance(figures, InClusters) else (figures, None)
    pilot = figures if isinstance(figures, Trial) else None
    arms, currency = _of_pilot(pilot, asked, clusters) if pilot is not None else _of_table(figures, asked, clusters)
    arms = arms if clusters is None else arms.in_clusters(clusters.drawn())
    return _planned(arms, asked, pilot, currency)


def _of_pilot(pilot: Trial, asked: Asked, clusters: InClusters | None) -> tuple[ProfitFigures, str]:
    problems = ProblemList("plan of the trial", pilot.customers)
    _add_what_is_wrong(problems, asked, clusters)
    problems.raise_if_any()
    check_pilot(pilot)
    return pilot_figures(pilot), pilot.currency


def _of_table(figures: pd.DataFrame, asked: Asked, clusters: InClusters | None) -> tuple[ProfitFigures, str]:
    figures = as_table(figures, "figures of the plan")
    if not isinstance(figures, pd.DataFrame):
        problem = f"must be a pandas DataFrame, not {type(figures).__name__}"
        remedy = "Give a table of assumed figures, or a trial from winback.read_trial."
        raise TableError("figures of the plan", [Problem("figures", problem, 0, "", remedy)])
    problems, of_table = (ProblemList("figures of the plan", figures) for _ in range(2))
    _add_what_is_wrong(problems, asked, clusters)
    table = checked_summary(figures, of_table)
    problems.found += of_table.found
    problems.raise_if_any()
    return assumed_figures(table), str(table["currency"].iloc[0])


def _add_what_is_wrong(problems: ProblemList, asked: Asked, clusters: InClusters | None) -> None:
    asked.problems(problems)
    if clusters is not None:
        clusters.problems(problems)


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
    found = {"holdout": holdout_table(arms, asked, split, m), "follow_up": pd.DataFrame(), "n_comparisons": m}
    if pilot is not None:
        found |= {"follow_up": follow_up_table(pilot, arms, asked), "refusal": pilot.design.control_reason}
        found |= {"horizon_months": pilot.horizon_months}
    return TrialPlan(frame, arms=arms, asked=asked, split=split, currency=currency, **found)
