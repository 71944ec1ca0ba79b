"""A cluster of the command line's flags: its endpoint, and the secrets that are to be kept for it."""

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from kubegenie_tui.cli.connect import unlock_for
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.passphrase import open_safe, read_secret
from kubegenie_tui.domain.cluster import Registration, SecretPlace
from kubegenie_tui.domain.endpoint import (
    Endpoint,
    Login,
    Reference,
    check_endpoint,
    without_secret_arguments,
    wrong_server,
)
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.text import plain
from kubegenie_tui.domain.traits import Traits, labels_of
from kubegenie_tui.providers.describing import certificates_of, jump_of, key_of, login_of, plugin_of, reference_of

if TYPE_CHECKING:
    from kubegenie_tui.kube.auth.oidc_login import Prompt
    from kubegenie_tui.services import Services

OF_A_SERVER = (
    "ca_file", "ca_fingerprint", "tls_server_name", "proxy", "ssh_jump", "ssh_key", "ssh_host_key", "oidc_issuer",
    "oidc_ca_file", "oidc_client_id", "oidc_login", "oidc_device", "oidc_refresh_token_stdin", "default_namespace",
    "token_stdin", "token_file", "client_certificate", "client_key", "username", "password_stdin", "exec", "secret",
    "as_user", "as_groups",
)  # fmt: skip


async def add_cluster(services: "Services", arguments: argparse.Namespace) -> str:
    """Remember what the command line describes; its name.

    Raises:
        KubeGenieError: it cannot be used, looked at, or kept.
    """
    registrar = services.manager.registrar
    traits = Traits(labels=labels_of(arguments.label), read_only=arguments.read_only)
    if arguments.from_secret:
        return await _add_from_secret(services, arguments)
    if not arguments.server:
        stray = [name for name in OF_A_SERVER if getattr(arguments, name)]
        if stray:
            flag = f"--{stray[0].replace('_', '-')}"
            raise UsageError(f"{flag} goes with --server", "a kubeconfig says this itself", "give --server URL")
        return await registrar.register(Path(arguments.what), arguments.context or "", traits)
    endpoint, secrets = _described(arguments)
    if arguments.oidc_login or arguments.oidc_device:
        endpoint, secrets = await _logged_in(services, endpoint, secrets, device=arguments.oidc_device)
    check_endpoint(endpoint)
    if arguments.ca_fingerprint:
        from kubegenie_tui.providers.endpoints import trusting

        endpoint = await trusting(endpoint, arguments.ca_fingerprint)
    if secrets:
        await open_safe(services.store.safe)
    await registrar.add(Registration(arguments.what, endpoint=endpoint), secrets, traits)
    return str(arguments.what)


async def _logged_in(
    services: "Services", endpoint: Endpoint, secrets: dict[str, str], *, device: bool
) -> tuple[Endpoint, dict[str, str]]:
    """With the token of a person who logs in now."""
    from kubegenie_tui.agents.logging_in import CLIENT_SECRET, REFRESH, token_of
    from kubegenie_tui.agents.secrets import Secrets

    if endpoint.login is None or REFRESH in endpoint.secrets:
        why = "no issuer is named" if endpoint.login is None else "there is a refresh token already"
        raise UsageError("There is nothing to log in for", why, "give --oidc-issuer, and no token")
    where = endpoint.secrets.get(CLIENT_SECRET)
    secret = await Secrets(services.store.safe).fetch("", CLIENT_SECRET, where) if where else ""
    gained = await token_of(endpoint.login, secret, prompted, device=device)
    if gained.words:
        sys.stderr.write(f"You are logged in{gained.words}\n")
    return gained.put(endpoint, secrets)


async def log_in(services: "Services", arguments: argparse.Namespace) -> int:
    """`kubegenie clusters login NAME`.

    Raises:
        KubeGenieError: they are not let in, or it cannot be kept.
    """
    from kubegenie_tui.agents.logging_in import log_in_anew
    from kubegenie_tui.agents.secrets import Secrets

    registrar = services.manager.registrar
    registrar.registration(arguments.name)
    await open_safe(services.store.safe)
    secrets = Secrets(services.store.safe)
    gained = await log_in_anew(registrar, secrets, arguments.name, prompted, device=arguments.device)
    sys.stdout.write(f"You are logged in for {plain(arguments.name)}{gained.words}\n")
    return Exit.OK


