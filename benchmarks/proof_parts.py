"""What is proved by simulation? One function for each part, returning the rows of its table."""

from __future__ import annotations

import households
import jumping_lives
import losses_by_hand
import numpy as np
from adjustable_trials import drawn as adjustable_trial
from adjustable_trials import over_the_last
from simulated_lives import FORMULAS
from test_equal_numbers import CONTRASTS
from test_equal_numbers import covering as compared
from test_false_alarms import ON, SHOPS
from test_false_alarms import covering as stated_rates
from test_fuzz import run as run_damages
from test_group_moments import ends as by_household
from test_in_clusters import assumed, plan_of, trials_of_households
from test_in_clusters import truth as households_as_assumed
from test_keep_or_win_back import covers as strategies_of_segments
from test_margin_fit import log_normal_margins
from test_organic_return import coverage as chances_of_return
from test_skewed import POWER, planned, trials_that_find
from test_skewed_money import AT_ONCE, CONTACT, N, arm
from test_spending_together import curve_of
from uneven_follow_up import TRUE_PROFIT, drawn_figures, true_value

import winback as wb
from winback.offers.carriers import MUCH_OF_ONE, MUCH_OF_TOP, TOP
from winback.planning import InClusters
from winback.planning.sizes import customers_for_difference
from winback.skewness import is_skewed, skewed_interval
from winback.trial.adjusted import regression_adjusted
from winback.trial.moments import PROFIT, arm_moments, pooled, profit, skew_length
from winback.uncertainty import normal_quantile

SEED = 20160301


def _row(what: str, nominal: float, before, now) -> dict:
    now, draws = np.asarray(now), len(now)
    share = float(now.mean())
    error = float(np.sqrt(max(share, nominal) * (1 - max(share, nominal)) / draws))
    found = {"what": what, "nominal": nominal, "before": float(np.mean(before)), "now": share}
    return found | {"error": error, "draws": draws}


def _mean_row(what: str, truth: float, logs: np.ndarray) -> dict:
    """Return the row of a ratio in the mean over draws."""
    mean, draws = float(np.exp(logs.mean())), len(logs)
    found = {"what": what, "nominal": truth, "before": None, "now": mean}
    return found | {"error": mean * float(logs.std(ddof=1) / np.sqrt(draws)), "draws": draws}


