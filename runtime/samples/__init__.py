"""Invented samples that show the product at work: a portfolio of overdue loans and its template."""
