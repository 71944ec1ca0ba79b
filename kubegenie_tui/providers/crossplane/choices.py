"""What there is to choose from: not Crossplane knows what a cloud has, but the price sheet of the cloud in part."""

from typing import TYPE_CHECKING

from kubegenie_tui.domain.creation import Choice
from kubegenie_tui.providers.crossplane.costs import SHEETS
from kubegenie_tui.providers.crossplane.kept import all_kept
from kubegenie_tui.providers.price_sheet import load_sheet
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
            return [Choice(each) for each in sorted(load_sheet(provider).regions)]
        case "node_size":
            return [Choice(each.size, each.words) for each in load_sheet(provider).sizes(region)]
        case "version":
            return [Choice(version, f"standard support until {until}") for version, until in supported(provider)]
    return []
