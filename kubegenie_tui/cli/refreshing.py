"""`kubegenie costs refresh`: prices of today, from the provider itself."""

import argparse
import sys

from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json
from kubegenie_tui.domain.text import plain


async def refreshed(arguments: argparse.Namespace) -> int:
    """Fetch, write, and say what there is now.

    Raises:
        UsageError: a region or the endpoint cannot be.
        KubeGenieError: prices could not be fetched, or not be written; nothing is changed then.
    """
    from kubegenie_tui.providers.price_refresh import refresh

    sheet, file = await refresh(
        arguments.provider, arguments.regions, _tell, profile=arguments.profile, endpoint=arguments.endpoint
    )
    days = {region: sheet.origin(region).as_of for region in sheet.regions}
    counts = {region: len(sheet.sizes(region)) for region in sheet.regions}
    if arguments.output == "json":
        regions = {region: {"as_of": days[region], "sizes": counts[region]} for region in sheet.regions}
        write_json({"provider": arguments.provider, "source": sheet.source, "file": str(file), "regions": regions})
    else:
        sys.stdout.writelines(f"{region:<20}{days[region]}  {counts[region]} sizes\n" for region in sheet.regions)
        sys.stdout.write(f"{plain(sheet.source)}\n{file}\n")
    return Exit.OK


def _tell(line: str) -> None:
    sys.stderr.write(f"{plain(line)}\n")
