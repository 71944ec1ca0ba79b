"""What goes wrong, as one sentence on standard error; each fault of a description as one of its own."""

import sys

from kubegenie_tui.domain.errors import KubeGenieError, SpecRefused
from kubegenie_tui.domain.text import plain


def complain(error: KubeGenieError) -> None:
    """Say what happened, why, and what to do next."""
    for each in (error, *(error.more if isinstance(error, SpecRefused) else ())):
        sys.stderr.write(f"kubegenie: {plain(str(each))}\n")
