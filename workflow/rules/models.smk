rule train:
    input:
        datasets=model_files,
        target=target_file,
        regions=f"{OUT}/regions/{{fold}}/training.tsv",
        initial=initial_weights,
    output:
        model=f"{OUT}/models/{RUN}/model.keras",
        description=f"{OUT}/models/{RUN}/description.json",
        history=f"{OUT}/models/{RUN}/history.tsv",
    log:
        f"{OUT}/logs/train/{RUN}.log",
    benchmark:
        f"{OUT}/benchmarks/train/{RUN}.tsv"
    wildcard_constraints:
        model=any_of(n for n in MODELS if not has_events(n)),
    conda:
        TENSORFLOW
    threads: 2
    resources:
        mem_mb=6000,
        runtime=720,
        gpu=1 if config["device"] == "gpu" else 0,
    params:
        code=code_of("train.py", architecture_of, loss_of),
        plugins=plugins_of(architecture_of, loss_of),
        content=content_of(initial_weights),
        model=model_settings,
        device=config["device"],
    script:
        "../../scripts/train.py"


# an output cannot depend on a wildcard: the models with event files have a rule of their own
use rule train as train_with_tensorboard with:
    output:
        model=f"{OUT}/models/{RUN}/model.keras",
        description=f"{OUT}/models/{RUN}/description.json",
        history=f"{OUT}/models/{RUN}/history.tsv",
        tensorboard=directory(f"{OUT}/models/{RUN}/tensorboard"),
    wildcard_constraints:
        model=any_of(n for n in MODELS if has_events(n)),


rule evaluate:
    input:
        model=f"{OUT}/models/{RUN}/model.keras",
        description=f"{OUT}/models/{RUN}/description.json",
        history=f"{OUT}/models/{RUN}/history.tsv",
        datasets=model_files,
        target=target_file,
        regions=f"{OUT}/regions/{{fold}}/test.tsv",
    output:
        metrics=report(
            f"{OUT}/evaluation/{RUN}/metrics.tsv",
            caption="../report/metrics.rst",
            category="Evaluation",
            labels={
                "model": "{model}",
                "fold": "{fold}",
                "seed": "{seed}",
                "item": "metrics",
            },
        ),
        history=f"{OUT}/evaluation/{RUN}/history.png",
        predictions=f"{OUT}/evaluation/{RUN}/predictions.h5",
    log:
        f"{OUT}/logs/evaluate/{RUN}.log",
    benchmark:
        f"{OUT}/benchmarks/evaluate/{RUN}.tsv"
    conda:
        TENSORFLOW
    threads: 1
    resources:
        mem_mb=4000,
        runtime=120,
    params:
        code=code_of("evaluate.py", loss_of, metrics_of(lambda w: [w.model])),
        plugins=plugins_of(loss_of, metrics_of(lambda w: [w.model])),
        inputs=lambda w: MODELS[w.model]["inputs"],
        target=lambda w: MODELS[w.model]["target"],
        windows=WINDOWS,
        bootstrap=config["evaluation"]["bootstrap"],
    script:
        "../../scripts/evaluate.py"


# the same model on another sample, or on the regions that cross-validation kept for the end
rule evaluate_sample:
    input:
        model=f"{OUT}/models/{RUN}/model.keras",
        description=f"{OUT}/models/{RUN}/description.json",
        datasets=model_files,
        target=target_file,
        regions=sample_regions,
    output:
        metrics=report(
            f"{OUT}/evaluation/{RUN}/on-{{sample}}/metrics.tsv",
            caption="../report/metrics.rst",
            category="Evaluation",
            labels={
                "model": "{model}",
                "fold": "{fold}",
                "seed": "{seed}",
                "item": "metrics on {sample}",
            },
        ),
        predictions=f"{OUT}/evaluation/{RUN}/on-{{sample}}/predictions.h5",
    log:
        f"{OUT}/logs/evaluate_sample/{RUN}/{{sample}}.log",
    benchmark:
        f"{OUT}/benchmarks/evaluate_sample/{RUN}/{{sample}}.tsv"
    conda:
        TENSORFLOW
    threads: 1
    resources:
        mem_mb=4000,
        runtime=120,
    params:
        code=code_of("evaluate.py", loss_of, metrics_of(lambda w: [w.model])),
        plugins=plugins_of(loss_of, metrics_of(lambda w: [w.model])),
        inputs=lambda w: MODELS[w.model]["inputs"],
        target=lambda w: MODELS[w.model]["target"],
        windows=WINDOWS,
        bootstrap=config["evaluation"]["bootstrap"],
    script:
        "../../scripts/evaluate.py"


rule plot_scores:
    input:
        predictions=f"{OUT}/evaluation/{RUN}/predictions.h5",
        target=target_file,
    output:
        figure=report(
            f"{OUT}/evaluation/{RUN}/{{curve}}.png",
            caption="../report/curves.rst",
            category="Evaluation",
            labels={
                "model": "{model}",
                "fold": "{fold}",
                "seed": "{seed}",
                "item": "{curve}",
            },
        ),
    log:
        f"{OUT}/logs/plot_scores/{RUN}/{{curve}}.log",
    benchmark:
        f"{OUT}/benchmarks/plot_scores/{RUN}/{{curve}}.tsv"
    wildcard_constraints:
        curve="roc|prc|scatter",
    conda:
        "../../envs/data.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code_of("plot_scores.py"),
        conditions=lambda w: plan.conditions_of(config, MODELS[w.model]),
    script:
        "../../scripts/plot_scores.py"


rule compare:
    input:
        metrics=scored("metrics.tsv"),
        predictions=scored("predictions.h5"),
        targets=[target for _, target in evaluations()],
    output:
        table=report(
            f"{OUT}/comparison.tsv",
            caption="../report/comparison.rst",
            category="Summary",
            labels={"table": "comparison"},
        ),
        means=report(
            f"{OUT}/comparison_means.tsv",
            caption="../report/comparison.rst",
            category="Summary",
            labels={"table": "comparison, means"},
        ),
        figure=report(
            f"{OUT}/comparison.png",
            caption="../report/comparison.rst",
            category="Summary",
            labels={"table": "comparison, figure"},
        ),
    log:
        f"{OUT}/logs/compare.log",
    benchmark:
        f"{OUT}/benchmarks/compare.tsv"
    conda:
        "../../envs/data.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        code=code_of("compare.py", metrics_of(lambda w: MODELS)),
        plugins=plugins_of(metrics_of(lambda w: MODELS)),
        conditions={
            name: plan.conditions_of(config, model) for name, model in MODELS.items()
        },
    script:
        "../../scripts/compare.py"


rule plot_figure:
    input:
        table=f"{OUT}/comparison.tsv",
    output:
        figure=report(
            f"{OUT}/figures/{{figure}}.png",
            caption="../report/figures.rst",
            category="Figures",
            labels={"figure": "{figure}"},
        ),
        table=f"{OUT}/figures/{{figure}}.tsv",
    log:
        f"{OUT}/logs/plot_figure/{{figure}}.log",
    benchmark:
        f"{OUT}/benchmarks/plot_figure/{{figure}}.tsv"
    conda:
        "../../envs/data.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code_of("plot_figure.py", metrics_of(lambda w: MODELS), figure_of),
        plugins=plugins_of(metrics_of(lambda w: MODELS), figure_of),
        figure=lambda w: FIGURES[w.figure],
        models={n: {k: m[k] for k in ("base", "chosen")} for n, m in MODELS.items()},
        groups={
            c: g for d in COVERAGE for c, g in config["datasets"][d]["groups"].items()
        },
    script:
        "../../scripts/plot_figure.py"
