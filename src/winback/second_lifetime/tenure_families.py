"""Moved."""

from winback.survival.families import FAMILIES, Family as TenureFamily, find_family as tenure_family  # noqa
