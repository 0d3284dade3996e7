import json
import subprocess
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import pysam
import pytest

from jangdan.errors import InputFileError, OptionError
from jangdan.files import digest
from jangdan.formats.bed import read_bed
from jangdan.formats.bigwig.reader import read_bigwig
from jangdan.formats.fasta.reader import read_fasta
from jangdan.formats.vcf import read_variants, variant_kind
from jangdan.sequence.encode import decode, encode
from jangdan.simulate.demo import DemoFiles, DemoSettings, simulate_demo
from jangdan.simulate.edits import Edit
from jangdan.simulate.motif import load_motif

MOTIF = Path(__file__).parents[3] / "resources" / "demo_motif.json"
SUFFIXES = {"genome": ".fa", "rep1_index": ".bai", "rep2_index": ".bai", "rep1": ".bam", "rep2": ".bam"}
PAIR = str.maketrans("ACGT", "TGCA")


def small(**changes) -> DemoSettings:
    size = {"chroms": 2, "chrom_length": 200_000, "sites": 200, "genes": 40, "variants": 60}
    reads = {"fragments_rep1": 9_000, "fragments_rep2": 3_000}
    return DemoSettings(motif=MOTIF, **{**size, **reads, **changes})


def demo_in(folder: Path, settings: DemoSettings) -> DemoFiles:
    files = DemoFiles(**{f.name: folder / (f.name + SUFFIXES.get(f.name, ".txt")) for f in fields(DemoFiles)})
    simulate_demo(files, settings)
    return files


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> DemoFiles:
    return demo_in(tmp_path_factory.mktemp("demo"), small())


@pytest.fixture(scope="module")
def genome(demo) -> dict[str, str]:
    return {name: decode(codes) for name, codes in read_fasta(demo.genome)}


@pytest.fixture(scope="module")
def sites(demo) -> pd.DataFrame:
    return pd.read_csv(demo.truth_sites, sep="\t")


@pytest.fixture(scope="module")
def variants(demo) -> pd.DataFrame:
    return pd.read_csv(demo.truth_variants, sep="\t")


def naive_best(letters: str) -> float:
    """Score every stretch on both strands letter by letter, straight from the JSON file."""
    model = json.loads(MOTIF.read_text())
    place, width = model["letters"].index, len(model["transitions"]) + 1
    best = -np.inf
    for strand in (letters, letters.translate(PAIR)[::-1]):
        for i in range(len(strand) - width + 1):
            word = strand[i : i + width]
            if "N" in word:
                continue
            bits = np.log2(model["first"][place(word[0])] / model["background"][place(word[0])])
            for table, before, here in zip(model["transitions"], word, word[1:], strict=False):
                bits += np.log2(table[place(before)][place(here)] / model["background"][place(here)])
            best = max(best, bits)
    return best


def both_scores(genome, row) -> tuple[float, float]:
    text, start, end = genome[row.chrom], row.start, row.start + len(row.ref)
    left, right = text[max(0, start - 16) : start], text[end : end + 16]
    return naive_best(left + row.ref + right), naive_best(left + row.alt + right)


def words(genome, table: pd.DataFrame) -> list[str]:
    found = [genome[r.chrom][r.start : r.end] for r in table.itertuples()]
    return [w.translate(PAIR)[::-1] if s == "-" else w for w, s in zip(found, table["strand"], strict=True)]


def frequencies(letters: list[str], width: int) -> np.ndarray:
    """Share of each word of `width` letters at each position, shape (position, 4 ** width)."""
    counts = np.zeros((len(letters[0]) - width + 1, 4**width))
    for word in letters:
        for i in range(len(counts)):
            counts[i, int("".join(str("ACGT".index(c)) for c in word[i : i + width]), 4)] += 1
    return counts / len(letters)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(demo, tmp_path):
    again, other = demo_in(tmp_path / "again", small()), demo_in(tmp_path / "other", small(seed=2))
    for field in fields(DemoFiles):
        first = digest(getattr(demo, field.name))
        assert first == digest(getattr(again, field.name)), field.name
        assert first != digest(getattr(other, field.name)), field.name


