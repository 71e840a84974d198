"""Programs of the other matchers, run in their own environment: two files in, groups with their scores out."""
