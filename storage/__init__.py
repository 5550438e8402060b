"""The durable queues and the tickets, on SQLite or PostgreSQL."""