def test_genome_has_its_size_runs_of_n_and_soft_masked_letters(demo, genome):
    assert {name: len(text) for name, text in genome.items()} == {"chr1": 200_000, "chr2": 200_000}
    assert all(text.startswith("N") and text.endswith("N") for text in genome.values())
    raw = Path(demo.genome).read_text()
    assert 0.1 < sum(map(raw.count, "acgt")) / 400_000 < 0.3
    assert set(raw) <= set(">chr12\nACGTNacgtn")


def test_the_motif_stands_at_the_bound_sites_and_nowhere_else(genome, sites):
    motif = load_motif(MOTIF)
    for chrom, text in genome.items():
        hits = np.flatnonzero(motif.scores(encode(text)) >= motif.threshold)
        bound = sites[(sites["chrom"] == chrom) & (sites["bound"] == 1)]
        assert hits.tolist() == bound["start"].tolist()


def test_the_fast_score_is_the_naive_score(genome):
    motif, text = load_motif(MOTIF), genome["chr1"][5_000:5_300]
    assert motif.best(encode(text)) == pytest.approx(naive_best(text))
    assert motif.best(encode("ACGT")) == -np.inf
    assert motif.best(encode("N" * 20)) == -np.inf


def test_single_letters_do_not_tell_sites_from_decoys_but_pairs_do(genome, sites):
    motif, rng = load_motif(MOTIF), np.random.default_rng(3)
    true = [decode(codes) for codes in motif.draw(rng, 2_000)]
    decoys = [decode(codes) for codes in motif.draw_decoys(rng, 2_000)]
    assert abs(frequencies(true, 1) - frequencies(decoys, 1)).max() < 0.06
    assert abs(frequencies(true, 2) - frequencies(decoys, 2)).max() > 0.25
    planted = words(genome, sites[sites["kind"] == "decoy"])
    assert abs(frequencies(true, 1) - frequencies(planted, 1)).max() < 0.15
    assert abs(frequencies(true, 2) - frequencies(planted, 2)).max() > 0.25


def test_bound_sites_do_not_differ_in_gc_from_decoys(genome, sites):
    around = sites.assign(start=sites["start"] - 95, end=sites["end"] + 95)
    gc = [sum(map(w.count, "GC")) / len(w) for w in words(genome, around)]
    mean = pd.Series(gc).groupby(sites["kind"]).mean()
    assert abs(mean["bound"] - mean["decoy"]) < 0.02


def test_variants_agree_with_the_genome_and_the_vcf(demo, genome, variants):
    vcf = read_variants(demo.variants)
    assert vcf[["chrom", "id", "ref", "alt"]].equals(variants[["chrom", "id", "ref", "alt"]])
    assert vcf["pos"].tolist() == variants["start"].tolist() == (variants["pos"] - 1).tolist()
    assert all(genome[r.chrom][r.start : r.start + len(r.ref)] == r.ref for r in variants.itertuples())
    assert variants.sort_values(["chrom", "pos"])["id"].is_monotonic_increasing
    assert variants["id"].is_unique
    text = Path(demo.variants).read_text()
    assert not any(effect in text for effect in ("break", "create", "neutral"))
    with pysam.VariantFile(str(demo.variants)) as stream:
        assert sum(1 for _ in stream) == len(variants)


def test_variants_have_all_kinds_and_are_left_aligned(variants):
    assert variants["effect"].value_counts().to_dict() == {"break": 20, "create": 20, "neutral": 20}
    kinds = variant_kind(variants["ref"], variants["alt"])
    assert set(kinds) == {"snv", "insertion", "deletion"}
    assert (kinds == "snv").mean() > 0.5
    indels = variants[kinds != "snv"]
    assert all(r.ref[0] == r.alt[0] and r.ref[-1] != r.alt[-1] for r in indels.itertuples())


def test_variants_do_to_the_motif_what_their_effect_says(genome, variants):
    limit = load_motif(MOTIF).threshold
    for row in variants.itertuples():
        before, after = both_scores(genome, row)
        if row.effect == "break":
            assert before >= limit > after + 1, row
        elif row.effect == "create":
            assert after >= limit > before + 1, row
        else:
            assert max(before, after) <= limit - 4, row


def test_neutral_variants_lie_in_open_flanks_and_elsewhere(sites, variants):
    bound = sites[sites["bound"] == 1]
    neutral = variants[variants["effect"] == "neutral"]
    distance = [abs(bound.loc[bound["chrom"] == r.chrom, "start"] - r.start).min() for r in neutral.itertuples()]
    assert sum(20 <= d <= 90 for d in distance) >= 10
    assert sum(d > 90 for d in distance) >= 3


