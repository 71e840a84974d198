"""Labelled sets for matching: made-up money of which is known what belongs together. Knows nothing of the engine."""