def skewness(draws: int = 20_000) -> list[dict]:
    """Return how often an offer that loses a cent, sent to 9,000 of 10,000, is said to pay, or to lose more."""
    rows = []
    for sigma, sizes in ((0.5, N), (1.0, N), (1.5, N), (2.0, N), (1.0, (5_000, 5_000)), (2.0, (5_000, 5_000))):
        rng, found = np.random.default_rng(SEED), []
        for _ in range(draws // AT_ONCE):
            offered, control = (
                arm(rng, size, sigma, AT_ONCE, cost) for size, cost in zip(sizes, (CONTACT, 0.0), strict=True)
            )
            estimate, variance = profit(offered, control)
            length = skew_length(pooled(offered, control), PROFIT, offered, control)
            found.append(np.concatenate([estimate, np.sqrt(variance), length], axis=1))
        estimate, error, length = np.concatenate(found).T
        z = normal_quantile()
        low, high = skewed_interval(estimate, error, length, z)
        where = f"{sizes[0]:,}/{sizes[1]:,}, sigma {sigma:g}"
        marked = f"{is_skewed(length / error).mean():.0%} marked"
        rows.append(_row(f"said to pay, {where} ({marked})", 0.025, estimate - z * error > -CONTACT, low > -CONTACT))
        rows.append(_row(f"said to lose more, {where}", 0.025, estimate + z * error < -CONTACT, high < -CONTACT))
    return rows


def spending(draws: int = 1_000) -> list[dict]:
    """Return how often choosing among customers who are all alike is said to pay at the best of ten budgets."""
    frames = [curve_of(seed).frame for seed in range(draws)]
    alone, together = (
        [bool((frame[f"lead{kind}_low"] > 0).any()) for frame in frames] for kind in ("", "_simultaneous")
    )
    return [_row("choosing said to pay at the best of ten budgets", 0.025, alone, together)]


def censoring(draws: int = 4_000) -> list[dict]:
    """Return how far value is off, and how often profit's interval holds the truth, where follow-up differs."""
    rows = []
    for where, shorter_in in (("in both arms", ("a", "none")), ("under the offer only", ("a",))):
        before, now = drawn_figures(draws, shorter_in=shorter_in)
        truth, n = true_value("a"), len(now)
        off = [float(frame["a"].mean() / truth - 1) for frame in (before, now)]
        error = float(now["a"].std() / truth / np.sqrt(n))
        found = {"what": f"offer's value too high by, a segment followed shorter {where}", "nominal": 0.0}
        rows.append(found | {"before": off[0], "now": off[1], "error": error, "draws": n})
        holds = [((frame["low"] <= TRUE_PROFIT) & (frame["high"] >= TRUE_PROFIT)).to_numpy() for frame in (before, now)]
        share = [float(each.mean()) for each in holds]
        found = {"what": f"incremental profit within its interval, a segment followed shorter {where}", "nominal": 0.95}
        error = float(np.sqrt(0.95 * 0.05 / n))
        rows.append(found | {"before": share[0], "now": share[1], "error": error, "draws": n})
    return rows


def _held(what: str, truth: float, before: tuple, now: tuple) -> dict:
    """Return how often intervals of 95% held the truth."""
    return _row(what, 0.95, *((ends[0] <= truth) & (truth <= ends[1]) for ends in (before, now)))


def clusters(draws: int = 10_000) -> list[dict]:
    """Return how often profit's interval holds where 1,600 customers of one household return and bring alike."""
    rows = []
    for size, whole in ((4, True), (10, True), (4, False), (10, False)):
        low, high, *alone = by_household(SEED, draws, size, whole)
        how = "drawn whole" if whole else "split between the groups"
        what = f"incremental profit within its interval, households of {size} {how}"
        rows.append(_held(what, -households.CONTACT, alone, (low, high)))
    return rows


def heavy_tails(draws: int = 10_000) -> list[dict]:
    """Return how often gross profit's interval holds where few customers carry it, and how often that is said."""
    rows = []
    for name, returned in (("log-normal, sigma 2", 250), ("log-normal, sigma 2", 5_000), ("Pareto 1.5", 250)):
        rng, found = np.random.default_rng(SEED), []
        for _ in range(draws // AT_ONCE):
            sizes = (AT_ONCE, returned)
            value = rng.lognormal(3, 2, sizes) if name.startswith("log") else 10 * (1 + rng.pareto(1.5, sizes))
            arms = arm_moments(np.ones(sizes), value, np.zeros(sizes))
            estimate, variance = profit(arms)
            low, high = skewed_interval(
                estimate, np.sqrt(variance), skew_length(pooled(arms), PROFIT, arms), normal_quantile()
            )
            top = np.sort(value, axis=1)[:, -int(np.ceil(TOP * returned)) :]
            heavy = (top.sum(axis=1) > MUCH_OF_TOP * value.sum(axis=1)) | (top[:, -1] > MUCH_OF_ONE * value.sum(axis=1))
            error = normal_quantile() * np.sqrt(variance)
            found.append([each.ravel() for each in (estimate - error, estimate + error, low, high, heavy)])
        *ends, heavy = np.concatenate(found, axis=1)
        truth = np.exp(3 + 2) if name.startswith("log") else 10 * 3.0
        what = (
            f"gross value per returned within its interval, {name}, {returned:,} returned ({heavy.mean():.0%} marked)"
        )
        rows.append(_held(what, truth, ends[:2], ends[2:]))
    return rows


def joint(draws: int = 40) -> list[dict]:
    """Return how often the joint model is trusted on margins that are independent of return, and log-normal."""
    fits = [wb.fit_joint(log_normal_margins(seed), **FORMULAS) for seed in range(draws)]
    trusted = [fit.trusted for fit in fits]
    row = _row("joint model trusted on independent log-normal margins", 0.0, trusted, trusted)
    return [row | {"before": None}]  # the model of before is not at hand: commit 805d206 trusted 6 of these 40


def planning(draws: int = 20_000) -> list[dict]:
    """Return how often a trial of the size planned finds its difference; before: of a size for even amounts."""
    rows = []
    for sigma, lead in ((1.0, 0.15), (1.0, 0.3), (1.5, 0.15), (1.5, 0.3)):
        row = planned(sigma, lead)
        even = customers_for_difference(row["difference"], row["variance"], POWER, 0.95)
        was = {**row, "n_per_arm": int(even), "n_holdout": int(np.ceil(even / 9))}
        before, now = (trials_that_find(each, sigma, draws)[:, 0] for each in (was, row))
        where = f"90/10, sigma {sigma:g}, {row['n_per_arm']:,} an offer for {even:,.0f}"
        rows.append(_row(f"power of a planned trial, {where}", POWER, before, now))
    size, (*_, correlation) = 4, households_as_assumed()
    alone, together = (plan_of(each).frame.iloc[0] for each in (assumed(), InClusters(assumed(), size, correlation)))
    rng = np.random.default_rng(SEED)
    before, now = (
        trials_of_households(rng, int(np.ceil(row["n_per_arm"] / size)), draws // 2) for row in (alone, together)
    )
    what = f"power of a planned trial of households of four, {together['n_per_arm']:,} an offer"
    rows.append(_row(f"{what} for {alone['n_per_arm']:,}", POWER, before, now))
    return rows


def adjusting(draws: int = 10_000) -> list[dict]:
    """Return how often differences adjusted for what was known hold the truth; before: plain ones, wider by so much."""
    rows = []
    for sizes, n_columns, kind in (
        ((50, 50), 4, "even"),
        ((100, 100), 9, "even"),
        ((1_000, 100), 4, "even"),
        ((900, 100), 4, "money"),
        ((900, 100), 2, "skewed noise"),
        ((1_000, 1_000), 2, "skewed covariate"),
    ):
        rng, found = np.random.default_rng(SEED), []
        for _ in range(draws):
            triple, groups, matrix = adjustable_trial(rng, sizes, n_columns, kind)
            plain, now = (regression_adjusted(triple, groups, each) for each in (matrix[:, :0], matrix))
            found.append((*over_the_last(plain), *over_the_last(now)))
        _, before, *ends, _, after, low, high = np.array(found).T
        where = f"{sizes[0]:,}/{sizes[1]:,}, {n_columns} columns, {kind}"
        what = f"adjusted difference within its interval, {where} ({1 - after.mean() / before.mean():.0%} narrower)"
        rows.append(_held(what, 0.0, ends, (low, high)))
    return rows


def damages(draws: int = 100_000) -> list[dict]:
    """Return how many damaged calls of each public function end in neither a result nor a clear error: none may."""
    counts, escapes = run_damages(draws, SEED)
    rows = []
    for name, n in sorted(counts.items()):
        share = sum(each.startswith(f"{name}(") for each in escapes) / n
        found = {"what": f"damaged calls of {name} that escape", "nominal": 0.0, "before": None, "now": share}
        rows.append(found | {"error": 0.0, "draws": n})
    return rows


def lapse_rules(draws: int = 2_000) -> list[dict]:
    """Return how often the rates that are stated of lapse rules hold, at two rhythms, and how rules differ."""
    rows = []
    for name in SHOPS:
        truth, found = stated_rates(name, draws)
        what = [*(f"false alarms on day {day}" for day in ON), "false alarms over all dates", "gaps taken for a loss"]
        said = (f"{each}, customers who buy {name}" for each in what)
        rows += _ends_that_hold(said, truth, found[..., 1:])
    for n, some in ((400, draws), (2_000, draws // 4)):
        truth, found = compared(some, n)
        held = [((low <= truth[:3]) & (truth[:3] <= high)).all(axis=1) for low, high in _pairs(found[:, :3])]
        rows.append(_row(f"differences of three rules, all at once, {n:,} customers", 0.95, *held[::-1]))
        said = (f"false alarms at equal numbers, {each}, {n:,} customers" for each in list(CONTRASTS)[3:])
        rows += _ends_that_hold(said, truth[3:], found[:, 3:])
    return rows


def _pairs(ends: np.ndarray):
    """Return low and high as they are stated, and as they would be if everybody counted were somebody else."""
    return (ends[..., 0], ends[..., 1]), (ends[..., 2], ends[..., 3])


def _ends_that_hold(what, truth: np.ndarray, ends: np.ndarray) -> list[dict]:
    """Return how often low and high hold the truth; before, as if everybody counted were somebody else."""
    held = [((low <= truth) & (truth <= high)).T for low, high in _pairs(ends)]
    return [_row(each, 0.95, before, now) for each, now, before in zip(what, *held, strict=True)]


def employees(draws: int = 20_000) -> list[dict]:
    """Return how often a good employee of 40 is said to lose more; before, by Wilson's intervals for all at once."""
    rows = []
    for rate in (0.03, 0.15, 0.4):
        company = {"rate": rate, "weight": None}
        named, errors = [], []
        for wilson in (True, False):
            found, errors = losses_by_hand.judged(np.random.default_rng(SEED), draws, wilson=wilson, **company)
            named.append(found.any(axis=1))
        rows.append(_row(f"an employee blamed where all lose {rate:.0%}", 0.025, *named))
        bad, _ = losses_by_hand.judged(np.random.default_rng(SEED), draws, bad=(80, 2 * rate), **company)
        rows.append(_row(f"one who loses {2 * rate:.0%} of 80 named", 0.0, bad[:, 0], bad[:, 0]))
        _, errors = losses_by_hand.judged(np.random.default_rng(SEED), draws, rate=rate)
        further = errors[:, 1] >= errors[:, 0]
        less = errors.sum(axis=0)
        what = (
            f"shrunken shares err more, around {rate:.0%} (squared error {less[1] / less[0]:.0%} of that of raw ones)"
        )
        rows.append(_row(what, 0.5, further, further))
    return rows


def organic_return(draws: int = 10_000) -> list[dict]:
    """Return how often the chance of return of one away half a year lies within its interval."""
    return [
        _row(f"chance of return after half a year, {n:,} lost", 0.95, held, held)
        for n in (100, 300, 2_000)
        for held in [chances_of_return(draws, n=n, seed=SEED)]
    ]


def key_moments(draws: int = 1_000) -> list[dict]:
    """Return how often jumps are claimed that are not there, and how often planted ones lie within their intervals.

    Before: hazards in the windows compared with those on all other days, at whatever time of life. Of ratios in the
    mean, what was planted stands as nominal.
    """
    none = jumping_lives.covering(draws, seed=SEED)
    some = jumping_lives.covering(draws, seed=SEED, welcome=2.5, price=1.6)
    alone = jumping_lives.covering(draws, seed=SEED, welcome=2.5, everybody=365)
    means = np.array([jumping_lives.by_clock(rng, 3_000) for rng in np.random.default_rng(SEED).spawn(draws)])
    return [
        _row("a jump after one of two moments claimed where there is none", 0.05, none["plain_claims"], none["claims"]),
        _row("jumps of 2.5 and 1.6 within, both at once", 0.95, some["plain_covers"], some["covers"]),
        _row("a jump of 2.5 within where it comes to everybody at once", 0.95, alone["plain_covers"], alone["covers"]),
        *(
            _mean_row(f"ratio in the mean, moment on a day {clock}", truth, logs)
            for (clock, truth), logs in zip(jumping_lives.CLOCKS.items(), means.T, strict=True)
        ),
    ]


def keep_or_win_back(draws: int = 2_000) -> list[dict]:
    """Return how often a strategy's gain lies within its interval, and how often the best one is said to be behind."""
    truth, held, wrong = strategies_of_segments(draws)
    moves = truth["spending"].gt(0).to_numpy()
    names = truth["strategy"] + ", " + truth["segment"]
    rows = [_row(f"gain of: {name}", 0.95, each, each) for name, each in zip(names[moves], held.T[moves], strict=True)]
    segments = sorted(truth["segment"].unique())
    said = (f"best strategy said to be behind, {name}" for name in segments)
    return rows + [_row(each, 0.05, behind, behind) for each, behind in zip(said, wrong.T, strict=True)]
