"""Connections to an API server: sockets, TLS, proxies, compression, and what goes wrong with each."""
