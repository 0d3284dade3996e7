"""Event files hold the history, each epoch once."""

from pathlib import Path
from typing import Any

import keras
import pytest
from tests.unit.training.test_fit import network, parts

from jangdan.training import fit as fitting
from jangdan.training.fit import fit_model
from jangdan.training.options import TrainingOptions


def read(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """Return tag -> (step, value), as TensorFlow reads the one file of a folder."""
    import tensorflow as tf

    (path,) = folder.iterdir()
    assert path.name.startswith("events.out.tfevents.")
    events = [tf.compat.v1.Event.FromString(r.numpy()) for r in tf.data.TFRecordDataset([str(path)])]
    assert events[0].file_version == "brain.Event:2"
    found: dict[str, list[tuple[int, float]]] = {}
    for event in events[1:]:
        for value in event.summary.value:
            found.setdefault(value.tag, []).append((event.step, value.simple_value))
    return found


def run(folder: Path, checkpoint: Path | None = None) -> Any:
    keras.utils.set_random_seed(1)
    options = TrainingOptions(epochs=4, learning_rate=0.8e-3, schedule="cosine", event_folder=str(folder))
    return fit_model(network(), "binary_crossentropy", *parts(), options, checkpoint)


def compare(folder: Path, history: Any) -> None:
    assert sorted(each.name for each in folder.iterdir()) == ["train", "validation"]
    written = {"": read(folder / "train"), "val_": read(folder / "validation")}
    rates = written[""].pop("epoch_learning_rate")
    # 0.8e-3 (1 + cos(pi e / 4)) / 2, by hand
    assert [rate for _, rate in rates] == pytest.approx([0.8e-3, 0.682843e-3, 0.4e-3, 0.117157e-3], rel=1e-5)
    names = {before + tag.removeprefix("epoch_") for before, tags in written.items() for tag in tags}
    assert names == set(history.columns) - {"epoch"} == {
        *("loss", "auroc", "auprc", "val_loss", "val_auroc", "val_auprc")
    }  # fmt: skip
    for name in names:
        before = "val_" if name.startswith("val_") else ""
        scalars = written[before]["epoch_" + name.removeprefix("val_")]
        assert [step for step, _ in scalars] == history["epoch"].tolist() == [1, 2, 3, 4]
        assert [value for _, value in scalars] == pytest.approx(history[name].tolist(), rel=1e-6)


@pytest.mark.backend
def test_events_are_the_history(tmp_path: Path) -> None:
    compare(tmp_path / "events", run(tmp_path / "events"))
    # a second run takes the place of the first
    compare(tmp_path / "events", run(tmp_path / "events"))


def test_a_resumed_run_holds_each_epoch_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save, calls = fitting.save_state, []

    def killed(*given: Any) -> None:
        save(*given)
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(fitting, "save_state", killed)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "events", tmp_path / "state")
    compare(tmp_path / "events", run(tmp_path / "events", tmp_path / "state"))
    assert len(calls) == 4


def test_no_event_is_written_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    fit_model(network(), "binary_crossentropy", *parts(), TrainingOptions(epochs=1))
    assert list(tmp_path.rglob("events*")) == []
