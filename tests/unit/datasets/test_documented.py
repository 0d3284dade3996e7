"""Every documented name of the data part (chapter 7.1): there, with its keywords, their order and defaults."""

import inspect
from typing import Any

import pytest

import jangdan.data

_REGIONS = "binsize=None, stepsize=None"
SIGNATURES = {
    "Dataset": "name",
    "Cover": "name, garray, gindexer, channel_last",
    "Cover.create_from_array": "name, array, gindexer, genomesize=None, conditions=None, storage='ndarray',"
    "overwrite=False, cache=False, datatags=None, channel_last=True, padding_value=0.0, store_whole_genome=False",
    "Cover.create_from_bam": f"name, bamfiles, roi=None, genomesize=None, conditions=None, min_mapq=None, {_REGIONS},"
    "flank=0, resolution=1, storage='ndarray', dtype='float32', stranded=True, overwrite=False, pairedend='5prime',"
    "template_extension=0, datatags=None, cache=False, channel_last=True, normalizer=None, zero_padding=True,"
    "random_state=None, store_whole_genome=False",
    "Cover.create_from_bed": f"name, bedfiles, roi=None, genomesize=None, conditions=None, {_REGIONS}, resolution=1,"
    "flank=0, storage='ndarray', dtype='float32', mode='binary', store_whole_genome=False, overwrite=False,"
    "channel_last=True, zero_padding=True, normalizer=None, collapser=None, minoverlap=None, random_state=None,"
    "datatags=None, cache=False",
    # of this one only the parameters are described: their order is that of the descriptions, up to `dtype`
    "Cover.create_from_bigwig": f"name, bigwigfiles, roi=None, genomesize=None, conditions=None, {_REGIONS},"
    "resolution=1, flank=0, storage='ndarray', dtype='float32', overwrite=False, datatags=None, cache=False,"
    "store_whole_genome=False, channel_last=True, zero_padding=True, normalizer=None, collapser=None,"
    "random_state=None, nan_to_num=True",
    "Cover.export_to_bigwig": "self, output_dir",
    "Bioseq": "name, garray, gindexer, alphabet, channel_last",
    "Bioseq.create_from_refgenome": f"name, refgenome, roi=None, {_REGIONS}, flank=0, order=1, storage='ndarray',"
    "datatags=None, cache=False, overwrite=False, channel_last=True, random_state=None, store_whole_genome=False",
    "Bioseq.create_from_seq": "name, fastafile, storage='ndarray', seqtype='dna', order=1, fixedlen=None,"
    "datatags=None, cache=False, channel_last=True, overwrite=False",
    "Array": "name, array, conditions=None",
    "GenomicIndexer": "binsize, stepsize, flank=0, zero_padding=True, collapse=False, random_state=None",
    "GenomicIndexer.create_from_file": "regions, binsize, stepsize, flank=0, zero_padding=True, collapse=False,"
    "random_state=None",
    "ReduceDim": "array, aggregator=None, axis=None",
    "NanToNumConverter": "array",
    "RandomOrientation": "array",
    "RandomSignalScale": "array, deviance",
    "LogTransform": "",
    "PercentileTrimming": "percentile",
    "RegionLengthNormalization": "regionmask=None",
    "ZScore": "mean=None, std=None",
    "ZScoreLog": "mean=None, std=None",
    "normalize_garray_tpm": "garray",
    "plotGenomeTrack": "tracks, chrom, start, end, figsize=(10, 5), plottypes=None",
    "Track": "data, height",
    "HeatTrack": "data, height=3",
    "LineTrack": "data, height=3, linestyle='-', marker='o', color='b', linewidth=2",
    "SeqTrack": "data, height=3",
}
"""Name -> its documented parameters."""

MEMBERS = [
    *("Dataset.shape", "Dataset.ndim", "Dataset.copy", "Dataset.conditions", "Cover.shape", "Cover.gindexer"),
    *("Bioseq.shape", "Bioseq.gindexer", "ReduceDim.shape", "ReduceDim.conditions"),
    *("GenomicArray", "GenomicIndexer.filter_by_region", "view", "split_train_test"),
]
"""Documented in the text and the changelog, without parameters."""

