"""Answers under a desk's labels, and what they mean."""
