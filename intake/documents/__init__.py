"""Forms in attached files and messages."""
