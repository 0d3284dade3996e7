from jangdan.pipeline.job import job
