"""Whether words of a sentence name another cluster."""

import pytest

from kubegenie_tui.domain.cluster import ClusterStatus
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.genie.offline.elsewhere import elsewhere
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.unit.genie.wishes.corpus import SHOP, WorldReader


class Clusters:
    """Two clusters, the second of which is asked about when it is opened."""

    statuses = (ClusterStatus("prod", ""), ClusterStatus("rack-7", ""))
    current = "prod"

    async def open(self, name: str) -> WorldReader:
        raise LookupError(name)


@pytest.mark.parametrize("text", ["the fan of rack 2 is rattling, so restart web", "restart web in rack 2"])
async def test_a_part_with_another_number_is_no_cluster(text: str) -> None:
    scope = Scope(WorldReader(SHOP), Focus("prod"), Redactor(), Clusters())
    assert await elsewhere(scope, [text]) == (scope, [text])


async def test_a_part_alone_is_the_only_cluster_that_begins_with_it() -> None:
    scope = Scope(WorldReader(SHOP), Focus("prod"), Redactor(), Clusters())
    with pytest.raises(LookupError, match="rack-7"):
        await elsewhere(scope, ["pods in rack"])
