"""Public files: fetched whole or not at all, checked, and tried again."""

import hashlib
import http.client
import logging
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from os import PathLike
from pathlib import Path

from tqdm import tqdm

from jangdan.errors import InputFileError
from jangdan.files import replacing

log = logging.getLogger(__name__)

_CHUNK = 1 << 20
_TIMEOUT = 60  # seconds without a byte


def fetch(
    url: str,
    path: str | PathLike[str],
    *,
    digests: Mapping[str, str | None] | None = None,
    tries: int = 3,
    pause: float = 5.0,
) -> None:
    """Download `url` to `path`.

    The length that the server names and the digests that are known (sha256, md5) are compared. A try that breaks off is
    repeated after `pause` seconds, then twice that. Raises InputFileError that names the address.
    """
    for attempt in range(1, tries + 1):
        try:
            with replacing(path) as temporary:
                _stream(url, temporary)
                _require_digests(url, temporary, digests or {})
            return
        except urllib.error.HTTPError as error:
            error.close()
            if error.code < 500:
                raise InputFileError(
                    url, f"the server answers {error.code} {error.reason}; check the address"
                ) from error
            problem: Exception = error
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, InputFileError):
                raise
            problem = error
        log.warning("%s: try %d of %d: %s", url, attempt, tries, problem)
        if attempt < tries:
            time.sleep(pause * attempt)
    raise InputFileError(url, f"cannot be downloaded ({problem}); get it by hand and put it at {path}") from problem


def _stream(url: str, target: Path) -> None:
    request = urllib.request.Request(url, headers={"User-Agent": "jangdan"})
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as response, target.open("wb") as out:
        length = int(response.headers.get("Content-Length") or 0)
        with tqdm(total=length or None, desc=target.name, unit="B", unit_scale=True) as progress:
            while chunk := response.read(_CHUNK):
                out.write(chunk)
                progress.update(len(chunk))
            received = out.tell()
        if length and received != length:
            raise http.client.IncompleteRead(b"", length - received)


def _require_digests(url: str, path: Path, digests: Mapping[str, str | None]) -> None:
    for name, expected in digests.items():
        if not expected:
            continue
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, name).hexdigest()
        if found != expected:
            raise InputFileError(
                url, f"its {name} is {found}, expected {expected}; the file has changed, or is damaged"
            )
