"""Regions that the library of AWS knows of by itself."""


def regions_of_eks() -> list[str]:
    """Those that have EKS; none where the library is not installed, or its settings cannot be used. Nobody is asked."""
    try:
        from botocore.exceptions import BotoCoreError
        from botocore.session import Session
    except ImportError:
        return []
    try:
        found: list[str] = Session().get_available_regions("eks")
    except BotoCoreError:
        return []
    return found
