"""What a person's settings say of the genie."""

import msgspec

from kubegenie_tui.domain.genie_mode import Mode
from kubegenie_tui.domain.policy_settings import PolicySettings


class Preferences(msgspec.Struct, frozen=True):
    """The same in all clusters."""

    ignored: tuple[str, ...] = ()
    """Findings that the person does not want to be told of: see `domain.finding.is_ignored`."""
    policy: PolicySettings = PolicySettings()
    """What the policy checks go by."""
    mode: Mode = "ask"
    """How far it may go where nothing else was chosen."""
