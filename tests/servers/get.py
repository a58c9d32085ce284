"""Brings PrestoDB, Trino and Spark's client of S3 into the cache, so that no test waits; says what is missing."""

from __future__ import annotations

import sys

from tests.servers import maven, presto_server, spark, trino_server

if __name__ == "__main__":
    bringing = [presto_server.find_java, presto_server.get, trino_server.find_java, trino_server.get, spark.jars_of_s3]
    for bring in bringing:
        try:
            bring()
        except maven.MissingError as error:
            print(error, file=sys.stderr)  # noqa: T201
