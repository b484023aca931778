"""How fast are second-lifetime models, against lifelines and against Monte Carlo?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from lifelines import LogNormalAFTFitter
from timing import Row, in_turn, show

import winback as wb
from winback.discounting import discounted_months
from winback.second_lifetime.expected_value import Outlook, expected_value

FORMULAS = {
    "reacquisition": "offer + reason + referrals + I(complaints - complaints_resolved) + contact_attempts"
    " + months_away",
    "tenure": "offer + reason + log(first_tenure) + referrals + I(complaints - complaints_resolved)",
    "margin": "offer + reason + first_margin + referrals",
}
HORIZON, RATE = 60.0, 0.10
N_DRAWS = 1_000


def rows() -> Iterator[Row]:
    """Time fits and values, each against a peer or against itself on fewer customers."""
    lapsed = study_of(50_000)
    tenfold = study_of(500_000)
    fit = wb.fit_joint(lapsed, **FORMULAS)
    everyone = wb.load_telecom_study()
    offers = [*everyone.offers.names, "none"]
    outlooks = [fit.outlook(numbers) for numbers in fit.numbers(everyone.lapsed, offers)]
    counted = everyone.trial.over(horizon_months=HORIZON, annual_discount=RATE)
    report_errors(outlooks)
    yield in_turn(
        "fit_joint on 50,000 / lifelines' LogNormalAFTFitter on 50,000",
        lambda: wb.fit_joint(lapsed, **FORMULAS),
        lifelines_fit(lapsed, fit),
        at_most=1.0,
    )
    yield in_turn(
        "fit_joint on 500,000 / ten times fit_joint on 50,000",
        lambda: wb.fit_joint(tenfold, **FORMULAS),
        lambda: [wb.fit_joint(lapsed, **FORMULAS) for _ in range(10)],
        at_most=1.2,
        rounds=3,
    )
    yield in_turn(
        "expected value, 53,000 x 5 / 1,000 draws shared by all",
        lambda: [expected_value(outlook, HORIZON, RATE) for outlook in outlooks],
        lambda: [monte_carlo(outlook) for outlook in outlooks],
        at_most=1 / 15,
        rounds=3,
    )
    yield in_turn(
        "second_lifetime_value, 53,000 x 5, designs and costs / the draws alone",
        lambda: wb.second_lifetime_value(fit, counted),
        lambda: [monte_carlo(outlook) for outlook in outlooks],
        rounds=3,
    )
    yield in_turn(
        "fit_duration, three families / lifelines' log-normal alone",
        lambda: wb.fit_duration(lapsed, FORMULAS["tenure"]),
        lifelines_tenure(lapsed, fit),
        at_most=1.0,
    )


def study_of(n_offered: int) -> pd.DataFrame:
    """Return so many customers of a redrawn telecom study, without those set aside."""
    study = wb.simulate_telecom_study(round(n_offered * 1.2), calibrate=False, deal_seekers=0, rng=1)
    return study.lapsed[study.lapsed["eligible"]].iloc[:n_offered]


def lifelines_fit(lapsed: pd.DataFrame, fit):
    """Return lifelines' fit of log-normal durations of every customer, with the covariates of reacquisition."""
    design = fit.designs["reacquisition"]
    frame = pd.DataFrame(design.matrix(lapsed)[:, 1:]).add_prefix("x")
    rng = np.random.default_rng(1)
    months = np.exp(3 - 0.2 * frame["x4"] + 0.75 * rng.standard_normal(len(frame)))
    followed = lapsed["followed"].to_numpy()
    frame = frame.assign(months=np.minimum(months, followed), ended=months <= followed)
    return lambda: LogNormalAFTFitter().fit(frame, "months", "ended")


def lifelines_tenure(lapsed: pd.DataFrame, fit):
    """Return lifelines' fit of the second tenures themselves."""
    back = lapsed[lapsed["returned"]]
    frame = pd.DataFrame(fit.designs["tenure"].matrix(back)[:, 1:]).add_prefix("x")
    frame = frame.assign(months=back["second_tenure"].to_numpy(), ended=back["second_ended"].to_numpy(dtype=bool))
    return lambda: LogNormalAFTFitter().fit(frame, "months", "ended")


def monte_carlo(outlook: Outlook, n_draws: int = N_DRAWS, seed: int = 1) -> np.ndarray:
    """Return each customer's expected value by draws of the errors, the same for all customers."""
    rho = outlook.rho_return_tenure, outlook.rho_return_margin, outlook.rho_tenure_margin
    corner = np.array([[1, rho[0], rho[1]], [rho[0], 1, rho[2]], [rho[1], rho[2], 1]])
    errors = np.linalg.cholesky(corner) @ np.random.default_rng(seed).standard_normal((3, n_draws))
    total = np.zeros_like(outlook.a)
    for u, e_tenure, e_margin in errors.T:
        months = np.minimum(np.exp(outlook.mean_tenure + outlook.sd_tenure * e_tenure), HORIZON)
        margin = outlook.mean_margin + outlook.sd_margin * e_margin
        total += (outlook.a + u > 0) * margin * discounted_months(months, RATE)
    return total / n_draws


def report_errors(outlooks: list[Outlook]) -> None:
    """Print the error of the quadrature, against one with many more nodes, and that of the draws."""
    from winback.second_lifetime import expected_value as quadrature

    values = np.concatenate([expected_value(outlook, HORIZON, RATE) for outlook in outlooks])
    usual = quadrature.FEWEST_NODES
    quadrature.FEWEST_NODES = 200
    exact = np.concatenate([expected_value(outlook, HORIZON, RATE) for outlook in outlooks])
    quadrature.FEWEST_NODES = usual
    drawn = np.concatenate([monte_carlo(outlook) for outlook in outlooks])
    worst, typical = np.abs(values / exact - 1).max(), np.median(np.abs(drawn / exact - 1))
    print(f"Relative error of a customer's value: quadrature {worst:.1e} at most, draws {typical:.1%} typically.")


if __name__ == "__main__":
    show(rows())
