"""One cluster of any size, made of bytes: for benchmarks, where the server must never be what is waited for."""
