"""The telecom study: 53,000 lost customers, 40,000 of them sent one of four offers. Simulated.

assumptions   what was published, and what is assumed beside it
leavers       first lifetimes: when they came and left, why, and who was sent which offer
second_lives  what each customer would do under each offer, and what that would truly have earned
calibration   the constants that make the published figures hold exactly
study         `simulate_telecom_study` and `load_telecom_study`
"""

from winback.datasets.telecom.study import TelecomStudy, TelecomTruth, load_telecom_study, simulate_telecom_study

__all__ = ["TelecomStudy", "TelecomTruth", "load_telecom_study", "simulate_telecom_study"]
