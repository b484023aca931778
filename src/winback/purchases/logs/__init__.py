"""What has each customer bought so far? From a log of purchases to one row per customer, and what came after.

summary     `summarize_purchases`; a log split by date
log         a log of purchases, wherever it lies
in_file     a log in a Parquet file, read when asked
in_memory   a log of pandas' as whole numbers, fast
in_engines  the same where the log lies: polars, DuckDB, Spark
customer_days  on which days each customer bought, and for how much
checks      what becomes of each row, and where the data end
wording     the sentences of both, and the pauses that a mistyped date may have made
"""
