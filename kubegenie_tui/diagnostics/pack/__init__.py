"""The policy pack: the checks of the OPA Gatekeeper library over live objects, each a pure function of one object."""
