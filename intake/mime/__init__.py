"""Bytes to parts: header fields, the MIME tree, character sets, and what is packed into parts."""
