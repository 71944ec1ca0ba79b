"""What has to be known before the inventory can be read."""

from pathlib import Path

from pydantic import BaseModel, Field, SecretStr


class InventoryConfig(BaseModel):
    """Each field becomes one of a form: its title, or its name, is the label, its description the hint."""

    file: Path = Field(title="Inventory", description="a TOML file with a table for each cluster")
    region: str = Field("", description="only clusters of this region; empty for all")
    token: SecretStr = Field(description="a bearer token")
