"""What is in a project of Google's, and what a work on the cluster shop says there is, in the same words."""

from kubegenie_tui.domain.creation import StepState, Work
from tests.clouds.gke import Gke, pools


def inventory(google: Gke) -> set[str]:
    """Clusters, and pools as `shop/second`."""
    clusters = google.project.clusters.values()
    return {each.name for each in clusters} | {f"{each.name}/{pool}" for each in clusters for pool in pools(each)}


def on_record(work: Work, first: str = "first") -> set[str]:
    """What a work says there is; the first pool is the cluster's."""
    made = {each.key for each in work.steps if each.made and each.state is not StepState.REMOVED}
    names = {"cluster": {"shop", f"shop/{first}"}, "pool/second": {"shop/second"}}
    return {name for key in made for name in names[key]}
