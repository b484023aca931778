"""winback's tables: plain DataFrames with agreed columns.

columns    which columns there are, their units and bounds
kinds      one parser per kind of column
checks     `check_lapsed` and its like: a typed copy, or one error with every problem
nouns      what is handed over: a frame, a path, or a noun with such a table
problems   `TableError`, which lists every problem at once
files      tables from CSV and XLSX files
scratch    folders for work under way; what a killed process left in them is cleaned up
spreadsheets  tables to CSV and XLSX, so that nothing in them is changed or run
written    several files written all or none
"""

from winback.tables.checks import (
    check_contracts,
    check_events,
    check_lapsed,
    check_purchases,
    in_trial,
    map_columns,
)
from winback.tables.columns import CONTRACTS, EVENTS, LAPSED, NO_OFFER, PURCHASES, SECOND_LIFETIME, Column
from winback.tables.files import load_table
from winback.tables.kinds import label_codes
from winback.tables.nouns import LAPSED_TABLE, AnyTable, HasTables, as_table
from winback.tables.problems import Problem, ProblemList, TableError
from winback.tables.scratch import scratch_folder
from winback.tables.spreadsheets import write_csv, write_workbook
from winback.tables.written import check_writable, write_files_together

__all__ = [
    "CONTRACTS",
    "EVENTS",
    "LAPSED",
    "LAPSED_TABLE",
    "NO_OFFER",
    "PURCHASES",
    "SECOND_LIFETIME",
    "AnyTable",
    "Column",
    "HasTables",
    "Problem",
    "ProblemList",
    "TableError",
    "as_table",
    "check_contracts",
    "check_events",
    "check_lapsed",
    "check_purchases",
    "check_writable",
    "in_trial",
    "label_codes",
    "load_table",
    "map_columns",
    "scratch_folder",
    "write_csv",
    "write_files_together",
    "write_workbook",
]
