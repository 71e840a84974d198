"""Wiring: settings, clock, servers, entry points. Nobody imports it."""
