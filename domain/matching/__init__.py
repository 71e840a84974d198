"""Reconciliation as pure decisions: which rows of one side are the same money as which rows of the other.

``engine.reconcile`` is the door; ``docs/matching.md`` says how it thinks and what it guarantees.
"""
