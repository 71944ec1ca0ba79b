"""The key file of a service account of Google's, whose tokens a server on loopback gives."""

import functools
import json
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

MAIL = "maker@shop-1234.iam.gserviceaccount.com"


def key_of(token_uri: str, directory: Path) -> Path:
    """A new key file, whose tokens are asked for at a URL."""
    file = directory / "key.json"
    key = {"type": "service_account", "project_id": "shop-1234", "private_key_id": "1", "private_key": _pem()}
    file.write_text(json.dumps({**key, "client_email": MAIL, "client_id": "1", "token_uri": token_uri}))
    return file


@functools.cache
def _pem() -> str:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
