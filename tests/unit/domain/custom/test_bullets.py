import pytest

from kubegenie_tui.domain.custom.bullets import bullets
from kubegenie_tui.domain.text import plain

SUMMED_UP = """* RemoteConnectionProbe: Remote connection not established yet
* WorkersAvailable:
  * MachineDeployment md-0: 0 available replicas, at least 2 required
  * MachineDeployment md-1: waits
* Machine a, b: 2 * 3 is 6"""


def test_a_list_that_was_put_on_one_line_has_its_lines_again() -> None:
    assert bullets(plain(SUMMED_UP)) == SUMMED_UP.split("\n")


@pytest.mark.parametrize("message", ["", "cannot apply: 2 * 3", "*not a list * of things", "* one alone"])
def test_what_is_no_list_stays_as_it_is(message: str) -> None:
    assert bullets(message) == [message]