NAMES = [*SIGNATURES, *MEMBERS]

DIFFERS = {
    "Dataset": "is abstract, since a dataset without data has no shape; its name is an attribute of each instance.",
    "Cover.create_from_bam(roi)": "None needs store_whole_genome=True, as the latter's description says.",
    "Cover.create_from_bigwig(roi)": "None needs store_whole_genome=True, as the latter's description says.",
    "Cover.create_from_bed(roi)": "None needs store_whole_genome=True, as the latter's description says.",
    "Bioseq.create_from_refgenome(roi)": "None is the whole genome, as in the documented example of caching.",
    "Cover.create_from_bigwig(flank)": "is in bp whatever the resolution, not in bins: one unit for all constructors.",
    "Cover.create_from_bed(flank)": "is in bp whatever the resolution, not in bins: one unit for all constructors.",
    "Cover.create_from_bam(dtype)": "is 'float32' by default, as of the signature; the description says 'int'.",
    "Cover.create_from_bed(dtype)": "is 'float32' by default, as of the signature; the description says 'int'.",
    "Cover.create_from_bam(pairedend)": "'5prime' counts both reads, as of chapter 7.1; 2.1 speaks of first mates.",
    "Cover.create_from_bam(template_extension)": "is not needed, since all templates of a file are seen.",
    "Cover.create_from_bam(store_whole_genome)": "refuses regions not divisible by resolution: nothing is rounded.",
    "RandomOrientation(array)": "needs a place on the genome: an Array has no direction.",
    "PercentileTrimming(percentile)": "is of the regions of interest, not of each chromosome by itself.",
}
"""What differs on purpose, a name or its parameter -> the reason."""


def _resolved(name: str) -> Any:
    found: Any = jangdan.data
    for part in name.split("."):
        found = getattr(found, part)
    return found


def _documented(name: str) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(eval(f"lambda {SIGNATURES[name]}: None")).parameters)


@pytest.mark.parametrize("name", NAMES)
def test_a_documented_name_comes_from_the_facade(name: str) -> None:
    assert _resolved(name) is not None


@pytest.mark.parametrize("name", sorted({n.split(".")[0] for n in NAMES}))
def test_a_documented_name_is_exported(name: str) -> None:
    assert name in jangdan.data.__all__


@pytest.mark.parametrize("name", SIGNATURES)
def test_documented_keywords_are_accepted_in_their_order_with_their_defaults(name: str) -> None:
    documented, found = _documented(name), inspect.signature(_resolved(name)).parameters
    # scripts also give arguments by their place
    assert list(found)[: len(documented)] == list(documented)
    for parameter in documented.values():
        ours = found[parameter.name]
        assert ours.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        if parameter.default is not parameter.empty:
            assert ours.default == parameter.default, parameter.name


@pytest.mark.parametrize("name", SIGNATURES)
def test_what_is_not_documented_can_be_left_out(name: str) -> None:
    documented, found = _documented(name), inspect.signature(_resolved(name)).parameters
    required = [p.name for p in found.values() if p.default is p.empty and p.name not in documented]
    assert required == []


@pytest.mark.parametrize("name", ["ReduceDim", "NanToNumConverter", "RandomOrientation", "RandomSignalScale", "Array"])
def test_datasets_and_wrappers_are_datasets(name: str) -> None:
    assert issubclass(_resolved(name), jangdan.data.Dataset)


@pytest.mark.parametrize("name", ["LineTrack", "HeatTrack", "SeqTrack"])
def test_tracks_are_tracks(name: str) -> None:
    assert issubclass(_resolved(name), jangdan.data.Track)


@pytest.mark.parametrize("place", DIFFERS)
def test_a_difference_is_of_something_documented_and_has_its_reason(place: str) -> None:
    name, _, parameter = place.rstrip(")").partition("(")
    assert name in NAMES
    assert not parameter or parameter in _documented(name)
    assert DIFFERS[place].endswith(".")
