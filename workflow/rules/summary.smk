rule summarize:
    input:
        check=f"{OUT}/check/inputs.tsv",
        metrics=scored("metrics.tsv"),
        curves=curve_files(),
        comparison=[
            f"{OUT}/comparison.tsv",
            f"{OUT}/comparison_means.tsv",
            f"{OUT}/comparison.png",
        ],
        figures=expand(f"{OUT}/figures/{{figure}}.png", figure=FIGURES),
        attribution=runs_in("attribution", f"attribution/{RUN}/{{condition}}.h5"),
        variants=[
            *runs_in("variants", f"variants/{RUN}/effects.tsv"),
            *ensembles_in("variants", "variants/{model}/ensemble/effects.tsv"),
        ],
        tracks=[
            *runs_in("bigwig_tracks", f"tracks/{RUN}/{{condition}}.bw"),
            *ensembles_in("bigwig_tracks", "tracks/{model}/ensemble/{condition}.bw"),
        ],
        plots=runs_in("locus_figures", f"plots/{RUN}/{{condition}}.png"),
    output:
        table=report(
            f"{OUT}/summary.tsv",
            caption="../report/summary.rst",
            category="Summary",
            labels={"table": "summary"},
        ),
    log:
        f"{OUT}/logs/summarize.log",
    benchmark:
        f"{OUT}/benchmarks/summarize.tsv"
    conda:
        "../../envs/data.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code_of("summarize.py"),
    script:
        "../../scripts/summarize.py"
