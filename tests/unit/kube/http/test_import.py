"""What importing aiohttp by way of our package leaves out, and what it leaves alone."""

import subprocess
import sys

SEEN = """
import ssl
import kubegenie_tui.kube.http
from aiohttp.connector import _SSL_CONTEXT_VERIFIED as default
print(default.get_ca_certs(), default.verify_mode.name, "set_default_verify_paths" in vars(ssl.SSLContext))
"""


def test_aiohttp_trusts_nobody_and_ssl_is_as_it_was() -> None:
    # Another test may have imported aiohttp into this interpreter already.
    seen = subprocess.run(
        [sys.executable, "-c", SEEN], check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert seen.stdout.split() == ["[]", "CERT_REQUIRED", "False"]
