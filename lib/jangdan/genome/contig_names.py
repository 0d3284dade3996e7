"""Names of one assembly's contigs in different conventions: chr1, 1, chrI, I; chrM, MT, Mito."""

import re
from collections import Counter
from collections.abc import Mapping

_MITOCHONDRION = {"m", "mt", "mito", "mitochondrion", "mtdna"}
_ROMAN = re.compile(r"(?=[ivxl])(x{0,3}l?x{0,3})(ix|iv|v?i{0,3})")
_NUMERALS = {"i": 1, "v": 5, "x": 10, "l": 50}


def propose_aliases(names: Mapping[str, int | None], genome: Mapping[str, int]) -> dict[str, str]:
    """Return other name -> the genome's name, for contigs of another file that the genome lacks.

    names: contig -> length in bp, None where unknown. Where both lengths are known and differ there is
    no proposal, nor where two names would become one contig. Roman numerals count only in genomes
    that have II, III and IV: elsewhere X is a sex chromosome.
    """
    roman = {"ii", "iii", "iv"} <= {_plain(n) for n in genome} or {"ii", "iii", "iv"} <= {_plain(n) for n in names}
    by_key: dict[str, list[str]] = {}
    for contig in genome:
        by_key.setdefault(_key(contig, roman), []).append(contig)
    found = {}
    for name, length in names.items():
        candidates = by_key.get(_key(name, roman), []) if name not in genome else []
        if len(candidates) == 1 and length in (None, genome[candidates[0]]):
            found[name] = candidates[0]
    claims = Counter(found.values())
    return {name: contig for name, contig in found.items() if claims[contig] == 1 and contig not in names}


def _plain(name: str) -> str:
    return re.sub(r"^(chromosome|chrom|chr)[_.]?", "", name.lower())


def _key(name: str, roman: bool) -> str:
    plain = _plain(name)
    if plain in _MITOCHONDRION:
        return "mitochondrion"
    if plain.isdigit():
        return str(int(plain))
    if roman and plain and _ROMAN.fullmatch(plain):
        return str(_number(plain))
    return plain


def _number(numeral: str) -> int:
    values = [_NUMERALS[c] for c in numeral]
    following = [*values[1:], 0]
    return sum(-v if v < n else v for v, n in zip(values, following, strict=True))
