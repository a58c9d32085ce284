"""A real PrestoDB with a Hive catalogue on a file metastore: one process on loopback.

`python -m tests.servers.presto_server [FOLDER]` starts one, prints its address, and stops it on Enter.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.servers import maven, moto_server
from tests.servers.hive import Layout, by_hand, serving
from tests.servers.metastore import metastore

VERSION = "0.287"
ASM = "9.7.1"
"""What PrestoDB brings, 9.0, can't read the classes of Java 17."""
CATALOGUE = {
    "connector.name": "hive-hadoop2",
    "hive.metastore": "file",
    "hive.metastore.catalog.dir": "file://{folder}/metastore",
    "hive.non-managed-table-writes-enabled": "true",
    "hive.allow-drop-table": "true",
    "hive.allow-rename-table": "true",
}
OPENED = (
    "java.io java.lang java.lang.invoke java.lang.ref java.lang.reflect java.math java.net java.nio java.nio.charset "
    "java.security java.text java.time java.util java.util.concurrent java.util.concurrent.atomic java.util.regex "
    "javax.security.auth javax.security.auth.login sun.net.util sun.nio.ch sun.security.action"
)
JVM = (
    "-Djdk.attach.allowAttachSelf=true",
    *(f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in OPENED.split()),
)


def on_s3(url: str, thrift: str) -> dict[str, str]:
    """The settings of a catalogue on a metastore of its own: the one of files refuses tables that are in a store."""
    keys = moto_server.CREDENTIALS
    return {
        **{name: value for name, value in CATALOGUE.items() if not name.startswith("hive.metastore")},
        "hive.metastore.uri": thrift,
        "hive.s3.endpoint": url,
        "hive.s3.path-style-access": "true",
        "hive.s3.ssl.enabled": "false",
        "hive.s3.aws-access-key": keys["AWS_ACCESS_KEY_ID"],
        "hive.s3.aws-secret-key": keys["AWS_SECRET_ACCESS_KEY"],
    }


def get() -> Path:
    """The server's programs, brought when they are first asked for. Raises MissingError."""
    _passwords()
    return maven.brought(f"presto-{VERSION}", _bring)


def _passwords() -> Path:
    """The plugin that knows passwords, which a server comes without."""
    return maven.brought(f"presto-passwords-{VERSION}", _bring_passwords)


def find_java() -> Path:
    """The Java that runs it. Raises MissingError."""
    return maven.java(17, below=22)


def _bring(folder: Path) -> None:
    maven.copy_with_dependencies([f"com.facebook.presto:presto-main:{VERSION}"], folder / "lib")
    hive = maven.copy(f"com.facebook.presto:presto-hive-hadoop2:{VERSION}:zip", folder)
    maven.unzip(hive, folder / "plugin")
    for part in ("asm", "asm-analysis", "asm-tree", "asm-util"):
        newer = maven.copy(f"org.ow2.asm:{part}:{ASM}:jar", folder)
        for place in (folder / "lib", folder / "plugin" / f"presto-hive-hadoop2-{VERSION}"):
            (place / f"{part}-9.0.jar").unlink()
            shutil.copy(newer, place)
        newer.unlink()


def _bring_passwords(folder: Path) -> None:
    maven.unzip(maven.copy(f"com.facebook.presto:presto-password-authenticators:{VERSION}:zip", folder), folder)


@contextmanager
def running(folder: Path, settings: dict[str, str] | None = None, s3: str = "") -> Iterator[str]:
    """The address of a server that keeps all it has in a folder. settings: of its config.properties, beside ours.

    s3: the URL of the store that its catalogue reads and writes, too.
    """
    key = "http.authentication.jwt.key-file"
    with ExitStack() as stack:
        catalogue = on_s3(s3, stack.enter_context(metastore(folder / "metastore", s3))) if s3 else CATALOGUE
        main = "com.facebook.presto.server.PrestoServer"
        layout = Layout(find_java(), get(), main, JVM, catalogue, _passwords(), key)
        yield stack.enter_context(serving(layout, folder, settings or {}))


if __name__ == "__main__":
    by_hand(running)
