"""Statements of account that are given out: as camt.053 for a treasury system, as XLSX and PDF for people."""
