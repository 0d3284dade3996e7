"""A commented config per use case."""
