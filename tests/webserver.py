"""A web server on loopback for tests: a folder by byte ranges, with a count of the bytes that it gave."""

import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Server(http.server.ThreadingHTTPServer):
    """Serves a folder; `ranges` says whether pieces of files can be had."""

    folder: Path
    ranges = True
    given = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.SimpleHTTPRequestHandler):
    server: Server

    def __init__(self, *given, **more):
        super().__init__(*given, directory=str(given[2].folder), **more)

    def do_GET(self):
        file = self.server.folder / self.path.lstrip("/")
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if not file.is_file():
            super().do_GET()
            return
        data = file.read_bytes()
        if wanted and self.server.ranges:
            data = data[int(wanted[1]) : int(wanted[2]) + 1]
        self.server.given += len(data)
        self.send_response(206 if wanted and self.server.ranges else 200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def end_headers(self):
        self.send_header("Accept-Ranges", "bytes" if self.server.ranges else "none")
        super().end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def web_server(folder: Path, *, ranges: bool = True) -> Iterator[Server]:
    """Serve a folder until the end of the context."""
    server = Server(("127.0.0.1", 0), Handler)
    server.folder, server.ranges = folder, ranges
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
