"""Fragment files against a naive loop and bedtools genomecov, on random, drawn and damaged input."""

import gzip
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pysam
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jangdan.errors import InputFileError, JangdanError, OptionError
from jangdan.formats.fragments import MODES, FragmentCounting, fragment_coverage

SIZES = {"chr1": 3000, "chr2": 1501, "empty": 700}
Row = tuple[str, int, int, str, int]


def _random_rows(rng: np.random.Generator, n: int = 300) -> list[Row]:
    rows = []
    for _ in range(n):
        chrom = str(rng.choice(["chr1", "chr2", "chrOther"]))
        start = int(rng.integers(0, 1400))
        end = int(rng.integers(start + 1, min(start + 400, 1501) + 1))
        rows.append((chrom, start, end, f"cell{rng.integers(5)}", int(rng.integers(0, 6))))
    return sorted(rows)


def _write(path: Path, rows: Sequence[Row], head: str = "") -> Path:
    text = head + "".join("\t".join(map(str, row)) + "\n" for row in rows)
    if path.name.endswith(".bgz"):
        with pysam.BGZFile(str(path), "wb") as out:
            out.write(text.encode())
    else:
        path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def _naive(
    rows: Sequence[Row], counting: FragmentCounting, resolution: int = 1, sizes: dict[str, int] = SIZES
) -> dict[str, list[int]]:
    """Count base by base; contigs in the order of the file."""
    counts: dict[str, list[int]] = {}
    for chrom, start, end, barcode, count in rows:
        if chrom not in sizes:
            continue
        bins = counts.setdefault(chrom, [0] * -(-sizes[chrom] // resolution))
        if counting.barcodes is not None and barcode not in counting.barcodes:
            continue
        low, high = start + counting.shift[0], end + counting.shift[1]
        places = {"ends": [low, high - 1], "midpoint": [(low + high) // 2], "fragment": range(low, high)}
        for place in places[counting.mode]:
            if 0 <= place < sizes[chrom]:
                bins[place // resolution] += count if counting.use_counts else 1
    return counts


def _read(
    path: Path, counting: FragmentCounting, resolution: int = 1, sizes: dict[str, int] = SIZES
) -> dict[str, list[int]]:
    pieces = list(fragment_coverage(path, counting, chromsizes=sizes, resolution=resolution))
    assert all(start == 0 and values.shape == (-(-sizes[c] // resolution), 1) for c, start, values in pieces)
    assert len({contig for contig, _, _ in pieces}) == len(pieces)
    return {contig: values[:, 0].tolist() for contig, _, values in pieces}


def _bedtools(rows: Sequence[Row], folder: Path, *options: str) -> dict[str, np.ndarray]:
    bed = "".join(f"{r[0]}\t{r[1]}\t{r[2]}\t{r[3]}\t0\t+\n" for r in rows if r[0] in SIZES)
    (folder / "genome").write_text("".join(f"{name}\t{size}\n" for name, size in SIZES.items()))
    command = ["bedtools", "genomecov", "-i", "-", "-g", str(folder / "genome"), "-dz", *options]
    out = subprocess.run(command, input=bed, capture_output=True, text=True, check=True).stdout
    counts = {chrom: np.zeros(SIZES[chrom], dtype=int) for chrom in {r[0] for r in rows} & set(SIZES)}
    for chrom, place, count in (line.split("\t") for line in out.splitlines()):
        if chrom in counts:
            counts[chrom][int(place)] = int(count)
    return counts


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ends_and_fragments_are_those_of_bedtools(tmp_path: Path, seed: int) -> None:
    rows = _random_rows(np.random.default_rng(seed))
    path = _write(tmp_path / "f.tsv.gz", rows)
    first, last = _bedtools(rows, tmp_path, "-5"), _bedtools(rows, tmp_path, "-3")
    ends = {chrom: (first[chrom] + last[chrom]).tolist() for chrom in first}
    assert _read(path, FragmentCounting()) == ends
    depth = {chrom: values.tolist() for chrom, values in _bedtools(rows, tmp_path).items()}
    assert _read(path, FragmentCounting(mode="fragment")) == depth


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("shift", [(0, 0), (4, -5), (-200, 30), (300, -300)])
@pytest.mark.parametrize("use_counts", [False, True])
@pytest.mark.parametrize("barcodes", [None, ["cell1", "cell3"]])
def test_each_way_of_counting_is_that_of_a_naive_loop(
    tmp_path: Path, mode: str, shift: tuple[int, int], use_counts: bool, barcodes: list[str] | None
) -> None:
    rows = _random_rows(np.random.default_rng(7), 120)
    counting = FragmentCounting(mode, shift, use_counts, barcodes)
    path = _write(tmp_path / "f.tsv", rows)
    for resolution in (1, 7, 100, 5000):
        assert _read(path, counting, resolution) == _naive(rows, counting, resolution)


@settings(max_examples=60, deadline=None)
@given(
    spans=st.lists(st.tuples(st.sampled_from("abx"), st.integers(0, 39), st.integers(1, 40), st.integers(0, 9))),
    mode=st.sampled_from(MODES),
    shift=st.tuples(st.integers(-50, 50), st.integers(-50, 50)),
    resolution=st.integers(1, 50),
)
def test_drawn_fragments_are_counted_as_by_a_naive_loop(
    spans: list[tuple[str, int, int, int]], mode: str, shift: tuple[int, int], resolution: int
) -> None:
    sizes = {"a": 40, "b": 47}
    rows: list[Row] = sorted((c, s, min(s + n, 40), "cell", k) for c, s, n, k in spans)
    counting = FragmentCounting(mode, shift, use_counts=True)
    with TemporaryDirectory() as folder:
        path = _write(Path(folder) / "f.tsv", [*rows, ("z", 0, 1, "cell", 1)])
        assert _read(path, counting, resolution, sizes) == _naive(rows, counting, resolution, sizes)


@pytest.mark.parametrize("name", ["f.tsv", "f.tsv.gz", "f.tsv.bgz", "plain.gz.txt"])
def test_comments_endings_and_compression_do_not_matter(tmp_path: Path, name: str) -> None:
    rows = _random_rows(np.random.default_rng(9), 2000)
    path = _write(tmp_path / name, rows, head="# id=x\n# primary_contig=chr1\n#\n")
    assert _read(path, FragmentCounting()) == _naive(rows, FragmentCounting())


def test_chunk_borders_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = _random_rows(np.random.default_rng(11), 60)
    path = _write(tmp_path / "f.tsv", rows, head="# note\n")
    for chunk in (1, 2, 7, 59, 60, 61):
        monkeypatch.setattr("jangdan.formats.fragments._ROWS", chunk)
        assert _read(path, FragmentCounting()) == _naive(rows, FragmentCounting())


def test_contigs_of_the_roi_have_the_same_values(tmp_path: Path) -> None:
    rows = _random_rows(np.random.default_rng(12))
    path = _write(tmp_path / "f.tsv.gz", rows)
    roi = {"chr2": np.array([[0, 10], [100, 300]]), "absent": np.array([[0, 5]])}
    (piece,) = fragment_coverage(path, FragmentCounting(), chromsizes=SIZES, roi=roi)
    assert (piece[0], piece[1]) == ("chr2", 0)
    assert piece[2][:, 0].tolist() == _naive(rows, FragmentCounting())["chr2"]


def test_a_contig_that_comes_again_is_refused_with_its_line(tmp_path: Path) -> None:
    rows = [("chr1", 1, 5, "c", 1), ("chr2", 1, 5, "c", 1), ("chr1", 7, 9, "c", 1)]
    path = _write(tmp_path / "f.tsv.gz", rows, head="# note\n")
    with pytest.raises(InputFileError, match=r"f\.tsv\.gz, line 4: contig 'chr1' comes again"):
        _read(path, FragmentCounting())


@pytest.mark.parametrize(
    "line",
    [
        "chr1\tx\t5\tc\t1",
        "chr1\t5\t5\tc\t1",
        "chr1\t-1\t5\tc\t1",
        "chr1\t5",
        "chr1",
        "chr1\t1.5\t7\tc\t1",
        "chr1 1 5",
        "chr1\t1\tinf\tc\t1",
        "chr1\t1\tnan\tc\t1",
        "chr1\t\t5\tc\t1",
        "chr1\t2990\t3001\tc\t1",
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "f.tsv").write_text(f"# head\nchr1\t1\t5\tc\t1\n{line}\nchr1\t9\t12\tc\t1\n")
    with pytest.raises(InputFileError, match=r"f\.tsv, line 3: "):
        _read(tmp_path / "f.tsv", FragmentCounting())


@pytest.mark.parametrize("count", ["", "x", "-1", "1.5", "inf"])
def test_a_count_that_is_none_is_named_where_it_is_used(tmp_path: Path, count: str) -> None:
    (tmp_path / "f.tsv").write_text(f"chr1\t1\t5\tc\t1\nchr1\t1\t6\tc\t{count}\n")
    with pytest.raises(InputFileError, match=r"f\.tsv, line 2: .* count"):
        _read(tmp_path / "f.tsv", FragmentCounting(use_counts=True))
    assert sum(_read(tmp_path / "f.tsv", FragmentCounting())["chr1"]) == 4


def test_wrong_options_are_refused() -> None:
    with pytest.raises(OptionError, match="mode='end'"):
        FragmentCounting(mode="end")
    with pytest.raises(OptionError, match="shift"):
        FragmentCounting(shift=(1, 2, 3))  # type: ignore[arg-type]


def _parsed(text: str) -> list[Row] | None:
    """Parse 3 to 5 columns in our own way; None for what is no fragment file of SIZES."""
    rows: list[Row] = []
    for line in text.replace("\r", "\n").removesuffix("\n").split("\n"):
        fields = line.split("\t")
        if not 3 <= len(fields) <= 5:
            return None
        try:
            start, end = (float(field) for field in fields[1:3])
        except ValueError:
            return None
        again = rows and fields[0] != rows[-1][0] and any(fields[0] == row[0] for row in rows)
        if again or not 0 <= start < end <= SIZES.get(fields[0], end) or start % 1 or end % 1:
            return None
        rows.append((fields[0], int(start), int(end), "", 1))
    return rows


def _check_damaged(path: Path, damaged: bytes) -> bool:
    """Tell whether `damaged` was refused; else the counts are those of its text."""
    path.write_bytes(damaged)
    try:
        found = _read(path, FragmentCounting())
    except JangdanError as error:
        said = str(error)
    else:
        text = gzip.decompress(damaged) if path.suffix == ".gz" else damaged
        rows = _parsed(text.decode("utf-8", "surrogateescape"))
        assert rows is not None, text
        assert found == _naive(rows, FragmentCounting())
        return False
    assert path.name in said
    return True


@pytest.mark.parametrize("suffix", [".tsv", ".tsv.gz"])
def test_truncated_files_give_an_error_or_the_right_counts(tmp_path: Path, suffix: str) -> None:
    rng = np.random.default_rng(13)
    whole = _write(tmp_path / f"whole{suffix}", _random_rows(rng, 80)).read_bytes()
    cuts = rng.integers(1, len(whole), 50).tolist()
    refused = [_check_damaged(tmp_path / f"cut{suffix}", whole[:place]) for place in cuts]
    assert all(refused) if suffix == ".tsv.gz" else any(refused)


def test_flipped_bits_of_text_give_an_error_or_the_counts_of_the_new_text(tmp_path: Path) -> None:
    rng = np.random.default_rng(14)
    whole = _write(tmp_path / "whole.tsv", _random_rows(rng, 80)).read_bytes()
    refused = []
    for _ in range(60):
        flipped = bytearray(whole)
        # the first line sets how many columns there are
        flipped[int(rng.integers(whole.index(b"\n") + 1, len(whole)))] ^= 1 << int(rng.integers(7))
        refused.append(_check_damaged(tmp_path / "flip.tsv", bytes(flipped)))
    assert any(refused)
    assert not all(refused)
