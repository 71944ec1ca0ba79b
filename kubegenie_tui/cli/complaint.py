"""What goes wrong, as one sentence on standard error."""

import sys

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.text import plain


def complain(error: KubeGenieError) -> None:
    """Say what happened, why, and what to do next."""
    sys.stderr.write(f"kubegenie: {plain(str(error))}\n")
