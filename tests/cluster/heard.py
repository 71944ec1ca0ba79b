"""A server hears of a role and its binding by watches of its own, a moment after it has stored them."""

import time

from kubernetes import client

PATIENCE = 30.0
"""Seconds after which a right that is waited for will not come."""


def until_allowed(official: client.ApiClient, who: dict[str, object], **request: str) -> None:
    """Wait until the server lets somebody do what was allowed.

    Args:
        official: who asks.
        who: `user` or `groups`, as a SubjectAccessReview has them.
        request: `verb`, `resource` and the other attributes.
    """
    reviews, deadline = client.AuthorizationV1Api(official), time.monotonic() + PATIENCE
    body = {"spec": {**who, "resourceAttributes": request}}
    while not reviews.create_subject_access_review(body).status.allowed:
        assert time.monotonic() < deadline, f"the server never let {who} {request}"
        time.sleep(0.02)
