ATTRIBUTED = list(filter(None, [(config["attribution"] or {"bed": None})["bed"]]))
ANNOTATION = list(filter(None, [config["genome"]["annotation"]]))


rule attribute:
    input:
        model=f"{OUT}/models/{RUN}/model.keras",
        description=f"{OUT}/models/{RUN}/description.json",
        predictions=f"{OUT}/evaluation/{RUN}/predictions.h5",
        target=target_file,
        datasets=model_files,
        regions=[source(path) for path in ATTRIBUTED],
    output:
        scores=f"{OUT}/attribution/{RUN}/{{condition}}.h5",
        track=f"{OUT}/attribution/{RUN}/{{condition}}.bw",
        figure=report(
            f"{OUT}/attribution/{RUN}/{{condition}}.png",
            caption="../report/attribution.rst",
            category="Attribution",
            labels={
                "model": "{model}",
                "fold": "{fold}",
                "seed": "{seed}",
                "condition": "{condition}",
            },
        ),
    log:
        f"{OUT}/logs/attribute/{RUN}/{{condition}}.log",
    benchmark:
        f"{OUT}/benchmarks/attribute/{RUN}/{{condition}}.tsv"
    conda:
        TENSORFLOW
    threads: 1
    resources:
        mem_mb=4000,
        runtime=120,
    params:
        code=code_of("attribute.py", formats_of(ATTRIBUTED), method_of),
        plugins=plugins_of(formats_of(ATTRIBUTED), method_of),
        inputs=lambda w: MODELS[w.model]["inputs"],
        settings=settings_of("attribution", "windows", "method", "parameters"),
        windows=WINDOWS,
    script:
        "../../scripts/attribute.py"


rule score_variants:
    input:
        model=f"{OUT}/models/{RUN}/model.keras",
        description=f"{OUT}/models/{RUN}/description.json",
        datasets=model_files,
        vcf=[source(config["variants"]["vcf"])] if config["variants"] else [],
    output:
        table=report(
            f"{OUT}/variants/{RUN}/effects.tsv",
            caption="../report/variants.rst",
            category="Variants",
            labels={"model": "{model}", "fold": "{fold}", "seed": "{seed}"},
        ),
        arrays=f"{OUT}/variants/{RUN}/effects.h5",
        bed=f"{OUT}/variants/{RUN}/effects.bed",
    log:
        f"{OUT}/logs/score_variants/{RUN}.log",
    benchmark:
        f"{OUT}/benchmarks/score_variants/{RUN}.tsv"
    conda:
        TENSORFLOW
    threads: 1
    resources:
        mem_mb=4000,
        runtime=240,
    params:
        code=code_of("score_variants.py"),
        inputs=lambda w: MODELS[w.model]["inputs"],
        content=content_of(
            [source(config["variants"]["vcf"])] if config["variants"] else []
        ),
        aliases=config["genome"]["aliases"],
    script:
        "../../scripts/score_variants.py"


rule ensemble_variants:
    input:
        arrays=lambda w: runs_of([w.model], f"variants/{RUN}/effects.h5"),
    output:
        table=report(
            f"{OUT}/variants/{{model}}/ensemble/effects.tsv",
            caption="../report/variants.rst",
            category="Variants",
            labels={"model": "{model}", "fold": "all", "seed": "all"},
        ),
    log:
        f"{OUT}/logs/ensemble_variants/{{model}}.log",
    benchmark:
        f"{OUT}/benchmarks/ensemble_variants/{{model}}.tsv"
    conda:
        "../../envs/data.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        code=code_of("ensemble_variants.py"),
    script:
        "../../scripts/ensemble_variants.py"


rule export_bigwig:
    input:
        predictions=[f"{OUT}/evaluation/{RUN}/predictions.h5"],
        genome=f"{OUT}/sequence/genome.h5",
    output:
        track=f"{OUT}/tracks/{RUN}/{{condition}}.bw",
    log:
        f"{OUT}/logs/export_bigwig/{RUN}/{{condition}}.log",
    benchmark:
        f"{OUT}/benchmarks/export_bigwig/{RUN}/{{condition}}.tsv"
    conda:
        "../../envs/data.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        code=code_of("export_bigwig.py"),
    script:
        "../../scripts/export_bigwig.py"


# all folds and seeds together: each region is predicted by the models that have not seen it
use rule export_bigwig as ensemble_tracks with:
    input:
        predictions=lambda w: runs_of([w.model], f"evaluation/{RUN}/predictions.h5"),
        genome=f"{OUT}/sequence/genome.h5",
    output:
        track=f"{OUT}/tracks/{{model}}/ensemble/{{condition}}.bw",
    log:
        f"{OUT}/logs/ensemble_tracks/{{model}}/{{condition}}.log",
    benchmark:
        f"{OUT}/benchmarks/ensemble_tracks/{{model}}/{{condition}}.tsv"


rule plot_tracks:
    input:
        predictions=f"{OUT}/tracks/{RUN}/{{condition}}.bw",
        attribution=f"{OUT}/attribution/{RUN}/{{condition}}.h5",
        coverage=expand(f"{OUT}/coverage/{{dataset}}.h5", dataset=COVERAGE),
        labels=lambda w: plan.first_files(config, MODELS[w.model]),
        annotation=[source(path) for path in ANNOTATION],
    output:
        figure=report(
            f"{OUT}/plots/{RUN}/{{condition}}.png",
            caption="../report/tracks.rst",
            category="Tracks",
            labels={
                "model": "{model}",
                "fold": "{fold}",
                "seed": "{seed}",
                "condition": "{condition}",
            },
        ),
    log:
        f"{OUT}/logs/plot_tracks/{RUN}/{{condition}}.log",
    benchmark:
        f"{OUT}/benchmarks/plot_tracks/{RUN}/{{condition}}.tsv"
    conda:
        "../../envs/data.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        code=code_of(
            "plot_tracks.py",
            formats_of(
                lambda w: plan.first_files(config, MODELS[w.model]),
                ANNOTATION,
            ),
        ),
        plugins=plugins_of(
            formats_of(
                lambda w: plan.first_files(config, MODELS[w.model]),
                ANNOTATION,
            )
        ),
        content=content_of(
            lambda w: plan.source_files(config, MODELS[w.model]["target"])
        ),
        coverage=COVERAGE,
        conditions=lambda w: plan.conditions_of(config, MODELS[w.model]),
        feature=config["genome"]["annotation_feature"],
        aliases=config["genome"]["aliases"],
        settings=settings_of("locus_figures", "region", "width"),
    script:
        "../../scripts/plot_tracks.py"
