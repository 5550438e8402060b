"""Our own mail: facts and a template to bytes, bytes to the relay."""
