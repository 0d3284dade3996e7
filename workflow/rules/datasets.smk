rule build_sequence:
    input:
        fasta=source(config["genome"]["fasta"]),
        roi=[] if WHOLE_GENOME else f"{OUT}/regions/roi.tsv",
    output:
        dataset=f"{OUT}/sequence/genome.h5",
    log:
        f"{OUT}/logs/build_sequence.log",
    benchmark:
        f"{OUT}/benchmarks/build_sequence.tsv"
    conda:
        "../../envs/data.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        code=code_of("build_sequence.py"),
        content=content_of(source(config["genome"]["fasta"])),
        flank=plan.widest_flank(config),
    script:
        "../../scripts/build_sequence.py"


rule build_coverage:
    input:
        files=dataset_sources,
        fasta=source(config["genome"]["fasta"]),
        roi=lambda w: (
            f"{OUT}/regions/roi.tsv"
            if plan.is_per_region(config, w.dataset) or not WHOLE_GENOME
            else []
        ),
    output:
        dataset=f"{OUT}/coverage/{{dataset}}.h5",
    log:
        f"{OUT}/logs/build_coverage/{{dataset}}.log",
    benchmark:
        f"{OUT}/benchmarks/build_coverage/{{dataset}}.tsv"
    conda:
        "../../envs/data.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=120,
    params:
        code=code_of("build_coverage.py", formats_of(dataset_sources)),
        plugins=plugins_of(formats_of(dataset_sources)),
        content=content_of(dataset_sources, source(config["genome"]["fasta"])),
        conditions=lambda w: plan.file_conditions(config, w.dataset),
        options=lambda w: plan.stored_options(config, w.dataset),
        aliases=config["genome"]["aliases"],
        windows=WINDOWS,
    script:
        "../../scripts/build_coverage.py"


rule normalize:
    input:
        dataset=f"{OUT}/coverage/{{dataset}}.h5",
        regions=f"{OUT}/regions/{{fold}}/training.tsv",
    output:
        dataset=f"{OUT}/normalized/{{fold}}/{{dataset}}.{{normalizer}}.h5",
        parameters=f"{OUT}/normalized/{{fold}}/{{dataset}}.{{normalizer}}.json",
    log:
        f"{OUT}/logs/normalize/{{fold}}/{{dataset}}.{{normalizer}}.log",
    benchmark:
        f"{OUT}/benchmarks/normalize/{{fold}}/{{dataset}}.{{normalizer}}.tsv"
    conda:
        "../../envs/data.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        code=code_of("normalize.py"),
        windows=WINDOWS,
    script:
        "../../scripts/normalize.py"
