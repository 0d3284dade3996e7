"""TensorBoard's event files: the history, an epoch at a time, beside the model."""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import keras

PARTS = ("train", "validation")


class EventLog:
    """Writes scalars as Keras' TensorBoard callback does: train/ and validation/, a tag ``epoch_<name>`` each.

    A step is an epoch as in the history, from 1. Older event files in the folder are removed. Works on any
    backend, and without tensorboard, which is only needed to look at them: the files are protocol buffers that
    TensorFlow, installed anyway, writes without touching a device.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._writers = {part: _writer(Path(folder) / part) for part in PARTS}

    def write(self, row: Mapping[str, float], learning_rate: float) -> None:
        """Write a row of the history: epoch, and quantities, those of validation as ``val_<name>``."""
        scalars = {name: value for name, value in row.items() if name != "epoch"}
        train = {name: value for name, value in scalars.items() if not name.startswith("val_")}
        validation = {name.removeprefix("val_"): value for name, value in scalars.items() if name.startswith("val_")}
        self._write("train", int(row["epoch"]), {**train, "learning_rate": learning_rate})
        self._write("validation", int(row["epoch"]), validation)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the files."""
        for writer in self._writers.values():
            writer.close()

    def _write(self, part: str, step: int, scalars: Mapping[str, float]) -> None:
        from tensorflow.compat.v1 import Summary

        values = [Summary.Value(tag=f"epoch_{name}", simple_value=value) for name, value in scalars.items()]
        self._writers[part].write(_event(step=step, summary=Summary(value=values)))
        self._writers[part].flush()


class TensorBoardEvents(keras.callbacks.Callback):
    """Writes a fit's event files to a folder: for Janggu.fit and keras.Model.fit, where tensorboard is not installed.

    Keras' own TensorBoard callback, which writes graphs and histograms too, needs that package.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        super().__init__()
        self.folder = folder
        self._log: EventLog | None = None

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Begin the files."""
        self._log = EventLog(self.folder)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Write an epoch, 0-based as Keras gives it."""
        if self._log is not None:
            rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
            self._log.write({"epoch": epoch + 1, **{k: float(v) for k, v in (logs or {}).items()}}, rate)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """End the files."""
        if self._log is not None:
            self._log.close()


def _writer(folder: Path) -> Any:
    import tensorflow as tf

    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("events.out.tfevents.*"):
        old.unlink()
    writer = tf.io.TFRecordWriter(str(folder / f"events.out.tfevents.{int(time.time())}.jangdan"))
    writer.write(_event(file_version="brain.Event:2"))
    return writer


def _event(**content: Any) -> bytes:
    from tensorflow.compat.v1 import Event

    written: bytes = Event(wall_time=time.time(), **content).SerializeToString()
    return written
