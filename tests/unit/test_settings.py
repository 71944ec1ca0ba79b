from pathlib import Path

import pytest

from kubegenie_tui.domain.errors import SettingsError
from kubegenie_tui.settings import Settings, load_settings
from kubegenie_tui.settings_reference import reference


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def test_nothing_need_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBEGENIE_HOME", str(tmp_path))
    assert load_settings(environ={}) == Settings()


def test_the_file_of_the_configuration_directory_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBEGENIE_HOME", str(tmp_path))
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text("[ui]\nreduce_motion = true\n")
    assert load_settings(environ={}).ui.reduce_motion


def test_every_section_is_read(file: Path) -> None:
    file.write_text(
        '[model]\nbase_url = "http://localhost:1/v1"\nname = "m"\n[ui]\ntheme = "light"\ntree = false\n'
        '[clusters]\nread_only = true\n[keys]\ntoggle-tree = "f2,ctrl+b"\n'
    )
    settings = load_settings(file, {})
    assert (settings.model.base_url, settings.model.name) == ("http://localhost:1/v1", "m")
    assert (settings.ui.theme, settings.ui.tree, settings.ui.genie) == ("light", False, True)
    assert settings.clusters.read_only
    assert settings.keys == {"toggle-tree": "f2,ctrl+b"}


def test_the_environment_wins(file: Path) -> None:
    file.write_text('[model]\nbase_url = "http://file/v1"\nname = "file"\n[ui]\ntheme = "light"\n')
    environ = {
        "KUBEGENIE_MODEL_URL": "http://env/v1",
        "KUBEGENIE_MODEL": "env",
        "KUBEGENIE_UI_THEME": "terminal",
        "KUBEGENIE_UI_REDUCE_MOTION": "true",
        "KUBEGENIE_CLUSTERS_READ_ONLY": "1",
        "KUBEGENIE_SERVICE_HOST": "10.0.0.1",
    }
    settings = load_settings(file, environ)
    assert (settings.model.base_url, settings.model.name, settings.ui.theme) == ("http://env/v1", "env", "terminal")
    assert settings.ui.reduce_motion
    assert settings.clusters.read_only


def test_openai_base_url_speaks_only_when_nothing_else_does(file: Path) -> None:
    file.write_text("")
    environ = {"OPENAI_BASE_URL": "http://openai/v1"}
    assert load_settings(file, environ).model.base_url == "http://openai/v1"
    file.write_text('[model]\nbase_url = "http://file/v1"\n')
    assert load_settings(file, environ).model.base_url == "http://file/v1"


