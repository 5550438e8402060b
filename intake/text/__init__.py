"""Parts to displayed lines, and what of them is new."""
