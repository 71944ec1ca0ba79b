"""Connections to an API server: sockets, TLS, proxies, compression, and what goes wrong with each."""

import ssl


def _import_aiohttp() -> None:
    """Spare aiohttp the reading of all the system's authorities, which it does when it is imported (decision 14).

    What it makes of them is never used: every connection of ours brings an SSL context of its own.
    """
    ssl.SSLContext.set_default_verify_paths = lambda _: None  # type: ignore[method-assign, assignment]
    try:
        import aiohttp  # noqa: F401
    finally:
        del ssl.SSLContext.set_default_verify_paths


_import_aiohttp()
