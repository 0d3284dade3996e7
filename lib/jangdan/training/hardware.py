"""Which hardware was found and is used: said in the log's first lines, never silent."""

import logging

import keras

from jangdan.errors import HardwareError

log = logging.getLogger(__name__)


def require_device(device: str, threads: int) -> None:
    """Log what is found and used; raise HardwareError where a GPU is asked for and there is none."""
    backend = keras.backend.backend()
    gpus = _gpus(backend)
    if device == "gpu" and not gpus:
        raise HardwareError(
            f"device: gpu: the {backend} backend finds no GPU here; install the GPU build (make install TF=gpu), "
            "check nvidia-smi, or set device: cpu"
        )
    used = ", ".join(gpus) if gpus and device == "gpu" else f"CPU, {threads} threads"
    log.info("keras %s on %s; GPUs found: %s; used: %s", keras.__version__, backend, ", ".join(gpus) or "none", used)
    if backend == "tensorflow":
        _configure_tensorflow(device, threads)


def _gpus(backend: str) -> list[str]:
    if backend == "tensorflow":
        import tensorflow as tf

        return [gpu.name for gpu in tf.config.list_physical_devices("GPU")]
    return [str(d) for d in keras.distribution.list_devices("gpu")]


def _configure_tensorflow(device: str, threads: int) -> None:
    import tensorflow as tf

    if device == "cpu":
        tf.config.set_visible_devices([], "GPU")
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
