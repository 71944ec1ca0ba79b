"""Tokens that are known by their form alone, as their makers document it."""

import re

JWT = re.compile(
    r"""eyJ(?<![A-Za-z0-9_-]eyJ)[A-Za-z0-9_-]{6,}(?:
        \.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)*
        |(?:[A-Za-z0-9_.-]*\\?["']\s{0,9}[+\\]?\s{0,9}\\?["'])(?:\.[A-Za-z0-9_-]{4,}|[A-Za-z0-9_-]+\.|eyJ[A-Za-z0-9_-]+|[A-Za-z0-9_-]{20,})[A-Za-z0-9_.-]*
        )*""",
    re.VERBOSE,
)
"""Also one of which a program prints the parts in quotes of their own."""

_FORMS = (
    ("sk-", r"sk-[\w-]{16,}"),
    ("k_", r"(?:sk|rk|pk|gsk)_[\w-]{16,}"),
    ("whsec_", r"whsec_[\w+/=-]{16,}"),
    ("gh", r"gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{20,}"),
    ("gl", r"gl(?:pat|ptt|dt|rt|ft|soat|cbt|agent|imt|ffct|oas)-[\w.-]{16,}"),
    ("GR1348941", r"GR1348941[\w-]{16,}"),
    ("xox", r"xox[abeoprs]-[\w-]{8,}"),
    ("xapp-", r"xapp-[\w-]{8,}"),
    ("xai-", r"xai-[\w-]{16,}"),
    ("IA", r"(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    ("AGPA", r"AGPA[0-9A-Z]{16}\b"),
    ("AIDA", r"AIDA[0-9A-Z]{16}\b"),
    ("AROA", r"AROA[0-9A-Z]{16}\b"),
    ("AIza", r"AIza[\w-]{30,}"),
    ("AGE-SECRET-KEY-", r"AGE-SECRET-KEY-1[0-9A-Z]{20,}"),
    ("ATATT3", r"ATATT3[\w=-]{16,}"),
    ("IQoJ", r"IQoJ[A-Za-z0-9+/=%]{12,}"),
    ("FwoG", r"FwoG[A-Za-z0-9+/=%]{12,}"),
    ("FQoG", r"FQoG[A-Za-z0-9+/=%]{12,}"),
    ("LTAI", r"LTAI[A-Za-z0-9]{16,}"),
    ("ya29.", r"ya29\.[\w-]{10,}"),
    ("GOCSPX-", r"GOCSPX-[\w-]{20,}"),
    ("1//0", r"1//0[\w-]{24,}"),
    ("hf_", r"hf_[A-Za-z0-9]{16,}"),
    ("npm_", r"npm_[A-Za-z0-9]{20,}"),
    ("pypi-", r"pypi-[\w-]{20,}"),
    ("rubygems_", r"rubygems_[0-9a-f]{20,}"),
    ("_v1_", r"do[por]_v1_[0-9a-f]{20,}"),
    ("SG.", r"SG\.[\w-]{10,}\.[\w-]{10,}"),
    ("hv", r"hv[sbr]\.[\w-]{16,}"),
    ("dckr_pat_", r"dckr_pat_[\w-]{16,}"),
    ("dapi", r"dapi[0-9a-h]{32}(?:-\d)?"),
    ("shp", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    ("gl", r"gl(?:sa|c)_[\w+/=-]{20,}"),
    ("NR", r"NR(?:AK|JS|II|IQ|BR|AA)-[\w-]{16,}"),
    ("PMAK-", r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),
    ("sntry", r"sntry[su]_[\w=+/-]{20,}"),
    ("sq", r"sq[pua]_[0-9a-f]{40}|sq0(?:atp|csp|idp)-[\w-]{20,}"),
    ("dp.", r"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[\w-]{2,35}\.)?[A-Za-z0-9]{40,44}"),
    ("pul-", r"pul-[0-9a-f]{40}"),
    ("pscale_", r"pscale_(?:tkn|oauth|pw)_[\w.=-]{20,}"),
    ("tskey-", r"tskey-[\w-]{20,}"),
    ("xkeysib-", r"xkeysib-[\w-]{30,}"),
    ("dt0", r"dt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{20,}"),
    ("lin_", r"lin_(?:api|oauth)_[A-Za-z0-9]{20,}"),
    ("ntn_", r"ntn_[A-Za-z0-9]{30,}"),
    (".atlasv1.", r"[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{40,}"),
    ("key-", r"key-[0-9a-f]{32}\b"),
    ("SK", r"SK[0-9a-f]{32}\b"),
    ("sha256~", r"sha256~[\w-]{20,}"),
    ("K10", r"K10[0-9a-f]{48,}::[\w-]{1,20}:[\w.-]{8,}"),
    ("token-", r"token-[a-z0-9]{5}:[a-z0-9]{40,}"),
    ("sdk-", r"sdk-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"),
    ("Q~", r"[\w~.-]{3}[78]Q~[\w~.-]{31,}"),
    (":AA", r"(?:(?<=bot)|(?<![A-Za-z0-9]))\d{8,10}:AA[\w-]{32,}"),
    ("slack.com/", r"(?<=hooks\.slack\.com/services/)[\w/-]{10,}|(?<=hooks\.slack\.com/workflows/)[\w/-]{10,}"),
    ("/services/T", r"(?<=/services/)T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/\w{16,}"),
    ("/api/webhooks/", r"(?<=/api/webhooks/)[\w/-]{16,}"),
    ("/webhookb2/", r"(?<=/webhookb2/)[\w/@-]{16,}"),
    ("$", r"\$(?:1|2[abxy]|5|6|7|y|apr1|argon2[id]{1,2}|scrypt)\$[^\s:\"',;\\})]{8,}"),
    ("SCRAM-SHA", r"SCRAM-SHA-\d+\$\d+:[\w+/=$:]{20,}"),
)

KNOWN = tuple((hint, re.compile(form if form.startswith(("(?", "\\$")) else rf"\b(?:{form})")) for hint, form in _FORMS)
"""A word that must be in the text, and the form: what it finds is masked as a whole."""
BOOTSTRAP = re.compile(r"\.(?<![\w.-][a-z0-9]{6}\.)(?<=[a-z0-9]{6}\.)(?=[a-z]*[0-9])(?P<v>[a-z0-9]{16})(?![\w.-])")
"""The secret half of a token that nodes join with; the first half names its Secret."""
