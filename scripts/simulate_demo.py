"""Simulate the embedded demo's input from its seed."""

from jangdan.jobs.job import job

with job(snakemake):
    from dataclasses import fields

    from jangdan.simulate.demo import DemoFiles, DemoSettings, simulate_demo

    outputs = DemoFiles(**{field.name: snakemake.output[field.name] for field in fields(DemoFiles)})
    settings = DemoSettings(motif=snakemake.input.motif, **snakemake.params.settings)
    simulate_demo(outputs, settings)
