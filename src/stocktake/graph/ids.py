"""Ids of artifacts: a hash so short that an engine compares it as fast as a number, and people can read it out."""

from __future__ import annotations

LETTERS = r"[0-9A-Za-z._]{12}"
"""What an id is made of, as a regular expression: 72 bits, which a thousand million artifacts hardly share."""

CLAIM_KEY = "source || chr(31) || label || chr(31) || part"
"""SQL of a claim's key: what goes by no identifier has its id from it."""


def artifact_id(kind: str, namespace: str, value: str) -> str:
    """SQL of the id of what goes by an identifier, from SQL of its kind, and of the identifier's namespace and value."""
    told = f"sha256({kind} || chr(31) || {namespace} || chr(31) || {value})"
    # A slash parts ids from each other, and a plus is a space in an address.
    return f"REPLACE(REPLACE(TO_BASE64(UNHEX(LEFT({told}, 18))), '/', '_'), '+', '.')"
