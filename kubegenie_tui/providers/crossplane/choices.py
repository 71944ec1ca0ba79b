"""What there is to choose from, without asking the cloud: what its price sheet and its library know."""

from typing import TYPE_CHECKING

from kubegenie_tui.domain.creation import Choice
from kubegenie_tui.providers.aws.regions import regions_of_eks
from kubegenie_tui.providers.crossplane.costs import SHEETS
from kubegenie_tui.providers.crossplane.kept import all_kept
from kubegenie_tui.providers.price_sheet import Sheet, load_sheet
from kubegenie_tui.providers.support import supported

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubegenie_tui.domain.form import Value


def choices_of(field: str, values: "Mapping[str, Value]") -> list[Choice]:
    """What there is for a field in the cloud that is chosen; any other text will do. It reads files: use a thread."""
    if field == "composition":
        return [Choice(each.name, each.faults[0].what if each.faults else "") for each in all_kept()]
    cloud, region = str(values.get("cloud") or ""), str(values.get("region") or "")
    if cloud not in SHEETS:
        return []
    provider, _ = SHEETS[cloud]
    match field:
        case "region":
            return _regions(provider, load_sheet(provider))
        case "node_size":
            return _sizes(load_sheet(provider), region)
        case "version":
            return [Choice(version, f"standard support until {until}") for version, until in supported(provider)]
    return []


def _regions(provider: str, sheet: Sheet) -> list[Choice]:
    known = {*sheet.regions, *(regions_of_eks() if provider == "eks" else ())}
    return [Choice(each, "" if each in sheet.nodes else "no prices of machines") for each in sorted(known)]


def _sizes(sheet: Sheet, region: str) -> list[Choice]:
    """Those of the region with their prices; where the sheet has none, those of others: most are in every region."""
    if region in sheet.nodes:
        return [Choice(each.size, each.words) for each in sheet.sizes(region)]
    known = {each.size: each for other in sheet.regions for each in sheet.sizes(other)}
    return [Choice(size, f"{each.vcpu:g} vCPU · {each.memory_gb:g} GiB · unpriced") for size, each in known.items()]