def prompted(prompt: "Prompt") -> None:
    """Say what a person has to do, where they look, and open it where that can be."""
    from kubegenie_tui.agents.logging_in import open_browser

    code = f"The code is {plain(prompt.code)}\n" if prompt.code else ""
    sys.stderr.write(f"Log in there, this waits for it:\n{plain(prompt.url)}\n{code}")
    sys.stderr.flush()
    open_browser(prompt.url)


async def _add_from_secret(services: "Services", arguments: argparse.Namespace) -> str:
    from kubegenie_tui.agents.from_secrets import register_from

    stray = [name for name in ("server", *OF_A_SERVER) if getattr(arguments, name)]
    namespace, _, name = arguments.from_secret.partition("/")
    if stray or not namespace or not name or "/" in name or not arguments.of_cluster:
        what = f"--{stray[0].replace('_', '-')} does not go with --from-secret" if stray else "The Secret is not named"
        raise UsageError(what, next_step="write --from-secret NAMESPACE/NAME --of-cluster CLUSTER NAME")
    await unlock_for(services, [arguments.of_cluster])
    mother = await services.manager.open(arguments.of_cluster)
    await open_safe(services.store.safe)
    place = SecretPlace(mother.name, namespace, name, arguments.secret_key)
    made = await register_from(mother, place, services.manager.registrar, arguments.what)
    await services.manager.registrar.say(made, Traits(labels_of(arguments.label), read_only=arguments.read_only))
    return made


def _described(arguments: argparse.Namespace) -> tuple[Endpoint, dict[str, str]]:
    if wrong := wrong_server(arguments.server):
        raise UsageError(f"--server cannot be used: {wrong}")
    secrets = _given(arguments)
    references = dict(map(reference_of, arguments.secret))
    if twice := secrets.keys() & references.keys():
        raise UsageError(f"{min(twice)} is given twice", next_step="keep it here, or name where it is")
    plugin = plugin_of(arguments.exec)
    if plugin is not None:
        plugin, sealed = without_secret_arguments(plugin)
        secrets |= sealed
    endpoint = Endpoint(
        arguments.server.rstrip("/"),
        ca=certificates_of(arguments.ca_file, "authority"),
        server_name=arguments.tls_server_name,
        proxy_url=arguments.proxy,
        jump=jump_of(arguments.ssh_jump, arguments.ssh_key, arguments.ssh_host_key),
        namespace=arguments.default_namespace,
        token_file=str(Path(arguments.token_file).expanduser().absolute()) if arguments.token_file else "",
        certificate=certificates_of(arguments.client_certificate, "certificate"),
        username=arguments.username,
        plugin=plugin,
        login=_login(arguments),
        as_user=arguments.as_user,
        as_groups=tuple(arguments.as_groups),
        secrets={**{field: Reference("safe") for field in secrets}, **references},
        saved=time.time(),
    )
    return endpoint, secrets


def _login(arguments: argparse.Namespace) -> Login | None:
    if not arguments.oidc_issuer:
        return None
    return login_of(arguments.oidc_issuer, arguments.oidc_client_id, arguments.oidc_ca_file)


def _given(arguments: argparse.Namespace) -> dict[str, str]:
    """The secrets that are to be kept."""
    if arguments.token_stdin + arguments.password_stdin + arguments.oidc_refresh_token_stdin > 1:
        raise UsageError("A token and a password cannot both say who we are", next_step="give one of them")
    secrets = {}
    if arguments.client_key:
        secrets["key"] = key_of(arguments.client_key)
    if arguments.token_stdin:
        secrets["token"] = read_secret("Token")
    if arguments.password_stdin:
        secrets["password"] = read_secret("Password")
    if arguments.oidc_refresh_token_stdin:
        secrets["refresh_token"] = read_secret("Refresh token")
    return secrets
