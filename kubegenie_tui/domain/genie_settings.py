"""How far the genie may go, and as whom."""

from typing import Literal

import msgspec


class GenieSettings(msgspec.Struct, frozen=True):
    """The genie."""

    mode: Literal["read-only", "ask", "paranoid"] = "ask"
    """How far it may go: `read-only` proposes nothing, `ask` proposes and you decide, `paranoid` makes everything it
    proposes one tier more careful. `:mode` chooses for one cluster until the app ends, there also `auto`."""
    act_as: str = ""
    """The user that it looks things up as, such as one who may read no Secrets; you have to be allowed to impersonate
    that one. Empty: as you do. What it proposes and you say yes to is done as you in any case."""
    act_as_groups: str = ""
    """Groups that this user is in, separated by commas."""

    def groups(self) -> tuple[str, ...]:
        """The same one by one."""
        return tuple(group.strip() for group in self.act_as_groups.split(",") if group.strip())
