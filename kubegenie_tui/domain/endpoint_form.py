"""What a person is asked who describes a cluster by hand."""

import re

from kubegenie_tui.domain.endpoint import wrong_proxy, wrong_server
from kubegenie_tui.domain.form import ChoiceField, Field, TextField, ToggleField

TOKEN, TOKEN_FILE, CERTIFICATE, PASSWORD, PLUGIN, NOBODY = (
    "token", "token file", "certificate", "password", "plugin", "nobody",
)  # fmt: skip
FIELDS_OF = {
    TOKEN: ("token",),
    TOKEN_FILE: ("token_file",),
    CERTIFICATE: ("certificate", "key"),
    PASSWORD: ("username", "password"),
    PLUGIN: ("plugin",),
    NOBODY: (),
}
"""By the way in which a person proves who they are, the fields that it takes."""
ONLY_SOMETIMES = frozenset(field for fields in FIELDS_OF.values() for field in fields)
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
_WIDTH = 64


def endpoint_fields() -> tuple[Field, ...]:
    """All fields; those of `ONLY_SOMETIMES` are asked for as `FIELDS_OF` says."""
    return (
        TextField("name", "Name", hint="what the cluster is called here"),
        TextField("server", "Server", hint="such as https://10.0.0.7:6443", check=wrong_server),
        TextField(
            "authority",
            "Authority",
            hint="file with a PEM, the PEM itself, or a SHA-256 fingerprint; empty: those of your system",
            required=False,
        ),
        TextField("server_name", "TLS server name", hint="where the certificate is for another name", required=False),
        TextField("proxy", "Proxy", required=False, check=wrong_proxy),
        ChoiceField("way", "You are", tuple(FIELDS_OF)),
        TextField("token", "Token", secret=True, hint="kept sealed"),
        TextField("token_file", "Token file", hint="read again and again"),
        TextField("certificate", "Certificate", hint="file with a PEM, or the PEM itself"),
        TextField("key", "Key", secret=True, hint="file with a PEM, or the PEM itself; kept sealed"),
        TextField("username", "User name"),
        TextField("password", "Password", secret=True, hint="kept sealed"),
        TextField("plugin", "Plugin", hint="a credential plugin with its arguments: kubelogin get-token ..."),
        TextField("as_user", "Act as", hint="a user to impersonate", required=False),
        TextField("namespace", "Namespace", hint="to begin in", required=False),
        TextField("labels", "Labels", hint="env=lab team=sre", required=False),
        ToggleField("read_only", "Read-only", hint="refuse every change to it"),
    )


def pem_in(text: str) -> str:
    """The PEM in a text whose line breaks were lost on the way, with those it needs; empty when there is none."""
    blocks = []
    for kind, body in _BLOCK.findall(text):
        flat = "".join(body.split())
        lines = "\n".join(flat[at : at + _WIDTH] for at in range(0, len(flat), _WIDTH))
        blocks.append(f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----\n")
    return "".join(blocks)
