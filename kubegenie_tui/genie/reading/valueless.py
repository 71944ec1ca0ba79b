"""Secrets as a diagnosis has them: what they hold is looked at when they come, and not kept."""

from kubegenie_tui.diagnostics.certificates import KEY_FITS, key_fits
from kubegenie_tui.diagnostics.line_breaks import ENDS_SO, keys_in
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at


def without_values(secret: Manifest) -> Manifest:
    """A Secret with its keys alone; certificates are public and stay."""
    is_tls = text_at(secret, "type") == "kubernetes.io/tls"
    data = {key: value if is_tls and key == "tls.crt" else "" for key, value in mapping_at(secret, "data").items()}
    told = {"metadata": secret.get("metadata", {}), "type": secret.get("type"), "data": data}
    told |= {ENDS_SO: broken} if (broken := keys_in(secret)) else {}
    return told | {KEY_FITS: key_fits(secret)} if is_tls else told
