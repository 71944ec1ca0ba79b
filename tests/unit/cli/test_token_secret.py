"""`kubegenie token secret`, as far as it asks nobody; `test_crossplane_clouds` asks a cluster."""

import pytest

from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit


@pytest.mark.parametrize("named", ["shop-kubeconfig", "/shop-kubeconfig", "teams/"])
def test_what_names_no_secret_is_refused(capsys: pytest.CaptureFixture[str], named: str) -> None:
    assert main(["token", "secret", "--secret", named]) == Exit.USAGE
    assert f'"{named}" names no Secret' in capsys.readouterr().err
