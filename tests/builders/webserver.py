"""A web server on loopback for tests: a folder by byte ranges, with a count of the bytes that it gave."""

import contextlib
import http.server
import re
import socket
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


class Proxy:
    """Passes bytes on to a server, and counts those that come back."""

    def __init__(self, host: str, port: int) -> None:
        self.given = 0
        self._to = (host, port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.create_connection(self._to)
            for way in ((client, server, False), (server, client, True)):
                threading.Thread(target=self._pass_on, args=way, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, counted: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                target.sendall(data)
                self.given += len(data) if counted else 0
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


@contextmanager
def counting_proxy(address: str) -> Iterator[Proxy]:
    """Stand between a client and the server at http://host:port."""
    host, _, port = address.removeprefix("http://").partition(":")
    proxy = Proxy(host, int(port))
    try:
        yield proxy
    finally:
        proxy.close()
