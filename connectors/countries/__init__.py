"""Countries, one folder each: law, holidays, identity numbers and rails as data and pure functions."""
