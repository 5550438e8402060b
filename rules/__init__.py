"""Deciding: values in, values out. No clock, database, mail library or randomness."""
