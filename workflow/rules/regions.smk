# It takes all cores and the highest priority, so that nothing starts beside it, and nothing after it on
# an error. No rule has its table as input: Snakemake would rerun all of them whenever one file changes.
rule check_inputs:
    input:
        files=plan.input_files(config),
    output:
        table=report(
            f"{OUT}/check/inputs.tsv",
            caption="../report/check.rst",
            category="Inputs",
            labels={"table": "preflight"},
        ),
        aliases=f"{OUT}/check/aliases.yaml",
    log:
        f"{OUT}/logs/check_inputs.log",
    benchmark:
        f"{OUT}/benchmarks/check_inputs.tsv"
    priority: 1000
    conda:
        "../../envs/data.yaml"
    threads: workflow.resource_settings.cores or 1
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        code=code_of("check_inputs.py", formats_of(plan.input_files(config))),
        plugins=plugins_of(formats_of(plan.input_files(config))),
        content=content_of(plan.input_files(config)),
        config=plan.inputs_of(config),
    script:
        "../../scripts/check_inputs.py"


rule trim_regions:
    input:
        sources=[source(p) for p in config["regions"]["sources"]],
        exclude=[source(p) for p in config["genome"]["exclude_regions"]],
        fasta=source(config["genome"]["fasta"]),
    output:
        table=f"{OUT}/regions/roi.tsv",
    log:
        f"{OUT}/logs/trim_regions.log",
    benchmark:
        f"{OUT}/benchmarks/trim_regions.tsv"
    conda:
        "../../envs/data.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        code=code_of("trim_regions.py", formats_of(plan.region_files(config))),
        plugins=plugins_of(formats_of(plan.region_files(config))),
        content=content_of(*map(source, plan.region_files(config))),
        aliases=config["genome"]["aliases"],
        options=plan.region_options(config),
    script:
        "../../scripts/trim_regions.py"


# Two tables, as rules read them: a test region that changes retrains nothing.
rule split_regions:
    input:
        roi=f"{OUT}/regions/roi.tsv",
    output:
        training=f"{OUT}/regions/{{fold}}/training.tsv",
        test=f"{OUT}/regions/{{fold}}/test.tsv",
        bed=f"{OUT}/regions/{{fold}}/splits.bed",
    log:
        f"{OUT}/logs/split_regions/{{fold}}.log",
    benchmark:
        f"{OUT}/benchmarks/split_regions/{{fold}}.tsv"
    conda:
        "../../envs/data.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code_of("split_regions.py"),
        parts=lambda wildcards: FOLDS[wildcards.fold],
    script:
        "../../scripts/split_regions.py"
