"""A real Hive metastore that takes tables of a store too: one process on loopback, of the jars that PySpark brings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import maven, moto_server
from tests.servers.process import free_port, running
from tests.servers.spark import jars, jars_of_s3

SETTINGS = {
    "javax.jdo.option.ConnectionURL": "jdbc:derby:memory:metastore;create=true",
    "datanucleus.schema.autoCreateAll": "true",
    "hive.metastore.schema.verification": "false",
    "hive.metastore.warehouse.dir": "file://{folder}/warehouse",
    "hive.async.log.enabled": "false",
    "fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
    "fs.s3a.endpoint": "{s3}",
    "fs.s3a.path.style.access": "true",
}


@contextmanager
def metastore(folder: Path, s3: str) -> Iterator[str]:
    """Its address. folder: where it works; s3: the URL of the store that tables may be in. Raises MissingError."""
    port = free_port()
    folder.mkdir()
    told = {name: value.format(folder=folder, s3=s3) for name, value in SETTINGS.items()}
    lines = [f"<property><name>{name}</name><value>{value}</value></property>" for name, value in told.items()]
    (folder / "hive-site.xml").write_text(f"<configuration>{''.join(lines)}</configuration>")
    parts = os.pathsep.join([str(folder), f"{jars()}/*", *map(str, jars_of_s3())])
    server = "org.apache.hadoop.hive.metastore.HiveMetaStore"
    command = [
        str(maven.java(17)),
        "-Xmx512M",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        parts,
        server,
        "-p",
        str(port),
    ]
    with running(command, f"tcp://127.0.0.1:{port}", folder, moto_server.CREDENTIALS):
        yield f"thrift://127.0.0.1:{port}"