@pytest.mark.parametrize("replicate", ["rep1", "rep2"])
def test_bam_is_whole_sorted_indexed_and_without_a_program_line(demo, replicate):
    path = str(getattr(demo, replicate))
    subprocess.run(["samtools", "quickcheck", path], check=True)
    with pysam.AlignmentFile(path, index_filename=str(getattr(demo, f"{replicate}_index"))) as bam:
        assert bam.header.to_dict().keys() == {"HD", "SQ"}
        assert bam.has_index()
        assert bam.count("chr1", 10_000, 100_000) > 100
        place = [(r.reference_id % (1 << 31), r.reference_start) for r in bam.fetch(until_eof=True)]
    assert place == sorted(place)


@pytest.mark.parametrize("replicate", ["rep1", "rep2"])
def test_mates_agree(demo, genome, replicate):
    with pysam.AlignmentFile(str(getattr(demo, replicate)), index_filename=None) as bam:
        reads = list(bam.fetch(until_eof=True))
    pairs: dict[str, list[pysam.AlignedSegment]] = {}
    for read in reads:
        pairs.setdefault(read.query_name, []).append(read)
    for one, two in pairs.values():
        assert one.is_read1 != two.is_read1
        for read, mate in ((one, two), (two, one)):
            assert read.mate_is_unmapped == mate.is_unmapped
            assert (read.next_reference_id, read.next_reference_start) == (mate.reference_id, mate.reference_start)
            if not read.is_unmapped:
                assert read.query_sequence == genome[read.reference_name][read.reference_start : read.reference_end]
            if read.is_proper_pair:
                assert mate.is_proper_pair
                assert read.mate_is_reverse == mate.is_reverse != read.is_reverse
                assert read.template_length == -mate.template_length
                left, right = (mate, read) if read.is_reverse else (read, mate)
                assert left.template_length == right.reference_end - left.reference_start
                assert 60 <= left.template_length <= 300


def test_samtools_fixmate_changes_nothing_in_proper_pairs(demo, tmp_path):
    by_name, fixed = str(tmp_path / "by_name.bam"), str(tmp_path / "fixed.bam")
    subprocess.run(["samtools", "sort", "-n", "-o", by_name, str(demo.rep2)], check=True, capture_output=True)
    subprocess.run(["samtools", "fixmate", by_name, fixed], check=True)
    view = [["samtools", "view", "-f", "2", path] for path in (by_name, fixed)]
    lines = [subprocess.run(v, check=True, capture_output=True, text=True).stdout.splitlines() for v in view]
    before, after = ([line.split("\t")[:11] for line in part] for part in lines)
    assert before == after


def test_some_reads_are_there_for_the_filters_to_drop(demo):
    with pysam.AlignmentFile(str(demo.rep1), index_filename=None) as bam:
        reads = list(bam.fetch(until_eof=True))
    share = {
        "duplicate": np.mean([r.is_duplicate for r in reads]),
        "unmapped": np.mean([r.is_unmapped for r in reads]),
        "poor": np.mean([not r.is_unmapped and r.mapping_quality < 10 for r in reads]),
    }
    assert 0.02 < share["duplicate"] < 0.06
    assert 0.005 < share["unmapped"] < 0.03
    assert 0.03 < share["poor"] < 0.08


def test_reads_pile_up_at_bound_sites_and_in_excluded_regions_but_not_at_decoys(demo, sites):
    def per_kb(path, table: pd.DataFrame) -> float:
        with pysam.AlignmentFile(str(path), index_filename=f"{path}".replace(".bam", "_index.bai")) as bam:
            counts = [bam.count(r.chrom, r.start, r.end) for r in table.itertuples()]
        return 1_000 * sum(counts) / (table["end"] - table["start"]).sum()

    around = sites.assign(start=sites["start"] - 45, end=sites["end"] + 45)
    bound, decoys = (around[around["kind"] == kind] for kind in ("bound", "decoy"))
    for path in (demo.rep1, demo.rep2):
        assert per_kb(path, bound) > 4 * per_kb(path, decoys)
        assert per_kb(path, read_bed(demo.exclusion)) > 5 * per_kb(path, decoys)
    assert per_kb(demo.rep1, bound) == pytest.approx(3 * per_kb(demo.rep2, bound), rel=0.15)


