"""Which offer earns most, how much, and how surely? `compare_offers`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from winback.doors import door
from winback.offers import comparison_figures as figures
from winback.offers.carriers import value_carriers
from winback.offers.compared import OfferComparison
from winback.offers.comparison_figures import ComparisonSettings
from winback.offers.economics import organic_flips
from winback.offers.told_apart import within_words
from winback.tables import NO_OFFER
from winback.terms.organic import assumed_organic
from winback.trial import moments as m
from winback.trial.chances import check_one_chance
from winback.trial.compared import compared_moments
from winback.trial.design_findings import FEW_RETURNED
from winback.trial.same_terms import check_is_trial
from winback.trial.trial import Trial
from winback.uncertainty import normal_quantile


@door
def compare_offers(trial: Trial, *, level: float = 0.95, equivalent_within: float | None = None) -> OfferComparison:
    r"""Compare win-back offers by the profit per customer they were sent to, with ROI beside it.

    For offer k with mean value :math:`\bar Y_k` and mean cost :math:`\bar C_k` per customer sent the offer,

    .. math:: \text{gross profit} = \bar Y_k - \bar C_k, \quad \text{gross ROI} = (\bar Y_k - \bar C_k) / \bar C_k

    and incremental figures subtract :math:`\bar Y_0`, the mean value of the untreated, from :math:`\bar Y_k`. Value is
    the margin earned within the horizon, discounted; where the data end before a customer does, months are
    pseudo-observations within the arm [3]_. Profit has the normal interval, ROI Fieller's [1]_, both
    leaning as skewed money makes them lean (`winback.skewness`), acceptance Wilson's; simultaneous intervals are
    max-t [2]_. Intervals are for expected values, not for single customers. The first offer
    was picked by looking, which flatters its own figure: its profit is given corrected for that as well [4]_.

    What was known of customers beforehand can be allowed for: figures so adjusted stand beside
    (`OfferComparison.adjusted`), or are the headline where the trial was read with ``adjust``.

    Parameters
    ----------
    trial : Trial
        From `read_trial`: customers, offers and terms.
    level : float
        Confidence level of all intervals.
    equivalent_within : float, optional
        Money per customer, above 0: a difference in profit smaller than this would not matter. Offers are then said
        to be equivalent where the whole interval of their difference, which allows for every pair, lies within it:
        two one-sided tests [5]_. Without it, offers whose interval contains zero are not told apart, which does not
        show that they are the same.

    Returns
    -------
    OfferComparison
        ``to_frame()`` has one row per offer: ``offer``, ``n``, ``n_returned``, ``acceptance``,
        ``cost_per_customer``, ``value_per_returned``, ``gross_profit`` (per customer), ``gross_profit_total``,
        ``gross_roi``, the same ``incremental_``, ``probability_best`` (under a flat prior; that several offers were
        compared is allowed for in simultaneous intervals only), ``expected_loss`` (what choosing it is expected to
        lose in case another is better, under the same prior), ``break_even_organic``;
        intervals as ``<name>_low`` and ``<name>_high``, simultaneous ones as ``<name>_simultaneous_low``;
        ``gross_profit_corrected``, or ``incremental_profit_corrected`` where that is known or assumed, is the first
        offer's profit corrected for having been picked, see `winback.winner.corrected_winner`;
        ``organic`` with its ends where it is assumed; ``few_returned`` marks arms with fewer than 30 returned, whose
        intervals cannot be trusted; ``remark`` says so, and warns below 200.

    Raises
    ------
    TableError
        When an offer went to customers with different chances: see `offer_scores`.
    ValueError
        When ``level`` or ``equivalent_within`` is not one.

    References
    ----------
    .. [1] Fieller, E. C. (1954). Some problems in interval estimation. JRSS B 16.
    .. [2] Hothorn, T., Bretz, F. & Westfall, P. (2008). Simultaneous inference in general parametric models.
    .. [3] Andersen, P. K., Klein, J. P. & Rosthoj, S. (2003). Generalised linear models for correlated
       pseudo-observations. Biometrika 90.
    .. [4] Andrews, I., Kitagawa, T. & McCloskey, A. (2024). Inference on winners. Quarterly Journal of Economics 139.
    .. [5] Schuirmann, D. J. (1987). A comparison of the two one-sided tests procedure and the power approach for
       assessing the equivalence of average bioavailability. Journal of Pharmacokinetics and Biopharmaceutics 15.

    Examples
    --------
    >>> import winback as wb
    >>> result = wb.compare_offers(wb.load_telecom_study().trial)
    >>> result.to_frame()[["offer", "gross_profit", "gross_roi"]].round(2).head(2)
          offer  gross_profit  gross_roi
    0  discount        360.72       6.68
    1   upgrade        341.39       7.93
    """
    check_is_trial(trial)
    normal_quantile(level)  # refuses what is not a level
    _check_bound(equivalent_within)
    check_one_chance(trial.lapsed)
    return _compared(trial, level=level, equivalent_within=equivalent_within)


def _compared(
    trial: Trial, *, level: float, equivalent_within: float | None, organic: float | None = None
) -> OfferComparison:
    """Compare the offers of a trial, with an ``organic`` return in place of what the untreated showed, if given."""
    if organic is not None and not trial.has_control:
        trial, organic = trial.over(organic=organic), None
    moments = compared_moments(trial)
    arms = {name: moments[name] for name in trial.sent}
    control = moments[NO_OFFER] if trial.design.control == "accepted" else None
    organic_value = figures.organic_value_of(trial.offers.organic_value, control)
    assumed = trial.organic
    if organic is not None:
        assumed, control = organic, None
    assumed = None if assumed is None else assumed_organic(assumed, trial.customers)
    terms = (trial.horizon_months, trial.annual_discount, level, assumed)
    settings = ComparisonSettings(*terms, *organic_value, equivalent_within=equivalent_within)
    again = partial(_compared, level=level, equivalent_within=equivalent_within)
    return replace(comparison_from_moments(arms, control, settings, trial), again=again)


def comparison_from_moments(
    arms: Mapping[str, m.ArmMoments],
    control: m.ArmMoments | None,
    settings: ComparisonSettings,
    trial: Trial | None = None,
    currency: str = "$",
) -> OfferComparison:
    """Compare offers from each arm's moments alone, as from a published table; see `compare_offers`."""
    stacked = m.stack_arms(list(arms.values()))
    descending = np.argsort(-figures.decision_profit(stacked, settings)[0], kind="stable")
    order = [list(arms)[position] for position in descending]
    stacked = m.stack_arms([arms[name] for name in order])
    profit, weights = figures.decision_profit(stacked, settings)
    errors = figures.joint_errors(stacked, m.PROFIT, control)
    decision_errors = errors if settings.organic is None else figures.joint_errors(stacked, weights, None)
    parts = [
        figures.gross_figures(order, stacked, errors, settings),
        figures.incremental_figures(stacked, control, errors, settings),
        figures.corrected_figures(stacked, control, settings),
        figures.sureness(profit, control, decision_errors),
        figures.break_even_figures(stacked, settings),
    ]
    frame = pd.concat(parts, axis=1).assign(few_returned=stacked.n_returned < FEW_RETURNED)
    differences = figures.all_differences(order, stacked, settings, decision_errors)
    n_returned_control = None if control is None else float(control.n_returned[0])
    carriers = None if trial is None else value_carriers(trial, order, control is not None, settings.level)
    heavy = np.zeros(len(order), dtype=bool) if carriers is None else carriers.frame["heavy"].to_numpy()
    currency = currency if trial is None else trial.currency
    said = (n_returned_control, settings.level, within_words(settings.equivalent_within, currency))
    frame["remark"] = figures.remarks(frame.assign(heavy=heavy), differences, *said)
    baseline = frame["value_per_returned"] if settings.organic_value is None else settings.organic_value
    flips = organic_flips(order, stacked.mean[:, 1], stacked.mean[:, 2], np.broadcast_to(baseline, len(order)))
    made = {"settings": settings, "arms": stacked, "control": control, "trial": trial, "carriers": carriers}
    catalogue = tuple(arms) if trial is None else trial.offers.names
    return OfferComparison(frame, differences, flips, **made, catalogue=catalogue, currency=currency)


def _check_bound(equivalent_within: float | None) -> None:
    if equivalent_within is not None and not 0 < equivalent_within < np.inf:
        raise ValueError(
            f"equivalent_within must be money per customer above 0, a difference too small to matter; got "
            f"{equivalent_within!r}. Leave it out where no such difference can be named."
        )
