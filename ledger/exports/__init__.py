"""The book in other programs' words: journals for beancount and hledger, and a general ledger as a table.

Each export is one reading of the book in a single SQL statement: the entries and the balances that they are asserted
to make come from the same state, however much is booked meanwhile.
"""