def test_signal_is_high_at_bound_sites_low_at_decoys_and_absent_in_gaps(demo, sites, genome):
    tracks = {c: v for c, _, v in read_bigwig(demo.signal, nan_to_num=False)}
    value = pd.Series([tracks[r.chrom][r.start, 0] for r in sites.itertuples()])
    mean = value.groupby(sites["kind"]).mean()
    assert mean["bound"] > 4 * mean["decoy"]
    for chrom, text in genome.items():
        missing = np.frombuffer(text.encode(), dtype=np.uint8) == ord("N")
        # 10-bp steps: those that a gap only touches have no value either
        assert np.isnan(tracks[chrom][missing, 0]).all()
        assert np.isnan(tracks[chrom][~missing, 0]).mean() < 0.001


def test_each_peak_holds_its_site_and_its_summit(demo, sites):
    peaks, bound = read_bed(demo.peaks), sites[sites["bound"] == 1].reset_index(drop=True)
    assert len(peaks) == len(bound)
    assert (peaks["start"] < bound["start"]).all()
    assert (peaks["end"] > bound["end"]).all()
    assert abs(peaks["summit"] - bound["start"] - 5).max() <= 5
    assert (peaks["end"] - peaks["start"]).between(170, 230).all()


def test_genes_are_apart_and_many_start_at_a_site(demo, sites):
    columns = ["chrom", "source", "feature", "start", "end", "score", "strand", "phase", "attributes"]
    table = pd.read_csv(demo.genes, sep="\t", comment="#", names=columns)
    genes = table[table["feature"] == "gene"]
    assert len(genes) == 40
    assert (genes["start"].to_numpy()[1:] > genes["end"].to_numpy()[:-1])[genes["chrom"].duplicated()[1:]].all()
    tss = np.where(genes["strand"] == "+", genes["start"] - 1, genes["end"] - 1)
    bound = sites[sites["bound"] == 1]
    near = [
        (abs(bound.loc[bound["chrom"] == c, "start"] - t) < 250).any() for c, t in zip(genes["chrom"], tss, strict=True)
    ]
    assert np.mean(near) > 0.4
    exons = table[table["feature"] == "exon"]
    parents = exons["attributes"].str.extract(r"Parent=(\w+)\.1")[0]
    assert set(parents) == set(genes["attributes"].str.extract(r"ID=(\w+)")[0])
    assert (exons["end"] >= exons["start"]).all()


def test_excluded_regions_hold_no_site(demo, sites):
    regions = read_bed(demo.exclusion)
    assert len(regions) == 4
    for row in regions.itertuples():
        inside = (sites["chrom"] == row.chrom) & (sites["end"] > row.start) & (sites["start"] < row.end)
        assert not inside.any()


@pytest.mark.parametrize(
    ("before", "after", "expected"), [("C", "T", "AATGT"), ("C", "CA", "AACAGT"), ("CG", "C", "AACT")]
)
def test_an_edit_and_its_reverse(before, after, expected):
    edit, codes = Edit(2, before, after), encode("AACGT")
    assert decode(edit.apply(codes)) == expected
    assert decode(edit.reversed().apply(encode(expected))) == "AACGT"
    assert decode(codes) == "AACGT"


@pytest.mark.parametrize("change", [{"sites": 0}, {"seed": -1}, {"chrom_length": 100}, {"genes": "many"}])
def test_settings_that_cannot_be_are_refused(change):
    with pytest.raises(OptionError, match=next(iter(change))):
        small(**change)


def test_more_sites_than_fit_are_refused(tmp_path):
    with pytest.raises(OptionError, match="sites=9000"):
        demo_in(tmp_path, small(sites=9_000))


@pytest.mark.parametrize(
    "change", [{"first": [0.5, 0.5]}, {"first": [0.1, 0.1, 0.1, 0.1]}, {"transitions": []}, {"threshold": "high"}]
)
def test_a_motif_file_that_is_none_is_refused(tmp_path, change):
    path = tmp_path / "motif.json"
    path.write_text(json.dumps({**json.loads(MOTIF.read_text()), **change}))
    with pytest.raises(InputFileError, match=r"motif\.json"):
        load_motif(path)
