"""What did the trial measure for the customers a model has valued? Value and cost, customer by customer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from winback.trial.outcomes import typed_trial


def measured_outcomes(values) -> pd.DataFrame:
    """Return what each customer of the trial brought and cost, beside what a model expected.

    Parameters
    ----------
    values : SecondLifetimeValues
        Of customers with ``offer``, ``returned`` and their second lifetimes.

    Returns
    -------
    pandas.DataFrame
        One row per customer in the trial (``eligible`` where given): ``row`` (position in the table), ``offer``,
        ``value`` and ``cost`` as the trial has them (money within the values' horizon), ``expected_value``,
        ``expected_cost`` and ``chance`` of return by the model, under the customer's own offer.

    Raises
    ------
    ValueError
        When the horizon reaches beyond the second lifetimes seen under some offer.
    """
    trial = values.trial
    if values.customers is not trial.lapsed:  # others, under the same terms
        trial = replace(trial, lapsed=typed_trial(values.customers, trial.offers), true_profits=None)
    groups, (value, spent) = trial.groups, trial.money
    pieces = []
    for place, offer in enumerate(groups.arms):
        if offer in values.net_values:
            rows = np.flatnonzero(groups.arm == place)
            cost, chance, net = (
                frame[offer].to_numpy()[rows] for frame in (values.costs, values.chances, values.net_values)
            )
            columns = {"row": rows, "offer": offer, "value": value[rows], "cost": spent[rows]}
            columns |= {"expected_value": net + cost, "expected_cost": cost, "chance": chance}
            pieces.append(pd.DataFrame(columns))
    if not pieces:
        raise ValueError("None of these customers was in the trial: there is nothing to measure the model by.")
    return pd.concat(pieces, ignore_index=True)
