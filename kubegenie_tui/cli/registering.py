"""A cluster of the command line's flags: its endpoint, and the secrets that are to be kept for it."""

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from kubegenie_tui.cli.connect import unlock_for
from kubegenie_tui.cli.passphrase import open_safe, read_secret
from kubegenie_tui.domain.cluster import Registration, SecretPlace
from kubegenie_tui.domain.endpoint import Endpoint, Login, Reference, check_endpoint, read_reference, wrong_server
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.traits import Traits, labels_of
from kubegenie_tui.providers.describing import jump_of, plugin_of, read_pem

if TYPE_CHECKING:
    from kubegenie_tui.services import Services

OF_A_SERVER = (
    "ca_file", "ca_fingerprint", "tls_server_name", "proxy", "ssh_jump", "ssh_key", "ssh_host_key",
    "oidc_issuer", "oidc_client_id", "oidc_refresh_token_stdin", "default_namespace", "token_stdin", "token_file",
    "client_certificate", "client_key", "username", "password_stdin", "exec", "secret", "as_user", "as_groups",
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
    check_endpoint(endpoint)
    if arguments.ca_fingerprint:
        from kubegenie_tui.providers.endpoints import trusting

        endpoint = await trusting(endpoint, arguments.ca_fingerprint)
    if secrets:
        await open_safe(services.store.safe)
    await registrar.add(Registration(arguments.what, endpoint=endpoint), secrets, traits)
    return str(arguments.what)


async def _add_from_secret(services: "Services", arguments: argparse.Namespace) -> str:
    from kubegenie_tui.agents.from_secrets import register_from

    stray = [name for name in ("server", *OF_A_SERVER) if getattr(arguments, name)]
    namespace, slash, name = arguments.from_secret.partition("/")
    if stray or not slash or not arguments.of_cluster:
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
    references = dict(map(read_reference, arguments.secret))
    if twice := secrets.keys() & references.keys():
        raise UsageError(f"{min(twice)} is given twice", next_step="keep it here, or name where it is")
    endpoint = Endpoint(
        arguments.server.rstrip("/"),
        ca=read_pem(arguments.ca_file, "authority"),
        server_name=arguments.tls_server_name,
        proxy_url=arguments.proxy,
        jump=jump_of(arguments.ssh_jump, arguments.ssh_key, arguments.ssh_host_key),
        namespace=arguments.default_namespace,
        token_file=str(Path(arguments.token_file).expanduser().absolute()) if arguments.token_file else "",
        certificate=read_pem(arguments.client_certificate, "certificate"),
        username=arguments.username,
        plugin=plugin_of(arguments.exec),
        login=Login(arguments.oidc_issuer, arguments.oidc_client_id) if arguments.oidc_issuer else None,
        as_user=arguments.as_user,
        as_groups=tuple(arguments.as_groups),
        secrets={**{field: Reference("safe") for field in secrets}, **references},
        saved=time.time(),
    )
    return endpoint, secrets


def _given(arguments: argparse.Namespace) -> dict[str, str]:
    """The secrets that are to be kept."""
    if arguments.token_stdin + arguments.password_stdin + arguments.oidc_refresh_token_stdin > 1:
        raise UsageError("A token and a password cannot both say who we are", next_step="give one of them")
    secrets = {}
    if arguments.client_key:
        secrets["key"] = read_pem(arguments.client_key, "key")
    if arguments.token_stdin:
        secrets["token"] = read_secret("Token")
    if arguments.password_stdin:
        secrets["password"] = read_secret("Password")
    if arguments.oidc_refresh_token_stdin:
        secrets["refresh_token"] = read_secret("Refresh token")
    return secrets
