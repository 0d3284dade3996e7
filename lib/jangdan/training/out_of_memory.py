"""Running out of memory, on any backend, as an error that says what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from jangdan.errors import HardwareError, JangdanError

_WORDS = (
    "resource_exhausted",
    "resourceexhausted",
    "outofmemory",
    "out of memory",
    "memoryerror",
    "can't allocate memory",
)
"""In what TensorFlow, JAX, PyTorch and NumPy say, in small letters."""


@contextmanager
def memory_named(batch_size: int, key: str = "batch_size=") -> Iterator[None]:
    """Turn running out of memory into HardwareError, which says the batch size to try; key: how a user writes it."""
    try:
        yield
    except Exception as error:
        said = f"{type(error).__name__} {error}".lower()
        if isinstance(error, JangdanError) or not any(words in said for words in _WORDS):
            raise
        advice = f"try {key}{batch_size // 2}" if batch_size > 1 else "make the model smaller"
        raise HardwareError(f"out of memory with {key}{batch_size}; {advice}") from error
