"""What a model has learned: attributions and variant effects."""
