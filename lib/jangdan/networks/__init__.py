"""Keras layers, losses and architectures."""
