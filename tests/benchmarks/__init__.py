"""Speed and memory against a reference of the same run: `make bench`, `make bench-memory`."""
