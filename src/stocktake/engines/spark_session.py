"""A session of Spark: of this process, on a cluster, or of a Spark Connect server."""

from __future__ import annotations

import atexit
import logging
import os
import re
import shutil
import socket
import subprocess
import warnings
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from stocktake.engines.scratch import scratch
from stocktake.errors import EngineError, EngineMemoryError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LEAST_JAVA = 17
REMOTE = "sc://"
PORT = 15002
"""That of Spark Connect, where an address names none."""
FIX_JAVA = f"install Java {LEAST_JAVA} or later and let JAVA_HOME or PATH lead to it, or use a Spark Connect server"

LOGGING = Path(__file__).with_name("spark_log4j2.properties")

OF_A_PROCESS = {
    "spark.app.name": "stocktake",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
"""What a Spark that is started on this machine is told, unless the project says otherwise."""

OF_ONE_PROCESS = {
    "spark.driver.memory": "2g",
    "spark.sql.shuffle.partitions": "8",
    "spark.executor.heartbeatInterval": "1h",
    "spark.network.timeout": "24h",
    "spark.rpc.askTimeout": "120s",
}
"""Further, where it does all work itself. Its heart would beat for itself alone: a machine that slept would take it for
dead, and wait.
"""

OF_A_SESSION = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",  # times in the lake have no zone
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.compression.codec": "zstd",
    # Of a union below a window this rule makes a plan that Spark itself refuses (seen with 4.3.0).
    "spark.sql.optimizer.excludedRules": "org.apache.spark.sql.catalyst.optimizer.RemoveRedundantAliases",
}
"""What the meaning of every statement rests on: no project can say otherwise."""


def open_session(master: str, settings: Mapping[str, str]) -> SparkSession:
    """A session with no views of its own yet. master: `local[*]`, a cluster's address, or `sc://host:port`.

    A process has one Spark, which is started when it is first asked for and ends with the process. Raises EngineError
    where Spark or Java is missing, or where the process has a Spark elsewhere already.
    """
    check_client()
    # Its errors are told as problems; PySpark would print each with the whole stack besides.
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pandas, which PySpark looks for and nobody uses here
        session = _remote(master, settings) if master.startswith(REMOTE) else _started(master, settings)
    for name, value in OF_A_SESSION.items():
        session.conf.set(name, value)
    return session


def check_client() -> None:
    """Raises EngineError where PySpark is not installed."""
    try:
        import pyspark  # noqa: F401 - whether it is there
    except ImportError as error:
        problem = "Spark's client is not installed"
        raise EngineError("spark", problem, 'install it: pip install "stocktake[spark]"') from error


def greet(master: str) -> str:
    """What a session of a master would need, and has, as far as that is known before it starts. Raises EngineError."""
    check_client()
    if master.startswith(REMOTE):
        check_server(master)
        return "its Spark Connect server is up"
    check_java()
    return f"PySpark and Java are there; {master} is asked when a step needs it"


def _remote(address: str, settings: Mapping[str, str]) -> SparkSession:
    """A session of a Spark Connect server. Raises EngineError where none answers."""
    check_server(address)
    from pyspark.sql.connect.session import SparkSession as Remote

    builder = Remote.builder.remote(address)
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.create()  # type: ignore[return-value]  # the two share every method that is used here


def check_server(address: str) -> None:
    """Raises EngineError where nothing listens at `sc://host:port`: the client would try for many minutes."""
    parts = urlsplit(address)
    try:
        socket.create_connection((parts.hostname or "", parts.port or PORT), timeout=30).close()
    except (OSError, ValueError) as error:
        fix = "start the Spark Connect server, or let `master` lead to one that runs: sc://host:port"
        raise EngineError(f"spark at {address.partition(';')[0]}", f"it can't be reached: {error}", fix) from error


def _started(master: str, settings: Mapping[str, str]) -> SparkSession:
    """A session of this process's Spark, which is started where there is none yet."""
    from pyspark import SparkConf
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession as Local

    running = Local.getActiveSession()
    if running is not None:
        if running.sparkContext.master != master:
            problem = f"this process uses the Spark at {running.sparkContext.master} already"
            raise EngineError(
                f"spark at {master}", problem, "use one of the two through Spark Connect (sc://host:port)"
            )
        return running.newSession()
    check_java()
    own = OF_ONE_PROCESS if master.startswith("local") else {}
    conf = SparkConf().setMaster(master).setAll([*{**OF_A_PROCESS, **_java_options(), **own, **settings}.items()])
    try:
        return Local.builder.config(conf=conf).getOrCreate().newSession()
    except PySparkException as error:
        raise EngineError(f"spark at {master}", f"Spark does not start: {reason(error)}", FIX_JAVA) from error


def _java_options() -> dict[str, str]:
    """Where Spark's Java logs to, and keeps what does not fit into memory: a folder that goes with this process."""
    held = ExitStack()
    atexit.register(held.close)
    folder = held.enter_context(scratch("spark"))
    options = f'-Dlog4j2.configurationFile={LOGGING.as_uri()} "-Djava.io.tmpdir={folder}"'
    return {"spark.driver.defaultJavaOptions": options}


def check_java() -> None:
    """Raises EngineError where no Java, or too old a one, would be found by Spark."""
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if program is None or not Path(program).exists():
        where = f"JAVA_HOME is {home}, and there is no bin/java in it" if home else "there is no `java` on PATH"
        raise EngineError("spark", f"Spark needs Java: {where}", FIX_JAVA)
    told = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(?:1\.)?(\d+)', told)
    if version and int(version[1]) < LEAST_JAVA:
        raise EngineError("spark", f"Spark needs Java {LEAST_JAVA}, and {program} is {version[1]}", FIX_JAVA)


def name_of(session: SparkSession) -> str:
    """What Spark's own pages and logs know a session by."""
    if hasattr(session, "session_id"):
        return f"Spark Connect session {session.session_id}"
    return f"Spark application {session.sparkContext.applicationId}"


def reason(error: BaseException) -> str:
    """What an error of Spark says, without its plan and its stacks: the first line, and what at last caused it."""
    java = getattr(error, "java_exception", None)
    told = java.getMessage() if java is not None else str(error)
    lines = [line.strip(" ;") for line in str(told).splitlines() if line.strip()]
    causes = [line for line in lines[1:] if line.startswith(("Caused by: ", "java.lang.OutOfMemoryError"))]
    return "; ".join(dict.fromkeys([*lines[:1], *causes[-1:]])) or type(error).__name__


def failed(where: str, told: str, whose: str) -> EngineError:
    """A step that Spark took and did not end, with its remedy."""
    text, fix = f"Spark failed: {told} ({whose})", "look for its reason in Spark's log, then run this again"
    if any(each in told for each in ("OutOfMemory", "OUT_OF_MEMORY", "out of memory")):
        fix = "give it more: spark.driver.memory, spark.executor.memory, or more spark.sql.shuffle.partitions"
        return EngineMemoryError(where, text, fix)
    if "No space left" in told:
        fix = "make room on the disk, then run this again"
    return EngineError(where, text, fix)
