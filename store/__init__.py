"""Facts in PostgreSQL that are not the book: tables and their queries, one module for each noun."""
