"""Janggu: a Keras model that is fitted, evaluated and kept by name, and takes datasets as they are."""

import logging
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Self

import keras
from numpy.typing import ArrayLike

from jangdan.datasets.bioseq import Bioseq
from jangdan.errors import InputFileError, OptionError, whole_number
from jangdan.files import write_text
from jangdan.janggu.fit_callbacks import Steps, Watch, loss_named
from jangdan.janggu.fit_predict import Feeds, as_list, layer_up_to, logged_to, predictions, scorers_of
from jangdan.janggu.layer_matching import Datasets, inputs_of, outputs_of
from jangdan.janggu.model_name import checked_name, model_path, name_of
from jangdan.janggu.scorer import Scorer
from jangdan.janggu.template import Template, network_of, tensors_of
from jangdan.janggu.variant_effects import variant_effects
from jangdan.models.folder import load_model, save_model
from jangdan.storage.cache import output_root
from jangdan.training.batch_feed import Feed, reading
from jangdan.training.out_of_memory import memory_named
from jangdan.training.parallel import replicas

log = logging.getLogger(__name__)

BATCH_SIZE = 32
"""Regions in a batch where none is given."""


class Janggu:
    """A neural network, made of Keras input and output layers; datasets are matched to these by name.

    name: of the model; None takes one from a hash of the architecture, the same in every session.
    `kerasmodel` is the keras.Model. Results go to `models`, `logs` and `evaluation` below $JANGDAN_OUTPUT
    (else $JANGGU_OUTPUT, else ~/janggu_results).
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None) -> None:
        self.kerasmodel = keras.Model(tensors_of(inputs), outputs, name="janggu")
        self.name = name_of(self.kerasmodel) if name is None else checked_name(name)

    @classmethod
    def create(
        cls,
        template: Template,
        modelparams: Any = None,
        inputs: Datasets | None = None,
        outputs: Datasets | None = None,
        name: str | None = None,
    ) -> Self:
        """Make a model from a template ``f(inputs, inp, oup, params) -> (inputs, output)``.

        modelparams: given to the template as `params`. inputs, outputs: datasets, for templates whose
        input and output layers come from the decorators `inputlayer`, `outputdense` or `outputconv`.
        """
        return cls(*network_of(template, modelparams, inputs, outputs), name=name)

    @classmethod
    def create_by_name(cls, name: str, custom_objects: Mapping[str, Any] | None = None) -> Self:
        """Load the model that was saved under a name.

        custom_objects: classes of layers of your own, and functions, such as a loss. A model that was compiled is
        so again. Nothing pickled is run. Raises MissingFileError where there is no such model, InputFileError where
        it is damaged, or of unknown layers.
        """
        model = cls.__new__(cls)
        path = model_path(name)
        with keras.saving.custom_object_scope(dict(custom_objects or {})):
            try:
                model.kerasmodel = load_model(path, compiled=True)
            except InputFileError:
                # a loss of one's own must not keep a model from predicting
                model.kerasmodel = load_model(path)
                log.warning("model %s: its loss, metrics or optimizer are not known here; compile it again", name)
        model.name = name
        return model

    def compile(self, *args: Any, **options: Any) -> None:
        """Compile as keras.Model does."""
        self.kerasmodel.compile(*args, **options)

    def fit(  # noqa: PLR0913 (the documented arguments)
        self,
        inputs: Datasets | keras.utils.PyDataset | None = None,
        outputs: Datasets | None = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = 1,
        callbacks: Sequence[keras.callbacks.Callback] | None = None,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: ArrayLike | None = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        use_multiprocessing: bool = False,
        workers: int = 1,
        seed: int = 0,
    ) -> keras.callbacks.History:
        """Fit the model; returns Keras' History.

        inputs, outputs: datasets, named as the model's layers, or a keras PyDataset alone. validation_data:
        (inputs, outputs) or (inputs, outputs, sample_weight), a PyDataset, or a list of chromosomes, whose
        regions are then left out of training. `shuffle` draws a new order of regions each epoch from `seed`.
        steps_per_epoch: batches of an epoch, which goes on where the one before ended. class_weight: of the value of
        a target of one condition, or of the condition that is 1, where exactly one is. The fitted model is saved
        under its name. Raises DataError where datasets and layers do not fit, a class target holds one class only, or
        the loss is no number, with the batch's regions; HardwareError with the batch size to try where memory ends.
        """
        feeds = self._feeds(batch_size, use_multiprocessing, workers)
        # Keras' own shuffling of batches knows no seed
        options: dict[str, Any] = {
            "epochs": epochs, "verbose": verbose, "initial_epoch": initial_epoch, "shuffle": False
        }  # fmt: skip
        if isinstance(inputs, keras.utils.PyDataset):
            if class_weight is not None and replicas(self.kerasmodel) > 1:
                raise OptionError("class_weight: on several devices, only with datasets; give weights with the batches")
            training: Any = inputs
            validation = feeds.validation(validation_data)
            options |= {"steps_per_epoch": steps_per_epoch, "shuffle": shuffle}
            options |= {"class_weight": None if class_weight is None else dict(class_weight)}
        else:
            weights = class_weight, sample_weight
            training, validation = feeds.training(inputs, outputs, weights, validation_data, seed if shuffle else None)
            if steps_per_epoch is not None:
                training = Steps(training, whole_number("steps_per_epoch", steps_per_epoch, 1))
        watch = Watch(None if training is inputs else training)
        with logged_to(output_root() / "logs" / f"{self.name}.log"):
            self._log_fit(training, validation)
            with memory_named(feeds.batch_size), loss_named(watch), reading(training), reading(validation):
                watched = [watch, *(callbacks or [])]
                history = self.kerasmodel.fit(training, validation_data=validation, callbacks=watched, **options)
            last = {name: round(float(values[-1]), 5) for name, values in history.history.items() if values}
            log.info("model %s: fitted to epoch %d, %s", self.name, epochs, last)
        self.save()
        return history

    def predict(  # noqa: PLR0913 (the documented arguments)
        self,
        inputs: Datasets | keras.utils.PyDataset,
        batch_size: int | None = None,
        verbose: int | str = 0,
        steps: int | None = None,
        layername: str | None = None,
        datatags: Sequence[str] | None = None,
        callbacks: Sequence[Scorer] | Scorer | None = None,
        use_multiprocessing: bool = False,
        workers: int = 1,
    ) -> Any:
        """Return predictions as NumPy arrays: one, or a list for several outputs.

        layername: predict the output of that layer instead. callbacks: Scorers, which are called with the
        predictions and exported. steps: at most so many batches. use_multiprocessing, workers: taken, but datasets
        are read in this process. Raises OptionError for an unknown layer.
        """
        scorers = scorers_of(callbacks, by_name=False)
        model, names = self.kerasmodel, self.kerasmodel.output_names
        if layername is not None:
            model, names = layer_up_to(model, layername)
        if isinstance(inputs, keras.utils.PyDataset):
            predicted = as_list(model.predict(inputs, verbose=verbose, steps=steps))
        else:
            predicted = predictions(model, inputs_of(self.kerasmodel, inputs), batch_size or BATCH_SIZE, steps)
        for scorer in scorers:
            scorer.score(self, dict(zip(names, predicted, strict=True)), None, datatags)
            self._export(scorer, datatags)
        return predicted[0] if len(predicted) == 1 else predicted

    def evaluate(  # noqa: PLR0913 (the documented arguments)
        self,
        inputs: Datasets | keras.utils.PyDataset | None = None,
        outputs: Datasets | None = None,
        batch_size: int | None = None,
        sample_weight: ArrayLike | None = None,
        steps: int | None = None,
        datatags: Sequence[str] | None = None,
        callbacks: Sequence[Scorer | str] | Scorer | str | None = None,
        use_multiprocessing: bool = False,
        workers: int = 1,
        verbose: int | str = 0,
    ) -> Any:
        """Return loss and metrics, as keras.Model.evaluate does; score the predictions by `callbacks`.

        callbacks: Scorers, or names: 'roc', 'prc', 'auroc', 'auprc', 'cor', 'mae', 'mse', 'var_explained'
        and others (`scorer_named`). Raises OptionError where scorers are given without datasets.
        """
        scorers = scorers_of(callbacks)
        if isinstance(inputs, keras.utils.PyDataset):
            if scorers:
                raise OptionError("callbacks: scorers need datasets as inputs and outputs, not a sequence of batches")
            return self.kerasmodel.evaluate(inputs, verbose=verbose, steps=steps)
        feed = self._feeds(batch_size, use_multiprocessing, workers).of(inputs, outputs, sample_weight)
        with memory_named(feed.batch_size), reading(feed):
            values = self.kerasmodel.evaluate(feed, verbose=verbose, steps=steps)
        if scorers:
            made = predictions(self.kerasmodel, feed.inputs, feed.batch_size)
            predicted = dict(zip(self.kerasmodel.output_names, made, strict=True))
            for scorer in scorers:
                scorer.score(self, predicted, outputs_of(self.kerasmodel, outputs), datatags)
                self._export(scorer, datatags)
        return values

    def predict_variant_effect(
        self,
        bioseq: Bioseq,
        variants: str | PathLike[str],
        conditions: Sequence[str],
        output_folder: str | PathLike[str],
        condition_filter: str | None = None,
        batch_size: int | None = None,
    ) -> tuple[Path, Path]:
        """Predict both alleles of each variant of a VCF, in the sequence around it, at the middle of a window.

        bioseq: the genome, or what of it lies around the variants, named as the model's only input. conditions: names
        of the output's last axis. condition_filter: a regular expression; only conditions in which it is found are
        kept. Writes `variants.h5` and `variants.bed` to `output_folder` and returns their paths: the same variants
        in the same order, see `interpret.effects`. Alleles that cannot be scored (REF is not the genome's, no letters,
        not stored) are counted in the log. batch_size: 128 by default. Raises OptionError for another model or other
        conditions, DataError where no allele can be scored.
        """
        return variant_effects(
            self.kerasmodel, self.name, bioseq, variants, conditions, output_folder, condition_filter, batch_size or 128
        )

    def save(self, filename: str | None = None, overwrite: bool = True, show_shapes: bool = True) -> Path:
        """Save the model, by default under its name; return the path.

        show_shapes: beside it, a text of the layers with their shapes. Raises OptionError where the file is there
        and not to be overwritten.
        """
        path = model_path(self.name) if filename is None else Path(filename)
        if path.suffix != ".keras":
            raise OptionError(f"filename={str(path)!r}: expected a name that ends in .keras")
        if path.exists() and not overwrite:
            raise OptionError(f"overwrite=False: {path} is there already")
        save_model(self.kerasmodel, path)
        if show_shapes:
            lines: list[str] = []
            self.kerasmodel.summary(print_fn=lines.append)
            write_text(path.with_suffix(".txt"), "\n".join(lines) + "\n")
        return path

    def summary(self) -> None:
        """Print the layers."""
        self.kerasmodel.summary()

    def get_config(self) -> dict[str, Any]:
        """Return the model's configuration as Keras writes it."""
        config: dict[str, Any] = self.kerasmodel.get_config()
        return config

    def _feeds(self, batch_size: int | None, use_multiprocessing: bool, workers: int) -> Feeds:
        options = {"use_multiprocessing": use_multiprocessing, "workers": workers}
        return Feeds(self.kerasmodel, batch_size or BATCH_SIZE, **options)

    def _export(self, scorer: Scorer, datatags: Sequence[str] | None) -> None:
        if scorer.immediate_export:
            scorer.export(str(output_root() / (scorer.subdir or "evaluation")), self.name, datatags)

    def _log_fit(self, training: Any, validation: Any) -> None:
        for part, given in (("training", training), ("validation", validation)):
            feed = given.feed if isinstance(given, Steps) else given
            if isinstance(feed, Feed):
                shapes = {name: dataset.shape for name, dataset in feed.inputs.items()}
                log.info("model %s: %s on %d regions, %s", self.name, part, feed.length, shapes)
