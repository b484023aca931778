"""Data to learn on and to check against.

telecom           the study: 53,000 lost customers and a trial of four offers, simulated
retail            a shop's log of purchases, simulated
public            lost customers and trials that others published
public_purchases  purchases without a contract that others published
public_files      how their files are fetched: from a pinned source, checked by hash, kept in a cache
files             the files of a ready data set
"""
