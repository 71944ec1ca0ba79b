"""A work goes on by the context that it was begun by, and by no other that is the current one meanwhile."""

from pathlib import Path

import pytest

from kubegenie_tui.domain.creation import Outline
from kubegenie_tui.domain.errors import KubeconfigError, ProviderError
from kubegenie_tui.providers.cluster_api.provider import ClusterApiProvider
from kubegenie_tui.providers.crossplane.crossplane_config import CrossplaneConfig
from kubegenie_tui.providers.crossplane.provider import CrossplaneProvider
from kubegenie_tui.providers.managing_config import ManagingConfig
from tests.unit.agents.kubeconfigs import kubeconfig, write

BEGUN = Outline("any", "shop", "aws eu-west-1 · default · tools", ())


def provider(kind: str, file: Path, context: str = "") -> ClusterApiProvider | CrossplaneProvider:
    if kind == "crossplane":
        return CrossplaneProvider(CrossplaneConfig.model_validate({"kubeconfig": file, "context": context}))
    return ClusterApiProvider(ManagingConfig.model_validate({"kubeconfig": file, "context": context}))


@pytest.mark.parametrize("kind", ["crossplane", "cluster-api"])
async def test_the_current_context_may_be_another_one_by_then(kind: str, tmp_path: Path) -> None:
    servers = {"tools": "http://127.0.0.1:9", "shop": "http://127.0.0.1:9"}
    file = write(tmp_path / "config", kubeconfig(servers, current="tools"))
    await provider(kind, file).require_place(BEGUN)
    write(file, kubeconfig(servers, current="shop"))
    with pytest.raises(
        ProviderError, match="shop was begun by the context tools · shop is the current one now · go back"
    ):
        await provider(kind, file).require_place(BEGUN)
    await provider(kind, file, "tools").require_place(BEGUN)
    write(file, kubeconfig({"shop": "http://127.0.0.1:9"}))
    with pytest.raises(KubeconfigError, match='There is no context "tools"'):
        await provider(kind, file, "tools").require_place(BEGUN)
