"""Doing: what touches the database and the outside world, as classes with injected dependencies."""
