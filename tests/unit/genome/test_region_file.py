"""Files of regions: known text, a round trip of any table, damaged files."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jangdan.errors import DataError, InputFileError, JangdanError
from jangdan.formats.region_table import region_table
from jangdan.genome.region_file import read_region_file, write_regions, write_split_bed

TEXT = """contig\tstart\tend\tstrand\tlabel\tsplit
chr1\t0\t100\t+\tGAL4\ttrain
chr2\t50\t60\t-\t.\ttest
"""

TABLE = region_table(["chr1", "chr2"], [0, 50], [100, 60], name=["GAL4", "."], strand=["+", "-"])

names = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8)
rows = st.tuples(names, st.integers(0, 1 << 39), st.integers(1, 1 << 39), st.sampled_from("+-."), names)


def test_the_text_is_known(tmp_path: Path) -> None:
    write_regions(TABLE.assign(split=["train", "test"]), tmp_path / "r.tsv")
    assert (tmp_path / "r.tsv").read_text() == TEXT
    pd.testing.assert_frame_equal(read_region_file(tmp_path / "r.tsv"), TABLE)
    pd.testing.assert_frame_equal(read_region_file(tmp_path / "r.tsv", "test"), TABLE[1:].reset_index(drop=True))


def test_columns_are_found_by_name(tmp_path: Path) -> None:
    (tmp_path / "r.tsv").write_text("weight\tend\tstart\tcontig\n1.5\t20\t10\tNA\n")
    pd.testing.assert_frame_equal(read_region_file(tmp_path / "r.tsv"), region_table(["NA"], [10], [20]))


def test_a_genome_browser_reads_the_bed(tmp_path: Path) -> None:
    write_split_bed(TABLE.assign(split=["train", "test"]), tmp_path / "r.bed")
    assert (tmp_path / "r.bed").read_text() == "chr1\t0\t100\ttrain\t0\t+\nchr2\t50\t60\ttest\t0\t-\n"


@given(regions=st.lists(rows, max_size=6))
def test_any_table_comes_back(
    regions: list[tuple[str, int, int, str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("r") / "r.tsv"
    contig, start, length, strand, label = zip(*regions, strict=True) if regions else [[]] * 5
    table = region_table(contig, start, np.add(start, length), name=label, strand=strand)
    write_regions(table, path)
    pd.testing.assert_frame_equal(read_region_file(path), table)


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("", InputFileError, r"r.tsv: is not a table of regions \(No columns to parse from file\); delete the file"),
        ("chr1\t0\t100\n", InputFileError, "r.tsv, line 1: has no column 'contig', found chr1, 0, 100; delete"),
        (
            TEXT.replace("\tsplit", ""),
            InputFileError,
            "r.tsv, line 1: has no column 'split', found contig, start",
        ),
        (
            TEXT.replace("label\t", ""),
            InputFileError,
            "r.tsv, line 2: expected 5 fields as in the header, none empty; delete",
        ),
        (TEXT.replace("100", "ten"), InputFileError, "r.tsv, line 2: found start and end '0 ten', expected whole"),
        (TEXT.replace("60", "50"), InputFileError, "r.tsv, line 3: found start and end '50 50', expected whole"),
        (TEXT.replace("50", "-5"), InputFileError, "line 3: found start and end '-5 60'"),
        (TEXT[:-6], InputFileError, "line 3: expected 6 fields"),
        (TEXT.replace("chr2", "\nchr2"), InputFileError, "r.tsv, line 3: expected 6 fields"),
        (TEXT.replace("\t-", "\treverse"), InputFileError, r"line 3: found strand 'reverse', expected \+, - or \.;"),
        (TEXT + "chr1\t5\t6\t.\t.\ttest\tmore\n", InputFileError, "r.tsv: is not a table of regions .*line 4"),
        (
            TEXT.replace("train", "test"),
            DataError,
            "r.tsv: has no region of split 'train'; found test; delete",
        ),
        (
            TEXT.splitlines()[0] + "\n",
            DataError,
            "r.tsv: has no region of split 'train'; found no region at all; del",
        ),
        ("\x00\x01\x02", InputFileError, "r.tsv"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, text: str, error: type[JangdanError], said: str) -> None:
    (tmp_path / "r.tsv").write_text(text)
    with pytest.raises(error, match=said):
        read_region_file(tmp_path / "r.tsv", "train")
