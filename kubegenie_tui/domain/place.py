"""Where a person is in a cluster, or in several: kept, so that switching and restarting lose nothing."""

import msgspec


class Place(msgspec.Struct, frozen=True):
    """What a table shows of its clusters."""

    kind: str = "pods"
    """Kind id of the table."""
    namespace: str = ""
    """Empty for all namespaces."""
    filter: str = ""
    sort: str = ""
    """Title of the column sorted by, empty for the kind's own order."""
    descending: bool = False
    selected: str = ""
    """Name of the row under the cursor."""
    selected_namespace: str = ""
    tree: bool = True
    """Whether the resource tree is shown."""
    genie: bool = True
    """Whether the chat pane is shown."""
    detail: bool = False
    """Whether the detail pane is shown."""
    wide: bool = False
    """Whether columns for wide tables are shown."""
    then: tuple[tuple[str, bool], ...] = ()
    """Further columns sorted by: title, and whether the greatest comes first."""
    columns: tuple[str, ...] = ()
    """Titles of the columns shown, in order; none for those that the kind has by itself."""
    faults: bool = False
    """Whether only rows are shown with which something is wrong."""
    selected_cluster: str = ""
    """That of the row under the cursor, empty where there is only one."""
