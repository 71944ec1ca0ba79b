"""A pydantic model asks through the fields that every form has, and says what is wrong in its own words."""

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, SecretStr, field_validator

from kubegenie_tui.domain.errors import PluginError, UsageError
from kubegenie_tui.domain.form import ChoiceField, NumberField, TextField, ToggleField
from kubegenie_tui.providers.config_form import configured, fields_of, form_fields


class Account(BaseModel):
    account: Annotated[str, Field(pattern=r"^\d{4}$", description="four digits")]
    token: SecretStr = Field(title="API token")
    region: Literal["north", "south"] = "south"
    nodes: int = Field(3, ge=1, le=9)
    limit: int | None = None
    private: bool = True
    key_file: Path | None = None

    @field_validator("token")
    @classmethod
    def _long(cls, token: SecretStr) -> SecretStr:
        if len(token.get_secret_value()) < 4:
            raise ValueError("it is too short")
        return token

    @field_validator("nodes")
    @classmethod
    def _in_stock(cls, nodes: int) -> int:
        if nodes == 7:
            raise ValueError("seven is out of stock")
        return nodes


def test_a_secret_that_is_not_described_says_where_it_comes_from() -> None:
    said = {"token": "ask the platform team", "account": "of no secret"}
    hints = {each.id: each.hint for each in form_fields(Account, said)}
    assert hints["token"] == "ask the platform team"
    assert hints["account"] == "four digits"


def test_each_field_becomes_one_of_a_form() -> None:
    account, token, region, nodes, limit, private, key_file = form_fields(Account, {})
    assert account == TextField("account", "Account", hint="four digits")
    assert token == TextField("token", "API token", secret=True)
    assert region == ChoiceField("region", "Region", ("north", "south"), "south")
    assert nodes == NumberField("nodes", "Nodes", 3, least=1, most=9, required=False)
    assert limit == NumberField("limit", "Limit", None, required=False)
    assert private == ToggleField("private", "Private", True)
    assert key_file == TextField("key_file", "Key file", required=False)
    assert [name for name, field in fields_of(Account).items() if getattr(field, "secret", False)] == ["token"]


def test_a_text_is_checked_while_it_is_typed() -> None:
    account = form_fields(Account, {})[0]
    assert isinstance(account, TextField)
    assert account.read(" 1234 ") == "1234"
    with pytest.raises(UsageError, match=r"^it is of another form than is asked for: four digits$"):
        account.read("12")


def test_the_models_own_validators_of_a_field_run_while_it_is_typed() -> None:
    _, token, _, nodes, *_ = form_fields(Account, {})
    assert isinstance(token, TextField)
    with pytest.raises(UsageError, match=r"^it is too short$"):
        token.read("abc")
    assert token.read("s3cret") == "s3cret"
    assert isinstance(nodes, NumberField)
    with pytest.raises(UsageError, match=r"^seven is out of stock$"):
        nodes.read("7")
    assert nodes.read("8") == 8


def test_what_was_filled_in_becomes_a_configuration() -> None:
    made = configured(Account, {"account": "1234", "token": "s3cret", "nodes": None, "key_file": "", "private": False})
    assert isinstance(made, Account)
    assert (made.nodes, made.key_file, made.private) == (3, None, False)
    assert made.token.get_secret_value() == "s3cret"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"account": "1234"}, "API token: it is needed"),
        ({"account": "1234", "token": "abc"}, "API token: it is too short"),
        ({"account": "1234", "token": "s3cret", "nodes": 12}, "Nodes: it takes at most 9"),
    ],
)
def test_what_is_wrong_is_said_without_the_value(values: dict[str, str | int], said: str) -> None:
    with pytest.raises(UsageError) as told:
        configured(Account, dict(values))
    assert str(told.value) == said


def test_what_no_form_can_ask_for() -> None:
    class Nested(BaseModel):
        accounts: list[Account]

    class Other(BaseModel):
        ratio: float

    for model in (Nested, Other):
        with pytest.raises(PluginError, match="is of a type that no form has"):
            form_fields(model, {})
    with pytest.raises(PluginError, match="no pydantic model"):
        form_fields(str, {})  # type: ignore[arg-type]
