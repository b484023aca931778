"""Which offer earns most, how much, and how surely? `compare_offers`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.offers import comparison_figures as figures
from winback.offers.comparison_figures import ComparisonSettings
from winback.offers.comparison_text import describe_comparison
from winback.offers.economics import organic_flips
from winback.results import Result, Sentences
from winback.tables import NO_OFFER, in_trial
from winback.terms.catalog import Offer, OfferCatalog, as_catalog
from winback.terms.organic import Organic, assumed_organic, check_organic_value
from winback.trial import moments as m
from winback.trial.design_checks import DesignReport, check_typed_design
from winback.trial.design_findings import FEW_RETURNED
from winback.trial.outcomes import trial_moments, typed_trial, value_settings
from winback.uncertainty import normal_quantile


@dataclass(frozen=True, repr=False)
class OfferComparison(Result):
    """Each offer's acceptance, cost, profit and ROI, ranked by profit (incremental where it is known or assumed).

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per offer, most profitable first, see `compare_offers`.
    differences : pandas.DataFrame
        One row per pair of offers: ``first``, ``second``, ``difference`` in profit per customer, ``std_error``, its
        interval ``difference_low``, ``difference_high`` (which allows for all pairs looked at) and ``tie``.
    flips : pandas.DataFrame
        Where two offers change places as organic return grows, see `winback.offers.economics.organic_flips`.
    control : ArmMoments or None
        The untreated, where they are a random control group.
    design : DesignReport or None
        The checks made before.
    """

    frame: pd.DataFrame
    differences: pd.DataFrame
    flips: pd.DataFrame
    settings: ComparisonSettings
    arms: m.ArmMoments = field(repr=False)
    control: m.ArmMoments | None = field(default=None, repr=False)
    design: DesignReport | None = None
    n_left_out: int = 0  # judged not promising beforehand
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "offer": ("Offer", "text"),
        "n": ("Customers", "count"),
        "acceptance": ("Came back", "percent"),
        "cost_per_customer": ("Cost per customer", "money"),
        "gross_profit": ("Gross profit per customer", "money"),
        "gross_roi": ("Gross ROI", "percent0"),
        "value_per_returned": ("Value per returned", "money"),
        "gross_profit_total": ("Gross profit in total", "money"),
        "organic": ("Organic return assumed", "percent"),
        "gross_profit_corrected": ("Gross profit corrected for the pick", "money"),
        "incremental_profit": ("Incremental profit per customer", "money"),
        "incremental_profit_corrected": ("Incremental profit corrected for the pick", "money"),
        "incremental_roi": ("Incremental ROI", "percent0"),
        "incremental_profit_total": ("Incremental profit in total", "money"),
        "probability_best": ("Chance of being best", "percent"),
        "expected_loss": ("Expected loss if chosen", "money"),
        "break_even_organic": ("Break-even organic return", "percent"),
        "remark": ("Remark", "text"),
    }

    @property
    def kind(self) -> str:
        """Whether offers are judged by ``incremental`` figures (measured or assumed) or by ``gross`` ones."""
        return "incremental" if self.control is not None or self.settings.organic is not None else "gross"

    def describe(self) -> Sentences:
        """Say which offer to send, how surely, and what the figures do not say."""
        return describe_comparison(self)


def compare_offers(
    customers: pd.DataFrame,
    offers: OfferCatalog | list[Offer],
    *,
    horizon_months: float | None = None,
    annual_discount: float | None = None,
    organic: Organic | None = None,
    organic_value: float | None = None,
    planned_shares: Mapping[str, float] | None = None,
    level: float = 0.95,
) -> OfferComparison:
    r"""Compare win-back offers by the profit per customer they were sent to, with ROI beside it.

    For offer k with mean value :math:`\bar Y_k` and mean cost :math:`\bar C_k` per customer sent the offer,

    .. math:: \text{gross profit} = \bar Y_k - \bar C_k, \quad \text{gross ROI} = (\bar Y_k - \bar C_k) / \bar C_k

    and incremental figures subtract :math:`\bar Y_0`, the mean value of the untreated, from :math:`\bar Y_k`. Value is
    the margin earned within the horizon, discounted; where the data end before a customer does, months are
    pseudo-observations within the arm [3]_. Profit has the normal interval, ROI Fieller's [1]_, acceptance Wilson's;
    simultaneous intervals are max-t [2]_. Intervals are for expected values, not for single customers. The first offer
    was picked by looking, which flatters its own figure: its profit is given corrected for that as well [4]_.

    Parameters
    ----------
    customers : pandas.DataFrame
        Table of lapsed customers (`winback.tables.LAPSED`): ``customer_id``, ``offer``, ``returned`` and either
        ``second_tenure``, ``second_ended``, ``second_margin`` or ``value``.
    offers : OfferCatalog or list of Offer
        What each offer costs and when that is due.
    horizon_months, annual_discount : float, optional
        Over how long second lifetimes are valued, and the rate a year; required with second lifetimes unless the
        catalog has them, refused with ``value``.
    organic : float, (low, high) or {column: {value: share}}, optional
        Share who would have returned without an offer, where there is no control group; by default the catalog's.
    organic_value : float, optional
        Value of one who returns without an offer, in money; by default the catalog's, else what the untreated who
        returned were worth, and without a control group the offer's own value per returned customer.
    planned_shares : mapping, optional
        Group -> planned share of customers, for `check_design`.
    level : float
        Confidence level of all intervals.

    Returns
    -------
    OfferComparison
        ``to_frame()`` has one row per offer: ``offer``, ``n``, ``n_returned``, ``acceptance``,
        ``cost_per_customer``, ``value_per_returned``, ``gross_profit`` (per customer), ``gross_profit_total``,
        ``gross_roi``, the same ``incremental_``, ``probability_best``, ``expected_loss``, ``break_even_organic``;
        intervals as ``<name>_low`` and ``<name>_high``, simultaneous ones as ``<name>_simultaneous_low``;
        ``gross_profit_corrected``, or ``incremental_profit_corrected`` where that is known or assumed, is the first
        offer's profit corrected for having been picked, see `winback.winner.corrected_winner`;
        ``organic`` with its ends where it is assumed; ``few_returned`` marks arms with fewer than 30 returned, whose
        intervals cannot be trusted; ``remark`` says so, and warns below 200.

    Raises
    ------
    TableError
        Listing every problem of the table.
    ValueError
        When horizon or discount rate are missing, impossible or beyond the data.

    References
    ----------
    .. [1] Fieller, E. C. (1954). Some problems in interval estimation. JRSS B 16.
    .. [2] Hothorn, T., Bretz, F. & Westfall, P. (2008). Simultaneous inference in general parametric models.
    .. [3] Andersen, P. K., Klein, J. P. & Rosthoj, S. (2003). Generalised linear models for correlated
       pseudo-observations. Biometrika 90.
    .. [4] Andrews, I., Kitagawa, T. & McCloskey, A. (2024). Inference on winners. Quarterly Journal of Economics 139.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.load_telecom_study()
    >>> result = wb.compare_offers(study.lapsed, study.offers, horizon_months=study.value_window, annual_discount=0.0)
    >>> result.to_frame()[["offer", "gross_profit", "gross_roi"]].round(2).head(2)
          offer  gross_profit  gross_roi
    0  discount        360.72       6.68
    1   upgrade        341.39       7.93
    """
    catalog = as_catalog(offers)
    normal_quantile(level)  # refuses what is not a level
    table = typed_trial(customers, catalog)
    horizon, discount = value_settings(table, catalog, horizon_months, annual_discount)
    design = check_typed_design(table, catalog, planned_shares)
    arms = trial_moments(table, catalog, horizon, discount)
    control = arms.pop(NO_OFFER, None)
    control = control if design.control == "accepted" else None
    assumed = _assumption(catalog.organic if organic is None else organic, control, table)
    organic_value = catalog.organic_value if organic_value is None else organic_value
    check_organic_value(organic_value)
    settings = ComparisonSettings(horizon, discount, level, assumed, *_organic_value(organic_value, control))
    n_left_out = int((~in_trial(table)).sum())
    return comparison_from_moments(arms, control, settings, design, n_left_out, catalog.currency)


def comparison_from_moments(
    arms: Mapping[str, m.ArmMoments],
    control: m.ArmMoments | None,
    settings: ComparisonSettings,
    design: DesignReport | None = None,
    n_left_out: int = 0,
    currency: str = "$",
) -> OfferComparison:
    """Compare offers from each arm's moments alone, as from a published table; see `compare_offers`."""
    stacked = m.stack_arms(list(arms.values()))
    descending = np.argsort(-figures.decision_profit(stacked, settings)[0], kind="stable")
    order = [list(arms)[position] for position in descending]
    stacked = m.stack_arms([arms[name] for name in order])
    profit, variance = figures.decision_profit(stacked, settings)
    errors = figures.joint_errors(m.profit(stacked)[1], control)
    decision_errors = errors if settings.organic is None else figures.joint_errors(variance, None)
    parts = [
        figures.gross_figures(order, stacked, errors, settings),
        figures.incremental_figures(stacked, control, errors, settings),
        figures.corrected_figures(stacked, control, settings),
        figures.sureness(profit, control, decision_errors),
        figures.break_even_figures(stacked, settings),
    ]
    frame = pd.concat(parts, axis=1).assign(few_returned=stacked.n_returned < FEW_RETURNED)
    differences = figures.all_differences(order, profit, variance, decision_errors, settings.level)
    n_returned_control = None if control is None else float(control.n_returned[0])
    frame["remark"] = figures.remarks(frame, differences, n_returned_control)
    baseline = frame["value_per_returned"] if settings.organic_value is None else settings.organic_value
    flips = organic_flips(order, stacked.mean[:, 1], stacked.mean[:, 2], np.broadcast_to(baseline, len(order)))
    return OfferComparison(
        frame, differences, flips, settings, stacked, control, design, n_left_out=n_left_out, currency=currency
    )


def _organic_value(organic_value, control) -> tuple[float | None, float]:
    """Return the value of an organic returner and its standard error: as given, or as the untreated showed it."""
    if organic_value is not None or control is None:
        return organic_value, 0.0
    value, std_error = m.value_per_returned(control)
    return (float(value[0]), float(std_error[0])) if value[0] > 0 else (None, 0.0)


def _assumption(organic, control, table):
    if organic is None:
        return None
    if control is not None:
        raise ValueError(
            "organic is for tables without a control group; here the untreated show it. Leave it out, also of the "
            "offers file."
        )
    offered = in_trial(table) & (table["offer"].astype(object) != NO_OFFER).to_numpy()
    return assumed_organic(organic, table[offered])
