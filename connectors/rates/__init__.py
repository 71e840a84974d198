"""Exchange rates: one folder per source, and the book that combines them into one answer with its path."""
