"""Which hardware was found and is used: said in the log's first lines, never silent."""

import importlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import keras

from jangdan.errors import HardwareError
from jangdan.training.parallel import data_parallel

log = logging.getLogger(__name__)


@contextmanager
def use_device(device: str, threads: int) -> Iterator[list[str]]:
    """Build and fit models inside on what `device` says, "cpu" or "gpu": all GPUs that are visible, data parallel.

    Yields the names of the GPUs that are used. The log says what was found and what is used. Which GPUs are visible
    is CUDA_VISIBLE_DEVICES' to say. PyTorch uses one, for which Keras has no data parallelism. Raises HardwareError
    where a GPU is asked for and there is none.
    """
    used = require_device(device, threads)
    on_cpu = device == "cpu" and keras.backend.backend() != "tensorflow"  # which hides its GPUs
    with keras.device("cpu:0") if on_cpu else data_parallel(used):
        yield used


def require_device(device: str, threads: int) -> list[str]:
    """Log what is found and used; return the GPUs to use, none on the CPU; raises HardwareError as `use_device`."""
    backend = keras.backend.backend()
    gpus = _gpus(backend)
    if device == "gpu" and not gpus:
        raise HardwareError(
            f"device: gpu: the {backend} backend finds no GPU here; install the GPU build (make install TF=gpu), "
            "check nvidia-smi, or set device: cpu"
        )
    used = [] if device == "cpu" else gpus[:1] if backend == "torch" else gpus
    found = ", ".join(gpus) or "none"
    log.info("keras %s on %s; GPUs found: %s; used: %s", keras.__version__, backend, found, _words(used, threads))
    if backend == "tensorflow":
        _configure_tensorflow(device, threads)
    return used


def _words(used: list[str], threads: int) -> str:
    if len(used) > 1:
        return f"{len(used)} GPUs, data parallel ({', '.join(used)})"
    return used[0] if used else f"CPU, {threads} threads"


def _gpus(backend: str) -> list[str]:
    if backend == "tensorflow":
        import tensorflow as tf

        return [f"gpu:{i}" for i in range(len(tf.config.list_physical_devices("GPU")))]
    if backend == "torch":
        torch = importlib.import_module("torch")  # none of the dependencies
        return [f"cuda:{i}" for i in range(torch.cuda.device_count())]
    try:
        return [str(device) for device in keras.distribution.list_devices("gpu")]
    except RuntimeError:  # jax, where there is none
        return []


def _configure_tensorflow(device: str, threads: int) -> None:
    import tensorflow as tf

    try:
        if device == "cpu":
            tf.config.set_visible_devices([], "GPU")
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:
        log.warning("tensorflow runs already: its devices and threads stay as they are")
