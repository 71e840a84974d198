"""Wording: what is said to people, in their language, their script's direction and their way of writing amounts."""
