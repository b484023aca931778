"""winback's tables: plain DataFrames with agreed columns.

columns            which columns there are, their units and bounds
nouns              what is handed over: a frame, a path, or a noun with such a table
files              tables from files: `load_table`
text_files         CSV, TSV and TXT: encoding, separator, rows
workbooks          a sheet of an XLSX file
parquet_files      Parquet
foreign            frames of polars, pyarrow and DuckDB
sheet_rows         which rows of a file are the table's?
toml_files         what a TOML file says, or which line of it is to be written how
types_found        which columns of a file are numbers, ids, labels?
reading            a table as it was read, and what was taken for what
likeness           which column is meant by "Customer Id"?
kinds              one parser per kind of column
parsed             what a parser returns, and how cells may be written
numbers            which number does a cell mean?
currencies         in which currency are the amounts?
dates              which day does a cell mean?
date_forms         how do people write a day?
ids                which customer does an id mean?
words              which words mean yes and no?
offer_columns      which column says what was sent?
no_contact         who must not be contacted, by what a column or a label is called?
may_be_marks       which column may say that, or something else? it is asked
denial             does a heading say no, so that a yes below it is no consent?
broken_cells       which cells hold no value at all?
money_columns      which column says what returned customers brought?
months_from_dates  how long was each customer away, back and watched?
headings           has each column a name of its own?
column_checks      does each column hold what its name promises?
checks             `check_lapsed` and its like: a typed copy, or one error with every problem
worth_a_look       what is odd though nothing is wrong?
table_files        is the table in this file fit for use?
unused             which settings had nothing to act on?
looked_at          what was looked at in a table, and what could not be?
places             where in its file does a row stand?
problems           `TableError`, which lists every problem at once
scratch            folders for work under way; what a killed process left in them is cleaned up
spreadsheets       tables to CSV and XLSX, so that nothing in them is changed or run
written            several files written all or none
"""

from winback.tables.checks import (
    check_contracts,
    check_events,
    check_lapsed,
    check_purchases,
    in_trial,
    map_columns,
)
from winback.tables.columns import (
    CONTRACTS,
    EVENTS,
    LAPSED,
    NO_OFFER,
    PURCHASES,
    SECOND_LIFETIME,
    SENT,
    SERVED_BY,
    SNAPSHOT,
    Column,
)
from winback.tables.files import load_table
from winback.tables.kinds import label_codes, label_text
from winback.tables.nouns import (
    CUSTOMERS_TABLE,
    FIRST_LIVES,
    LAPSED_TABLE,
    AnyTable,
    HasTables,
    as_table,
    has_table,
    offers_of,
)
from winback.tables.problems import Problem, ProblemList, TableError
from winback.tables.scratch import scratch_folder
from winback.tables.spreadsheets import write_csv, write_workbook
from winback.tables.written import check_writable, write_files_together

__all__ = [
    "CONTRACTS",
    "CUSTOMERS_TABLE",
    "EVENTS",
    "FIRST_LIVES",
    "LAPSED",
    "LAPSED_TABLE",
    "NO_OFFER",
    "PURCHASES",
    "SECOND_LIFETIME",
    "SENT",
    "SERVED_BY",
    "SNAPSHOT",
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
    "has_table",
    "in_trial",
    "label_codes",
    "label_text",
    "load_table",
    "map_columns",
    "offers_of",
    "scratch_folder",
    "write_csv",
    "write_files_together",
    "write_workbook",
]
