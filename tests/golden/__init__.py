"""Golden outputs of whole runs: what the workflow gave when they were recorded, as small text files.

`python -m tests.golden record demo results/demo` writes `tests/golden/demo/` from a finished run of config/config.yaml;
`record yeast results/yeast_binding` does so for config/yeast_binding.yaml. It reads results with h5py, pyBigWig,
pandas and json, and imports nothing of jangdan: a change of the library cannot change both sides.

Record anew only for a change of results that is meant, and say in the commit what changed and why.
"""
