"""Who buys again, and how often, where no contract says that a customer has left? Four models, one surface."""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.doors import door
from winback.periods import Period, parse_period
from winback.purchases.bg_bb import BG_BB
from winback.purchases.bg_nbd import BG_NBD, MBG_NBD
from winback.purchases.cells import LONGEST_AGE, collapse
from winback.purchases.limits import at_rate_zero
from winback.purchases.logs.summary import HeldOutPurchases, PurchaseSummary, own_period, summarised
from winback.purchases.maximum import Problem, maximise
from winback.purchases.model import PurchaseModel
from winback.purchases.pareto_nbd import PARETO_NBD
from winback.purchases.purchase_fit import PurchaseFit
from winback.purchases.table import Columns, PurchaseRows, read_rows
from winback.tables import HasTables
from winback.uncertainty import normal_quantile

MODELS = {"pareto_nbd": PARETO_NBD, "bg_nbd": BG_NBD, "mbg_nbd": MBG_NBD, "bg_bb": BG_BB}


@door
def fit_purchases(
    customers: pd.DataFrame | PurchaseSummary | HeldOutPurchases | HasTables,
    model: str = "pareto_nbd",
    *,
    period: str | Period | None = None,
    frequency: str = "frequency",
    recency: str = "recency",
    age: str | None = None,
    weights: str | None = None,
    level: float = 0.95,
) -> PurchaseFit:
    """Fit a model of who buys again, and how often, where nobody says goodbye.

    =============  ================================================================  ========================
    model          when customers drop out                                           parameters
    =============  ================================================================  ========================
    "pareto_nbd"   at any time [1]_                                                  r, alpha, s, beta
    "bg_nbd"       after a repeat purchase, so that one-time buyers never have [2]_  r, alpha, a, b
    "mbg_nbd"      after any purchase, the first one too [3]_                        r, alpha, a, b
    "bg_bb"        before an opportunity to buy: time comes in whole numbers [4]_    alpha, beta, gamma, delta
    =============  ================================================================  ========================

    Likelihoods and equations stand in `winback.purchases`: ``pareto_nbd``, ``bg_nbd`` (both) and ``bg_bb``. The default
    lets customers leave at any time. The BG/NBD is quicker and the usual first choice, but takes everybody who bought
    once for a customer still.

    Parameters
    ----------
    customers : PurchaseBase, PurchaseSummary, HeldOutPurchases or pandas.DataFrame
        From `read_purchases` or `summarize_purchases`, which bring their period, or a ``hold_out``; or one row per
        customer.
    model : {"pareto_nbd", "bg_nbd", "mbg_nbd", "bg_bb"}
    period : {"D", "W", "30D", "M", "Y"} or another number of one of these
        Unit of time of recency and age, or from one opportunity to the next; required with a frame, kept in the fit.
        Count purchases by day, also where the unit is longer.
    frequency : str
        Column of repeat purchases: all but the first; of the BG/BB the opportunities used.
    recency : str
        Column of the time of the last purchase, since the first; of the BG/BB the last opportunity used, 0 for none.
    age : str, optional
        Column of the time observed, since the first purchase (T in the papers), by default ``age``; of the BG/BB the
        opportunities there were (n in the paper), by default ``opportunities``.
    weights : str, optional
        Column that counts the customers each row stands for, where equal rows were collapsed into one.
    level : float
        Confidence level of all intervals.

    Returns
    -------
    PurchaseFit
        Where nobody bought again parameters are missing, and ``edge`` says why. Horizons of the BG/BB are whole numbers
        of opportunities.

    Raises
    ------
    TableError
        Listing every problem of the table.
    ValueError
        When there is no such model, or the period is missing or another than the summary's.

    References
    ----------
    .. [1] Schmittlein, D. C., Morrison, D. G. & Colombo, R. (1987). Counting your customers. Management Science 33.
    .. [2] Fader, P. S., Hardie, B. G. S. & Lee, K. L. (2005). "Counting your customers" the easy way. Marketing
       Science 24.
    .. [3] Batislam, E. P., Denizel, M. & Filiztekin, A. (2007). Empirical validation and comparison of models for
       customer base analysis. International Journal of Research in Marketing 24.
    .. [4] Fader, P. S., Hardie, B. G. S. & Shang, J. (2010). Customer-base analysis in a discrete-time noncontractual
       setting. Marketing Science 29.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> seen = {"frequency": [0, 1, 3, 2] * 9, "recency": [0, 20, 25, 9] * 9, "age": [30, 38, 27, 35] * 9}
    >>> fit = wb.fit_purchases(pd.DataFrame(seen), "bg_nbd", period="W")
    >>> fit.n, fit.converged, fit.params["term"].tolist()
    (36, True, ['r', 'alpha', 'a', 'b'])
    >>> gave = {"frequency": [0, 1, 3, 2, 5], "recency": [0, 4, 5, 2, 6], "years": 6, "people": [9, 5, 3, 4, 2]}
    >>> wb.fit_purchases(pd.DataFrame(gave), "bg_bb", period="Y", age="years", weights="people").n
    23
    """
    normal_quantile(level)
    customers = summarised(customers)
    if model not in MODELS:
        raise ValueError(f"model must be one of {', '.join(MODELS)}; got {model!r}.")
    if isinstance(customers, PurchaseSummary | HeldOutPurchases):
        period = own_period(customers, period)
        customers = customers.customers
    unit = parse_period(period)
    whole = model == "bg_bb"
    columns = Columns(frequency, recency, age or ("opportunities" if whole else "age"), whole=whole)
    return _fit(MODELS[model], read_rows(customers, columns, weights), columns, unit, level)


def _fit(model: PurchaseModel, rows: PurchaseRows, columns: Columns, period: Period, level: float) -> PurchaseFit:
    cells = collapse(rows.frequency, rows.recency, rows.age, rows.counts)
    unit = float(cells.age.max()) / LONGEST_AGE if model.timed else 1.0
    scaled = cells.scaled(1 / unit) if model.timed else cells
    if cells.most > 0:
        found = maximise(Problem(model.terms, model.directions, model.edges), model.starts(scaled), scaled)
    else:
        found = at_rate_zero(len(model.letters))
    estimate = np.exp(found.theta)
    estimate[list(model.timed)] *= unit
    return PurchaseFit(
        params=found.params(model.letters, model.meanings, estimate, level),
        model=model,
        log_likelihood=found.log_likelihood - float(cells.counts @ cells.frequency) * np.log(unit),
        n=int(cells.counts.sum()),
        n_repeat=int(cells.counts[cells.frequency > 0].sum()),
        converged=found.converged,
        period=period,
        edges=found.edges,
        covariance=found.covariance,
        columns=columns,
        cells=cells,
        level=level,
    )
