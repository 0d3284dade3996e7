"""Downloads, against a server on localhost."""

import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from jangdan.download import fetch
from jangdan.errors import InputFileError

BODY = b"chr1\t10\t20\n" * 100_000


class _Handler(http.server.BaseHTTPRequestHandler):
    broken = 0

    def do_GET(self) -> None:
        if self.path == "/missing":
            self.send_error(404)
            return
        cut = self.path == "/cut" or (self.path == "/flaky" and type(self).broken > 0)
        type(self).broken -= self.path == "/flaky"
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY[: len(BODY) // 2] if cut else BODY)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


def test_the_file_is_what_the_server_has(server: str, tmp_path: Path) -> None:
    digests = {"sha256": hashlib.sha256(BODY).hexdigest(), "md5": hashlib.md5(BODY).hexdigest()}
    fetch(f"{server}/a.bed", tmp_path / "a.bed", digests=digests)
    assert (tmp_path / "a.bed").read_bytes() == BODY


def test_a_broken_transfer_is_tried_again(server: str, tmp_path: Path) -> None:
    _Handler.broken = 1
    fetch(f"{server}/flaky", tmp_path / "a.bed", pause=0.01)
    assert (tmp_path / "a.bed").read_bytes() == BODY


@pytest.mark.parametrize(
    ("page", "digests", "said"),
    [
        ("missing", {}, "404"),
        ("cut", {"md5": None}, "by hand"),
        ("ok", {"sha256": "0" * 64}, "its sha256 is .*, expected 000"),
        ("ok", {"md5": "0" * 32}, "its md5 is .*, expected 000"),
    ],
)
def test_a_failure_names_the_address_and_leaves_nothing(
    server: str, tmp_path: Path, page: str, digests: dict[str, str | None], said: str
) -> None:
    with pytest.raises(InputFileError, match=said) as caught:
        fetch(f"{server}/{page}", tmp_path / "a.bed", digests=digests, pause=0.01)
    assert f"{server}/{page}" in str(caught.value)
    assert list(tmp_path.iterdir()) == []
