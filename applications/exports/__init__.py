"""Exports by purpose: what may leave, column by column, and how it is written. Nothing here knows of requests.

Identity answers, access needs and the employer's reply are not imported anywhere in this package.
"""
