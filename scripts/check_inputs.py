from pathlib import Path
Path(snakemake.output.table).write_text("file\tkind\tcheck\tstatus\tfound\nx\tx\tx\tok\tx\n")
Path(snakemake.output.aliases).write_text("")
