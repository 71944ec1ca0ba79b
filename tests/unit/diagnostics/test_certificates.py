"""The end of a certificate is read from real ones, in both forms of dates, and from nothing else."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from kubegenie_tui.demo.story.manifests import DATA
from kubegenie_tui.diagnostics.certificates import expiry_of, names_of


def tls(certificate: bytes, kind: str = "kubernetes.io/tls") -> dict[str, Any]:
    return {"type": kind, "data": {"tls.crt": base64.b64encode(certificate).decode()}}


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("checkout-tls", datetime(2026, 11, 25, 0, 15, 15, tzinfo=UTC)),
        ("shop-tls", datetime(2126, 11, 2, 0, 15, 4, tzinfo=UTC)),
    ],
)
def test_the_end_is_what_openssl_says(name: str, ends: datetime) -> None:
    assert expiry_of(tls((DATA / f"{name}.crt").read_bytes())) == ends.timestamp()


def test_the_names_are_those_of_the_certificate() -> None:
    assert names_of(tls((DATA / "shop-tls.crt").read_bytes())) == ["shop.northwind.example"]


REAL = (DATA / "shop-tls.crt").read_bytes()


@pytest.mark.parametrize(
    "secret",
    [
        tls(REAL, "Opaque"),
        tls(b""),
        tls(b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"),
        tls(REAL.replace(b"M", b"A")),
        {"type": "kubernetes.io/tls", "data": {"tls.crt": "not base64!"}},
        {"type": "kubernetes.io/tls", "data": None},
        {},
    ],
)
def test_what_is_no_certificate_has_no_end(secret: dict[str, Any]) -> None:
    assert expiry_of(secret) is None


@pytest.mark.parametrize("secret", [tls(REAL, "Opaque"), tls(b""), tls(b"-----BEGIN CERTIFICATE-----\nMIIB\n"), {}])
def test_what_is_no_certificate_has_no_names(secret: dict[str, Any]) -> None:
    assert names_of(secret) == []
