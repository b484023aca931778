"""Data to learn on and to check against.

telecom   the study: 53,000 lost customers and a trial of four offers, simulated
public    real data that others published, fetched and checked
"""
