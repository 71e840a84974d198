"""Waiting: deterministic, thin workflows. They decide nothing; each wake-up takes one turn in an activity."""
