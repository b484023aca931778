"""Who buys again, and how often, where no contract says that a customer has left? Four models, one surface."""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.periods import parse_period
from winback.purchases.bg_bb import BG_BB
from winback.purchases.bg_nbd import BG_NBD
from winback.purchases.cells import LONGEST_AGE, collapse
from winback.purchases.maximum import Maximum, Problem, maximise
from winback.purchases.mbg_nbd import MBG_NBD
from winback.purchases.model import PurchaseModel
from winback.purchases.nobody_bought import at_rate_zero
from winback.purchases.parameters import params_frame
from winback.purchases.pareto_nbd import PARETO_NBD
from winback.purchases.purchase_fit import PurchaseFit
from winback.purchases.table import Columns, read_rows
from winback.uncertainty import normal_quantile


def fit_bg_nbd(
    customers: pd.DataFrame,
    *,
    period: str,
    frequency: str = "frequency",
    recency: str = "recency",
    age: str = "age",
    weights: str | None = None,
    level: float = 0.95,
) -> PurchaseFit:
    """Fit the BG/NBD model: customers may drop out after each repeat purchase [1]_.

    The likelihood is that of `winback.purchases.bg_nbd`.

    Parameters
    ----------
    customers : pandas.DataFrame
        One row per customer, see the four columns.
    period : {"D", "W", "30D", "M", "Y"} or another number of one of these
        Unit of time of recency and age; kept in the fit. Count purchases by day, also where the unit is longer.
    frequency : str
        Column of repeat purchases: all but the first.
    recency : str
        Column of the time of the last purchase, since the first.
    age : str
        Column of the time observed, since the first purchase; T in the papers.
    weights : str, optional
        Column that counts the customers each row stands for, where equal rows were collapsed into one.
    level : float
        Confidence level of all intervals.

    Returns
    -------
    PurchaseFit
        ``params`` are r, alpha, a and b. Where nobody bought again they are missing, and ``edge`` says why.

    Raises
    ------
    TableError
        Listing every problem of the table.

    References
    ----------
    .. [1] Fader, P. S., Hardie, B. G. S. & Lee, K. L. (2005). "Counting your customers" the easy way. Marketing
       Science 24.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> seen = {"frequency": [0, 1, 3, 2] * 9, "recency": [0, 20, 25, 9] * 9, "age": [30, 38, 27, 35] * 9}
    >>> fit = wb.fit_bg_nbd(pd.DataFrame(seen), period="W")
    >>> fit.n, fit.converged, fit.params["term"].tolist()
    (36, True, ['r', 'alpha', 'a', 'b'])
    """
    return _fit(BG_NBD, customers, Columns(frequency, recency, age), period, weights, level)


def fit_mbg_nbd(
    customers: pd.DataFrame,
    *,
    period: str,
    frequency: str = "frequency",
    recency: str = "recency",
    age: str = "age",
    weights: str | None = None,
    level: float = 0.95,
) -> PurchaseFit:
    """Fit the modified BG/NBD model: customers may drop out after any purchase, the first one too [1]_.

    The likelihood is that of `winback.purchases.mbg_nbd`.

    Parameters
    ----------
    customers, period, frequency, recency, age, weights, level
        As in `fit_bg_nbd`.

    Returns
    -------
    PurchaseFit
        ``params`` are r, alpha, a and b.

    Raises
    ------
    TableError
        Listing every problem of the table.

    References
    ----------
    .. [1] Batislam, E. P., Denizel, M. & Filiztekin, A. (2007). Empirical validation and comparison of models for
       customer base analysis. International Journal of Research in Marketing 24.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> seen = {"frequency": [0, 1, 3, 2] * 9, "recency": [0, 20, 25, 9] * 9, "age": [30, 38, 27, 35] * 9}
    >>> wb.fit_mbg_nbd(pd.DataFrame(seen), period="W").n_repeat
    27
    """
    return _fit(MBG_NBD, customers, Columns(frequency, recency, age), period, weights, level)