def test_the_key_comes_from_the_named_variable(file: Path) -> None:
    file.write_text('[model]\napi_key_env = "TEAM_KEY"\n')
    model = load_settings(file, {}).model
    assert model.api_key({"TEAM_KEY": "k", "OPENAI_API_KEY": "other"}) == "k"
    assert model.api_key({}) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[ui]\nthemes = 'dark'\n", ['"ui.themes"', "did you mean ui.theme?"]),
        ("[iu]\ntheme = 'dark'\n", ['"iu"', "did you mean ui?"]),
        ("zebra = 1\n", ['"zebra"', "known here: model, ui, clusters, keys"]),
        ("[ui]\ntheme = 'pink'\n", ['"ui.theme"', "pink", '"high-contrast"']),
        ("[ui]\nreduce_motion = 'yes'\n", ['"ui.reduce_motion"', "expected bool", "allowed: true or false"]),
        ("[chats]\nkeep_days = 'x'\n", ['"chats.keep_days"', "expected int", "allowed: a whole number"]),
        ("ui = 3\n", ['"ui"', "expected object", "allowed: a table"]),
        ("[keys]\nhelp = 1\n", ['"keys"', "allowed: a table of text by name"]),
        ("[policy]\nreplica = '3-5'\n", ['"policy.replica"', "did you mean policy.replicas?"]),
        ("[policy]\nreplicas = 'some'\n", ['policy.replicas is "some"', "no range", "such as 3-50"]),
        ("[policy]\nrequired_labels = 'a=('\n", ['policy.required_labels is "a=("', "not a regular expression"]),
        ("[genie]\nact_as = 'a b'\n", ["whom the genie acts as", '"a b" is no name', "set genie.act_as"]),
        ("[genie]\nact_as_groups = 'ops'\n", ["whom the genie acts as", "no user that they could be of"]),
        ("[ui\n", ["not TOML", "line 1"]),
        ("[mcp.x]\ntier = 'read'\n", ['"mcp.x"', "set either command or url"]),
        ("[mcp.x]\ncommand = ['a']\nurl = 'http://b'\n", ['"mcp.x"', "set either command or url"]),
        ("[mcp.x]\nurl = 'file:///b'\n", ['"mcp.x.url"', "neither http:// nor https://"]),
        ("[mcp.X]\ncommand = ['a']\n", ['"mcp.X"', "give it another name"]),
        ("[mcp.x]\ncommand = ['a']\ntier = 'write'\n", ['"mcp.x.tier"', '"ask", "read"']),
        ("[mcp.x]\ncommand = ['a']\nheaders = { a = 'b' }\n", ["mcp.x.headers", "the server is started, not called"]),
        ("[mcp.x]\nurl = 'http://b'\nheaders = { a = '${}' }\n", ["mcp.x.headers.a", "refers to nothing"]),
        (
            "[mcp.x]\nurl = 'http://b'\nheaders = { a = '${keyring:A b}' }\n",
            ["mcp.x.headers.a", "kubegenie mcp key set"],
        ),
        ("[mcp.x]\nurl = 'http://b'\nheaders = { 'a b' = 'c' }\n", ["mcp.x.headers", "cannot be sent"]),
        (
            "[mcp.x]\nurl = 'http://b'\ntools = { a = 'write' }\n",
            ['"mcp.x.tools', 'a table of "ask", "read", "off" by name'],
        ),
        ("[mcp.x]\ncomand = ['a']\n", ['"mcp.x.comand"', "did you mean mcp.x.command?"]),
    ],
)
def test_what_cannot_be_used_is_named(file: Path, text: str, said: list[str]) -> None:
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings(file, {})
    message = str(caught.value)
    assert str(file) in message
    for part in said:
        assert part in message


def test_a_bad_variable_is_named(file: Path) -> None:
    file.write_text("")
    with pytest.raises(SettingsError) as caught:
        load_settings(file, {"KUBEGENIE_UI_REDUCE_MOTION": "perhaps"})
    assert "KUBEGENIE_UI_REDUCE_MOTION" in str(caught.value)
    assert "true or false" in caught.value.next_step


def test_a_named_file_must_exist(file: Path) -> None:
    with pytest.raises(SettingsError, match="no settings file"):
        load_settings(file, {})


def test_a_directory_in_its_place_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path, {})


def test_the_committed_reference_is_what_the_code_says() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"
    assert page.read_text(encoding="utf-8") == reference()


def test_models_have_names_of_ones_own(file: Path) -> None:
    file.write_text(
        '[models.big]\nbase_url = "http://big/v1"\nname = "b"\nkey_from = "keyring"\ncontext = 9000\n'
        'input_price = 1\nheaders = { "api-key" = "${BIG_KEY}" }\nextra_body = { temperature = 0.1 }\n'
    )
    [(name, model)] = load_settings(file, {}).models.items()
    assert (name, model.base_url, model.key_from, model.context, model.input_price) == (
        "big", "http://big/v1", "keyring", 9000, 1.0,
    )  # fmt: skip
    assert model.header_values({"BIG_KEY": "value"}) == {"api-key": "value"}
    assert model.extra_body == {"temperature": 0.1}


