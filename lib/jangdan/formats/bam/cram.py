"""CRAM, decoded to the bytes of a BAM by htslib in a process of its own, so that it is never on disk as a whole."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from typing import IO

from jangdan.errors import InputFileError
from jangdan.files import existing

_MAGIC = b"CRAM"
# REF_PATH keeps htslib from asking a server for a reference that was not given
_CODE = (
    "import os, sys; os.environ['REF_PATH'] = '/dev/null/%s'; import pysam; "
    "pysam.view(*sys.argv[1:], catch_stdout=False)"
)


def is_cram(path: str | PathLike[str]) -> bool:
    """Tell by its first bytes whether a file is a CRAM."""
    with open(existing(path), "rb") as stream:
        return stream.read(4) == _MAGIC


@contextmanager
def decoded(path: str | PathLike[str], reference: str | None, *, header_only: bool = False) -> Iterator[IO[bytes]]:
    """Give the bytes of a BAM with what a CRAM holds.

    reference: the FASTA that it was made with; not needed for the header, nor where it is embedded.
    Raises InputFileError where it cannot be decoded, MissingFileError where the reference is not there.
    """
    options = ["-u", *(["-H"] if header_only else []), *(["-T", str(existing(reference))] if reference else [])]
    command = [sys.executable, "-c", _CODE, *options, str(path)]
    # what htslib says goes to a file: a pipe that nobody reads would fill up and stop it
    with tempfile.TemporaryFile() as said, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said) as process:
        assert process.stdout is not None
        try:
            yield process.stdout
            failed = bool(process.stdout.read(1)) or process.wait() != 0
        except InputFileError:
            process.kill()
            failed = True
        except BaseException:
            process.kill()
            raise
        if failed and not header_only:
            said.seek(0)
            raise _undecodable(path, reference, said.read())


def _undecodable(path: str | PathLike[str], reference: str | None, said: bytes) -> InputFileError:
    # the last line is Python's own; htslib's come before it
    lines = [line for line in said.decode("utf-8", "replace").splitlines() if line.startswith(("[E::", "samtools"))]
    found = lines[-1].strip()[:120] if lines else "no reason was given"
    hint = "copy it again, or give the reference that it was made with" if reference else "give reference, its FASTA"
    return InputFileError(path, f"is a CRAM that cannot be decoded ({found}); {hint}")
