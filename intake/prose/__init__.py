"""Answers that running text states without a label."""
