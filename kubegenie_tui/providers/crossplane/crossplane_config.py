"""What leads to a cluster with Crossplane on it, and to the cloud account that it uses."""

from typing import Literal

from pydantic import Field

from kubegenie_tui.providers.managing_config import Label, ManagingConfig


class CrossplaneConfig(ManagingConfig):
    """Credentials of a cloud stay on the managing cluster: a ProviderConfig there names them."""

    provider_config: Label = Field("default", title="ProviderConfig", description="with the cloud's credentials")
    provider_config_kind: Literal["ClusterProviderConfig", "ProviderConfig"] = Field(
        "ClusterProviderConfig", title="Kind", description="of the cluster, or of the namespace alone"
    )
