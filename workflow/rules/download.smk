# Files that are there already are inputs like any other: only what is missing can be downloaded.
DOWNLOADS = {
    name: options
    for name, options in config["downloads"].items()
    if not Path(source(name)).exists() or Path(source(f"{name}.downloaded")).exists()
}

if DOWNLOADS:

    rule download:
        output:
            file=source("{file}"),
            mark=touch(source("{file}.downloaded")),
        log:
            f"{OUT}/logs/download/{{file}}.log",
        benchmark:
            f"{OUT}/benchmarks/download/{{file}}.tsv"
        wildcard_constraints:
            file=any_of(DOWNLOADS),
        retries: 2
        conda:
            "../../envs/data.yaml"
        threads: 1
        resources:
            mem_mb=500,
            runtime=240,
        params:
            url=lambda w: DOWNLOADS[w.file]["url"],
            digests=lambda w: {k: DOWNLOADS[w.file][k] for k in ("sha256", "md5")},
        script:
            "../../scripts/download.py"
