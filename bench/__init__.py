"""Measuring: what is not asserted in a test."""
