"""Other ledgers, each measured by a program of its own in an environment of its own; nothing here imports another.

A program is given where to keep its book, says it is ready, and then obeys lines: ``post SIZE TIMES`` posts so many
entries of two postings in each of so many transactions, ``check`` proves its own book. It answers in lines of JSON.
"""
