"""A token for a cluster of EKS: a request to AWS that says who we are, signed by us and sent by the cluster.

Source: aws-iam-authenticator, the format of its tokens. Nothing is asked of AWS unless a role is assumed.
"""

import base64
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from kubegenie_tui.providers.aws.assuming import assume
from kubegenie_tui.providers.aws.refusals import translated

_PREFIX = "k8s-aws-v1."
_VALID_SECONDS = 60
"""Within which a token must be used for the first time; the cluster then takes it for a quarter of an hour."""
_TAKEN = timedelta(minutes=14)
_HEADER = "x-k8s-aws-id"


def eks_token(cluster: str, region: str, profile: str = "", role: str = "") -> tuple[str, datetime]:
    """A token, and until when it is taken.

    Raises:
        ExtraMissing: the library of AWS is not installed.
        ProviderError: there are no credentials, or the role may not be assumed.
    """
    with translated("sts:GetCallerIdentity"):
        from botocore.session import Session

        session = Session(profile=profile or None)
        session.set_config_variable("region", region)
        if role:
            new_client = partial(session.create_client, region_name=region)
            session = assume(session.get_credentials(), new_client, role)
        url = _signed(session, cluster, region)
    encoded = base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
    return _PREFIX + encoded, datetime.now(UTC) + _TAKEN


def _signed(session: Any, cluster: str, region: str) -> str:
    from botocore.exceptions import NoCredentialsError
    from botocore.signers import RequestSigner

    if session.get_credentials() is None:
        raise NoCredentialsError
    client = session.create_client("sts", region_name=region)
    events = session.get_component("event_emitter")
    service = client.meta.service_model.service_id
    signer = RequestSigner(service, region, "sts", "v4", session.get_credentials(), events)
    request = {
        "method": "GET",
        "url": f"{client.meta.endpoint_url}/?Action=GetCallerIdentity&Version=2011-06-15",
        "body": {},
        "headers": {_HEADER: cluster},
        "context": {},
    }
    url: str = signer.generate_presigned_url(request, region_name=region, expires_in=_VALID_SECONDS, operation_name="")
    return url