KEY = "sk-proj-0123456789abcdefghij"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f'[model]\napi_key = "{KEY}"\n', "model.api_key"),
        (f'[models.big]\ntoken = "{KEY}"\n', "models.big.token"),
        (f'[model]\napi_key_env = "{KEY}"\n', "api_key_env"),
        (f'[models.big]\nheaders = {{ Authorization = "Bearer {KEY}" }}\n', "headers.Authorization"),
        ('[models.big]\nheaders = { "x-api-key" = "short" }\n', "headers.x-api-key"),
        (f'[model]\nheaders = {{ x-any = "{KEY}" }}\n', "headers.x-any"),
        (f'[model]\nextra_body = {{ deep = [{{ any = "{KEY}" }}] }}\n', "extra_body.any"),
        ('[model]\nheaders = { "x-team-key" = "f00dfeedf00dfeed" }\n', "headers.x-team-key"),
        ('[model]\nheaders = { "X-Auth" = "hunter2" }\n', "headers.X-Auth"),
        ('[model]\nextra_body = { key = "hunter2" }\n', "extra_body.key"),
        ('[model]\nextra_body = { user = { dbPassword = "hunter2" } }\n', "extra_body.dbPassword"),
        ('[model]\nextra_body = { tokens = "x", client_secret = ["hunter2"] }\n', "extra_body.client_secret"),
        ('[model]\nbase_url = "https://jane:hunter2hunter2@llm.example/v1"\n', "base_url"),
        (f'[model]\nbase_url = "https://llm.example/v1?api_key={KEY}"\n', "base_url"),
        ('[model]\nproxy = "http://jane:hunter2hunter2@proxy:3128"\n', "proxy"),
    ],
)
def test_a_key_in_the_file_is_refused_and_not_repeated(file: Path, text: str, place: str) -> None:
    file.write_text(text)
    with pytest.raises(SettingsError) as raised:
        load_settings(file, {})
    assert place in raised.value.what
    assert "never kept in a file" in raised.value.why
    assert "api_key_env" in raised.value.next_step
    assert KEY not in str(raised.value)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (
            f'[mcp.x]\nurl = "https://x"\nheaders = {{ Authorization = "Bearer {KEY}" }}\n',
            "mcp.x.headers.Authorization",
        ),
        (f'[mcp.x]\nurl = "https://x"\nheaders = {{ "x-any" = "${{A}} {KEY}" }}\n', "mcp.x.headers.x-any"),
        (f'[mcp.x]\nurl = "https://x"\nheaders = {{ "x-token" = "{KEY[:6]}" }}\n', "mcp.x.headers.x-token"),
        (f'[mcp.x]\nurl = "https://u:{KEY}@x"\n', "mcp.x.url"),
    ],
)
def test_a_key_of_a_server_of_others_is_refused_and_not_repeated(file: Path, text: str, place: str) -> None:
    file.write_text(text)
    with pytest.raises(SettingsError) as raised:
        load_settings(file, {})
    assert place in raised.value.what
    assert "never kept in a file" in raised.value.why
    assert "kubegenie mcp key set" in raised.value.next_step
    assert KEY[:6] not in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        '[model]\nbase_url = "http://127.0.0.1:11434/v1"\nname = "hf.co/unsloth/Qwen3-30B-A3B-GGUF:Q4_K_M"\n',
        '[model]\nheaders = { "HTTP-Referer" = "https://example.com", "X-Title" = "KubeGenie" }\n',
        '[model]\nheaders = { Authorization = "Bearer ${TOKEN}" }\n',
        "[model]\nextra_body = { chat_template_kwargs = { enable_thinking = false } }\n",
        '[model]\nextra_body = { prompt_cache_key = "shop", auth_type = "mtls", tokens = "all" }\n',
        '[model]\nheaders = { "x-team-key" = "${TEAM_KEY}", "x-cache-key" = "shop" }\n',
        '[model]\nextra_body = { stop_token = "</s>", use_key = true, monkeys = "three", author = "jane" }\n',
        '[model]\nproxy = "http://proxy.example.com:3128"\n',
    ],
)
def test_what_is_no_key_is_not_taken_for_one(file: Path, text: str) -> None:
    file.write_text(text)
    load_settings(file, {})


@pytest.mark.parametrize("name", ["default", "built-in", "Big", "a/b"])
def test_a_model_needs_a_name_that_can_be_typed(file: Path, name: str) -> None:
    file.write_text(f'[models."{name}"]\nname = "x"\n')
    with pytest.raises(SettingsError, match="models"):
        load_settings(file, {})
