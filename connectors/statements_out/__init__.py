"""Statements that are given out: of an account of the book, as camt.053 for a treasury system, as XLSX for people."""
