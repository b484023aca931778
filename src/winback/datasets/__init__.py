"""Data to learn on and to check against.

telecom   the study: 53,000 lost customers and a trial of four offers, simulated
retail    a shop's log of purchases, simulated
public    real data that others published, fetched and checked: lost customers, purchases
files     the files of a ready data set
"""
