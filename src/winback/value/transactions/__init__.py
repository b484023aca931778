"""What has each customer bought so far? From a log of purchases to one row per customer.

summary     `summarize_transactions`
in_memory   a log in memory, fast
in_engines  the same where the log lies: polars, DuckDB, Spark
checks      what becomes of each row, and where the data end
"""
