"""What every script of the workflow runs inside: its log, its threads, its plugins, one sentence for an error."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jangdan.errors import JangdanError
from jangdan.records.kinds import load_plugins


@contextmanager
def job(snakemake: Any) -> Iterator[logging.Logger]:
    """Send log and progress to the rule's log file; end a user's error with one sentence and exit code 1.

    Threads are limited to the rule's before any numeric library is loaded. `params.plugins`, if the rule has it, names
    the users' files whose records the job may use.
    """
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ[variable] = str(snakemake.threads)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("MPLCONFIGDIR", os.environ.get("TMPDIR", "/tmp"))
    path = snakemake.log[0]
    with open(path, "w", buffering=1, encoding="utf-8") as stream:
        # child processes and C libraries write to the file descriptors, not to sys.stderr
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
        logging.basicConfig(
            stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", force=True
        )
        log = logging.getLogger("jangdan")
        try:
            load_plugins(snakemake.params.get("plugins", []))
            yield log
        except JangdanError as error:
            log.error("rule %s: %s", snakemake.rule, error)
            sys.exit(1)
        except MemoryError as error:
            log.error(
                "rule %s: out of memory (%s); lower batch_size, or give the rule more mem_mb", snakemake.rule, error
            )
            sys.exit(1)
        sys.stdout.flush()
        sys.stderr.flush()
