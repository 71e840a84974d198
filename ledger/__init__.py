"""The book: double entry, append only, one public door."""
