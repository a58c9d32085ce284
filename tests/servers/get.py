"""Brings PrestoDB and Trino into the cache, so that no test waits for it; says what is missing on this machine."""

from __future__ import annotations

import sys

from tests.servers import maven, presto_server, trino_server

if __name__ == "__main__":
    for server in (presto_server, trino_server):
        try:
            server.find_java()
            server.get()
        except maven.MissingError as error:
            print(error, file=sys.stderr)  # noqa: T201
