from pathlib import Path

for o in snakemake.output:
    Path(o).write_text("")
