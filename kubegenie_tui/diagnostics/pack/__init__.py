"""The policy pack: checks over live objects, each a pure function of one; most are of the OPA Gatekeeper library."""
