"""A real Trino with a Hive catalogue on a file metastore: one process on loopback.

`python -m tests.servers.trino_server [FOLDER]` starts one, prints its address, and stops it on Enter.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import maven, moto_server
from tests.servers.hive import Layout, by_hand, serving

VERSION = "476"
PASSWORDS = "449"
"""The latest of the plugin that Maven Central has; what it has to do with a server has not changed since."""
LEAST_JAVA = 24
CATALOGUE = {
    "connector.name": "hive",
    "hive.metastore": "file",
    "hive.metastore.catalog.dir": "local://{folder}/metastore",
    "fs.native-local.enabled": "true",
    "local.location": "/",
    "hive.non-managed-table-writes-enabled": "true",
    "hive.security": "allow-all",
}
SETTINGS = {
    "iterative-optimizer-timeout": "1h",  # by the clock, which runs on while the machine does something else, or sleeps
    "http-server.authentication.allow-insecure-over-http": "true",
    "internal-communication.shared-secret": "what the nodes of a test's server know of each other",
}
JVM = ("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED")


def on_s3(url: str) -> dict[str, str]:
    """The settings of a catalogue by which it reads and writes a store."""
    keys = moto_server.CREDENTIALS
    return {
        "fs.native-s3.enabled": "true",
        "s3.endpoint": url,
        "s3.path-style-access": "true",
        "s3.region": keys["AWS_DEFAULT_REGION"],
        "s3.aws-access-key": keys["AWS_ACCESS_KEY_ID"],
        "s3.aws-secret-key": keys["AWS_SECRET_ACCESS_KEY"],
    }


def get() -> Path:
    """The server's programs, brought when they are first asked for. Raises MissingError."""
    _passwords()
    return maven.brought(f"trino-{VERSION}", _bring)


def _passwords() -> Path:
    """The plugin that knows passwords, which a server comes without."""
    return maven.brought(f"trino-passwords-{PASSWORDS}", _bring_passwords)


def find_java() -> Path:
    """The Java that runs it. Raises MissingError."""
    return maven.java(LEAST_JAVA)


def _bring(folder: Path) -> None:
    server = maven.copy(f"io.trino:trino-server-core:{VERSION}:tar.gz", folder)
    hive = maven.copy(f"io.trino:trino-hive:{VERSION}:zip", folder)
    shutil.unpack_archive(server, folder, filter="data")
    shutil.move(folder / f"trino-server-core-{VERSION}" / "lib", folder / "lib")
    shutil.rmtree(folder / f"trino-server-core-{VERSION}")
    maven.unzip(hive, folder / "plugin")
    server.unlink()


def _bring_passwords(folder: Path) -> None:
    maven.unzip(maven.copy(f"io.trino:trino-password-authenticators:{PASSWORDS}:zip", folder), folder)


@contextmanager
def running(folder: Path, settings: dict[str, str] | None = None, s3: str = "") -> Iterator[str]:
    """The address of a server that keeps all it has in a folder. settings: of its config.properties, beside ours.

    s3: the URL of the store that its catalogue reads and writes, too.
    """
    key = "http-server.authentication.jwt.key-file"
    catalogue = {**CATALOGUE, **(on_s3(s3) if s3 else {})}
    layout = Layout(find_java(), get(), "io.trino.server.TrinoServer", JVM, catalogue, _passwords(), key)
    with serving(layout, folder, {**SETTINGS, **(settings or {})}) as address:
        yield address


if __name__ == "__main__":
    by_hand(running)
