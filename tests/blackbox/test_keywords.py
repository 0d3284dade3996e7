"""Every keyword of the public constructors is used somewhere in this folder."""

import ast
import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import jangdan
from jangdan import data

CALLS: dict[str, Callable[..., Any]] = {
    **{f"create_from_{kind}": getattr(data.Cover, f"create_from_{kind}")
       for kind in ("bam", "bigwig", "bed", "array", "fragments")},
    **{f"create_from_{kind}": getattr(data.Bioseq, f"create_from_{kind}") for kind in ("refgenome", "seq")},
    "create_from_file": data.GenomicIndexer.create_from_file,
    "create_from_genomesize": data.GenomicIndexer.create_from_genomesize,
    **{name: getattr(data, name)
       for name in ("Array", "ReduceDim", "SqueezeDim", "Transpose", "NanToNumConverter", "RandomOrientation",
                    "RandomSignalScale", "RandomShift", "JointShift", "JointReverseComplement", "ZScore", "ZScoreLog",
                    "PercentileTrimming", "RegionLengthNormalization", "split_train_test", "to_tf_dataset", "view",
                    "plotGenomeTrack", "LineTrack", "HeatTrack", "SeqTrack", "Track")},
    **{name: getattr(jangdan.Janggu, name)
       for name in ("create", "create_by_name", "fit", "predict", "evaluate", "save", "predict_variant_effect")},
    **{name: getattr(jangdan, name)
       for name in ("Janggu", "Scorer", "input_attribution", "DnaConv2D", "Reverse", "LocalAveragePooling2D",
                    "ExportBed", "ExportBigwig", "ExportClustermap", "ExportJson", "ExportScorePlot", "ExportTsne",
                    "ExportTsv")},
}  # fmt: skip


@cache
def _nodes() -> tuple[ast.AST, ...]:
    trees = [ast.parse(path.read_text()) for path in sorted(Path(__file__).parent.glob("test_*.py"))]
    return tuple(node for tree in trees for node in ast.walk(tree))


def _given(name: str, parameters: list[str]) -> set[str]:
    """Return the parameters that calls of a name give, by place or as keyword."""
    found: set[str] = set()
    for node in _nodes():
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == name:
            found |= set(parameters[: len(node.args)]) | {word.arg for word in node.keywords if word.arg}
    return found


def _shared() -> set[str]:
    """Return the keywords that tests hand on in a dict, or from a table of options."""
    keys = {key.value for node in _nodes() if isinstance(node, ast.Dict) for key in node.keys
            if isinstance(key, ast.Constant) and isinstance(key.value, str)}  # fmt: skip
    makers = {word.arg for node in _nodes() if isinstance(node, ast.Call)
              and getattr(node.func, "id", "") in ("make", "_cover") for word in node.keywords if word.arg}  # fmt: skip
    return keys | makers


@pytest.mark.parametrize("name", CALLS)
def test_every_keyword_is_exercised(name: str) -> None:
    parameters = [
        parameter.name
        for parameter in inspect.signature(CALLS[name]).parameters.values()
        if parameter.name != "self"
        and parameter.kind not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    ]
    shared = _shared() if name.startswith("create_from") or name == "input_attribution" else set()
    assert set(parameters) - _given(name, parameters) - shared == set()
