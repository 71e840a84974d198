"""Asking: what people and machines may ask of Afluente over HTTP, and how platforms tell it what happened."""
