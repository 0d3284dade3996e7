"""Architectures, their layers, and the folder in which a model travels. The lowest floor that knows Keras."""
