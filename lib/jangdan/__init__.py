"""Deep learning for genomics: datasets from FASTA, BAM, bigWig, BED, GFF and VCF, models, and what they learned.

`jangdan.data` holds the datasets. The deep-learning framework is loaded only by what needs it.
"""

__version__ = "0.1.0"
