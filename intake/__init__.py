"""Doors and reading: bytes to `Arrival`, bytes to `Message`, `Message` to `Reading`."""
