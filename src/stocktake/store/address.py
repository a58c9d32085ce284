"""Addresses of stores: a server's URL, or the path of a file."""

from __future__ import annotations

SCHEMES = ("postgresql://", "postgres://", "postgresql+psycopg://")


def is_server(address: str) -> bool:
    """Whether an address is that of a database server, and not the path of a file."""
    return address.startswith(SCHEMES)
