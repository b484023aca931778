"""Which works are cited? Who wrote what, where it stands, and what kind of evidence it is."""

from __future__ import annotations

from dataclasses import dataclass

STUDY, METHOD = "study", "method"  # what a source is: a study of customers, or the method a figure is found by


@dataclass(frozen=True)
class Source:
    """Who wrote what, where it stands, and what kind of evidence it is."""

    who: str
    what: str
    link: str
    evidence: str
    formula: str = ""  # in words; said where a formula is shown that rests on it


DOI = "https://doi.org/"
SOURCES = {
    "study": Source(
        "Kumar, Bhagwat & Zhang",
        "Winning back lost customers, Harvard Business Review, March 2016",
        "https://hbr.org/2016/03/winning-back-lost-customers",
        STUDY,
    ),
    "study in full": Source(
        "Kumar, Bhagwat & Zhang",
        "Regaining lost customers, Journal of Marketing 79(4), 2015",
        f"{DOI}10.1509/jm.14.0107",
        STUDY,
    ),
    "picked": Source(
        "Andrews, Kitagawa & McCloskey",
        "Inference on winners, Quarterly Journal of Economics 139(1), 2024",
        f"{DOI}10.1093/qje/qjad043",
        METHOD,
        "the best of several, corrected for having been picked: the true mean at which its figure, cut off where it "
        "would not have come first, falls below what was seen half the time; for the interval 2.5% and 97.5% of the "
        "time",
    ),
    "ratios": Source(
        "Fieller",
        "Some problems in interval estimation, Journal of the Royal Statistical Society B 16, 1954",
        f"{DOI}10.1111/j.2517-6161.1954.tb00159.x",
        METHOD,
        "interval of a ratio a / b: all q with (a - q b)^2 <= z^2 (variance of a - 2 q covariance + q^2 variance of b)",
    ),
    "adjusted": Source(
        "Lin",
        "Agnostic notes on regression adjustments, Annals of Applied Statistics 7(1), 2013",
        f"{DOI}10.1214/12-AOAS583",
        METHOD,
        "adjusted mean of an offer = mean of its customers + slope x (mean of what was known beforehand of all - mean "
        "of its own), the slope by least squares among its own customers",
    ),
    "scores": Source(
        "Robins, Rotnitzky & Zhao",
        "Estimation of regression coefficients when some regressors are not always observed, Journal of the American "
        "Statistical Association 89, 1994",
        f"{DOI}10.1080/01621459.1994.10476818",
        METHOD,
    ),
    "policies": Source(
        "Athey & Wager",
        "Policy learning with observational data, Econometrica 89(1), 2021",
        f"{DOI}10.3982/ECTA15732",
        METHOD,
    ),
    "budgets": Source(
        "Sinha & Zoltners",
        "The multiple-choice knapsack problem, Operations Research 27(3), 1979",
        f"{DOI}10.1287/opre.27.3.503",
        METHOD,
    ),
    "holdout": Source(
        "Dunnett",
        "A multiple comparison procedure for comparing several treatments with a control, Journal of the American "
        "Statistical Association 50, 1955",
        f"{DOI}10.1080/01621459.1955.10501294",
        METHOD,
    ),
    "choice": Source(
        "Bechhofer",
        "A single-sample multiple decision procedure for ranking means of normal populations with known variances, "
        "Annals of Mathematical Statistics 25(1), 1954",
        f"{DOI}10.1214/aoms/1177728845",
        METHOD,
    ),
    "together": Source(
        "Hothorn, Bretz & Westfall",
        "Simultaneous inference in general parametric models, Biometrical Journal 50(3), 2008",
        f"{DOI}10.1002/bimj.200810425",
        METHOD,
    ),
    "selection": Source(
        "Heckman",
        "Sample selection bias as a specification error, Econometrica 47(1), 1979",
        f"{DOI}10.2307/1912352",
        METHOD,
    ),
    "recapturing": Source(
        "Thomas, Blattberg & Fox",
        "Recapturing lost customers, Journal of Marketing Research 41(1), 2004",
        f"{DOI}10.1509/jmkr.41.1.31.25086",
        STUDY,
    ),
    "curves": Source(
        "Kaplan & Meier",
        "Nonparametric estimation from incomplete observations, Journal of the American Statistical Association 53, "
        "1958",
        f"{DOI}10.1080/01621459.1958.10501452",
        METHOD,
    ),
    "pseudo": Source(
        "Andersen, Klein & Rosthøj",
        "Generalised linear models for correlated pseudo-observations, Biometrika 90(1), 2003",
        f"{DOI}10.1093/biomet/90.1.15",
        METHOD,
    ),
    "pareto": Source(
        "Schmittlein, Morrison & Colombo",
        "Counting your customers: who are they and what will they do next?, Management Science 33(1), 1987",
        f"{DOI}10.1287/mnsc.33.1.1",
        METHOD,
    ),
    "pareto derived": Source(
        "Fader & Hardie",
        "A note on deriving the Pareto/NBD model and related expressions, 2005",
        "http://www.brucehardie.com/notes/009/",
        METHOD,
    ),
    "easy way": Source(
        "Fader, Hardie & Lee",
        "Counting your customers the easy way: an alternative to the Pareto/NBD model, Marketing Science 24(2), 2005",
        f"{DOI}10.1287/mksc.1040.0098",
        METHOD,
    ),
    "gamma gamma": Source(
        "Fader & Hardie",
        "The gamma-gamma model of monetary value, 2013",
        "http://www.brucehardie.com/notes/025/",
        METHOD,
    ),
    "times": Source(
        "Kalbfleisch & Prentice",
        "The statistical analysis of failure time data, 2nd edition, Wiley 2002",
        f"{DOI}10.1002/9781118032985",
        METHOD,
    ),
    "spend": Source(
        "Fader, Hardie & Lee",
        "RFM and CLV: using iso-value curves for customer base analysis, Journal of Marketing Research 42(4), 2005",
        f"{DOI}10.1509/jmkr.2005.42.4.415",
        METHOD,
    ),
    "constant churn": Source(
        "Fader & Hardie",
        "Customer-base valuation in a contractual setting, Marketing Science 29(1), 2010",
        f"{DOI}10.1287/mksc.1080.0482",
        STUDY,
    ),
    "retention": Source(
        "Fader & Hardie",
        "How to project customer retention, Journal of Interactive Marketing 21(1), 2007",
        f"{DOI}10.1002/dir.20074",
        STUDY,
    ),
    "retention again": Source(
        "Fader, Hardie, Liu, Davin & Steenburgh",
        "How to project customer retention revisited, Journal of Interactive Marketing 43, 2018",
        f"{DOI}10.1016/j.intmar.2018.01.002",
        METHOD,
    ),
    "rates": Source(
        "Holford",
        "The analysis of rates and of survivorship using log-linear models, Biometrics 36(2), 1980",
        f"{DOI}10.2307/2529982",
        METHOD,
    ),
    "months at risk": Source(
        "Allison",
        "Discrete-time methods for the analysis of event histories, Sociological Methodology 13, 1982",
        f"{DOI}10.2307/270718",
        METHOD,
    ),
    "retention futility": Source(
        "Ascarza",
        "Retention futility: targeting high-risk customers might be ineffective, Journal of Marketing Research 55(1), "
        "2018",
        f"{DOI}10.1509/jmr.16.0163",
        STUDY,
    ),
    "managing churn": Source(
        "Lemmens & Gupta",
        "Managing churn to maximize profits, Marketing Science 39(5), 2020",
        f"{DOI}10.1287/mksc.2020.1229",
        STUDY,
    ),
    "repeat churn": Source(
        "Kumar, Leszkiewicz & Herbst",
        "Are you back for good or still shopping around?, Journal of Marketing Research 55(2), 2018",
        f"{DOI}10.1509/jmr.16.0623",
        STUDY,
    ),
    "not by risk": Source(
        "Ascarza",
        "Retention futility: targeting high-risk customers might be ineffective, Journal of Marketing Research 55(1), "
        "2018",
        f"{DOI}10.1509/jmr.16.0163",
        STUDY,
    ),
    "gain of keeping": Source(
        "Lemmens & Gupta",
        "Managing churn to maximize profits, Marketing Science 39(5), 2020",
        f"{DOI}10.1287/mksc.2020.1229",
        STUDY,
        "gain = share prevented x sum over months of the chance of leaving in each x (margin from then on - worth of a "
        "lost customer) - cost",
    ),
    "month by month": Source(
        "Allison",
        "Discrete-time methods for the analysis of event histories, Sociological Methodology 13, 1982",
        f"{DOI}10.2307/270718",
        METHOD,
        "log odds of leaving within the next month = sum of coefficients x what was known when the month began",
    ),
    "long enough": Source(
        "Maller & Zhou",
        "Estimating the proportion of immunes in a censored sample, Biometrika 79(4), 1992",
        f"{DOI}10.1093/biomet/79.4.731",
        METHOD,
    ),
}
