"""A server that takes nobody without a client certificate, and says so by an alert, as those of Go and OpenSSL do."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

ANSWER = b'{"major": "1", "minor": "37", "gitVersion": "v1.37.2"}'
_HEAD = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(ANSWER)}\r\n\r\n"


@contextlib.contextmanager
def strict_server(certificate: tuple[Path, Path], authority: Path, version: ssl.TLSVersion) -> Iterator[str]:
    """Its URL. Whoever shows a certificate of `authority` gets the version of an API server, whatever is asked."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority)
    context.load_cert_chain(*certificate)
    context.verify_mode, context.minimum_version = ssl.CERT_REQUIRED, version
    context.maximum_version = version
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_serve, args=(listening, context))
        thread.start()
        try:
            yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(listening: socket.socket, context: ssl.SSLContext) -> None:
    with contextlib.suppress(OSError):
        while True:
            _answer(listening.accept()[0], context)


def _answer(connection: socket.socket, context: ssl.SSLContext) -> None:
    with connection, contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as secured:
        while secured.recv(65536):
            secured.sendall(_HEAD.encode() + ANSWER)