def fit_pareto_nbd(
    customers: pd.DataFrame,
    *,
    period: str,
    frequency: str = "frequency",
    recency: str = "recency",
    age: str = "age",
    weights: str | None = None,
    level: float = 0.95,
) -> PurchaseFit:
    """Fit the Pareto/NBD model: customers may drop out at any time [1]_.

    The likelihood is that of `winback.purchases.pareto_nbd`.

    Parameters
    ----------
    customers, period, frequency, recency, age, weights, level
        As in `fit_bg_nbd`.

    Returns
    -------
    PurchaseFit
        ``params`` are r, alpha, s and beta.

    Raises
    ------
    TableError
        Listing every problem of the table.

    References
    ----------
    .. [1] Schmittlein, D. C., Morrison, D. G. & Colombo, R. (1987). Counting your customers. Management Science 33.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> seen = {"frequency": [0, 1, 3, 2] * 9, "recency": [0, 20, 25, 9] * 9, "age": [30, 38, 27, 35] * 9}
    >>> wb.fit_pareto_nbd(pd.DataFrame(seen), period="W").params["term"].tolist()
    ['r', 'alpha', 's', 'beta']
    """
    return _fit(PARETO_NBD, customers, Columns(frequency, recency, age), period, weights, level)


def fit_bg_bb(
    customers: pd.DataFrame,
    *,
    period: str,
    frequency: str = "frequency",
    recency: str = "recency",
    opportunities: str = "opportunities",
    weights: str | None = None,
    level: float = 0.95,
) -> PurchaseFit:
    """Fit the BG/BB model: one opportunity to buy after the other, and customers may drop out before each [1]_.

    The likelihood is that of `winback.purchases.bg_bb`.

    Parameters
    ----------
    customers : pandas.DataFrame
        One row per customer, or per group of equal ones with ``weights``.
    period : {"D", "W", "30D", "M", "Y"} or another number of one of these
        Time from one opportunity to the next; kept in the fit.
    frequency : str
        Column of the opportunities used, the first purchase apart.
    recency : str
        Column of the last opportunity used: 0 for none, 1 for the first one after the first purchase, ...
    opportunities : str
        Column of the opportunities there were; n in the paper.
    weights, level
        As in `fit_bg_nbd`.

    Returns
    -------
    PurchaseFit
        ``params`` are alpha, beta, gamma and delta; horizons are whole numbers of opportunities.

    Raises
    ------
    TableError
        Listing every problem of the table.

    References
    ----------
    .. [1] Fader, P. S., Hardie, B. G. S. & Shang, J. (2010). Customer-base analysis in a discrete-time noncontractual
       setting. Marketing Science 29.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> gave = {"frequency": [0, 1, 3, 2, 5], "recency": [0, 4, 5, 2, 6], "years": 6, "people": [9, 5, 3, 4, 2]}
    >>> wb.fit_bg_bb(pd.DataFrame(gave), period="Y", opportunities="years", weights="people").n
    23
    """
    return _fit(BG_BB, customers, Columns(frequency, recency, opportunities, whole=True), period, weights, level)


def _fit(model: PurchaseModel, customers, columns: Columns, period, weights, level) -> PurchaseFit:
    period = parse_period(period)
    normal_quantile(level)
    rows = read_rows(customers, columns, weights)
    cells = collapse(rows.frequency, rows.recency, rows.age, rows.counts)
    unit = float(cells.age.max()) / LONGEST_AGE if model.timed else 1.0
    scaled = cells.scaled(1 / unit) if model.timed else cells
    if cells.most > 0:
        found = maximise(Problem(model.terms, model.directions, model.edges), model.starts(scaled), scaled)
    else:
        found = at_rate_zero(len(model.letters))
    return PurchaseFit(
        _params(model, found, unit, level),
        model,
        found.log_likelihood - float(cells.counts @ cells.frequency) * np.log(unit),
        int(cells.counts.sum()),
        int(cells.counts[cells.frequency > 0].sum()),
        found.converged,
        period,
        found.edges,
        found.covariance,
        columns,
        cells,
        level,
    )


def _params(model: PurchaseModel, found: Maximum, unit: float, level: float) -> pd.DataFrame:
    estimate = np.exp(found.theta)
    estimate[list(model.timed)] *= unit
    return params_frame(model.letters, model.meanings, estimate, found, level)
