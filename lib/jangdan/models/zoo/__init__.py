"""Published architectures, one a file; `jangdan.models.registry` knows them by name."""
