"""Genome-browser figure of one model and condition."""

from jangdan.jobs.job import job

with job(snakemake):
    from jangdan.genome.interval import Interval
    from jangdan.jobs.plot_tracks import TrackFiles, best_region, track_figure
    from jangdan.plots.style import save

    params, given = snakemake.params, snakemake.input
    condition = snakemake.wildcards.condition
    annotation = given.get("annotation")
    files = TrackFiles(
        coverage=dict(zip(params.coverage, given.coverage, strict=True)),
        label=given.labels[params.conditions.index(condition)],
        predictions=given.predictions,
        attribution=given.attribution,
        annotation=annotation[0] if annotation else None,
        feature=params.feature,
    )
    settings = params.settings
    if settings["region"] == "best":
        region = best_region(given.attribution, settings["width"])
    else:
        region = Interval.parse(settings["region"])
    save(track_figure(files, region, condition, params.aliases), snakemake.output.figure)
