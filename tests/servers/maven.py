"""Real servers' programs from Maven Central, brought once into the user's cache folder, and the Java that runs them."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import platformdirs

CACHE = platformdirs.user_cache_path("stocktake") / "servers"
PLACES = ("/usr/lib/jvm/*", "/opt/java/*", "/opt/*jdk*")


class MissingError(RuntimeError):
    """A part of the machine that a server needs is not there."""


def java(least: int, below: int = 1000) -> Path:
    """A `java` of a version from `least` on and under `below`. Raises MissingError with those that were found."""
    homes = [Path(home) for name, home in os.environ.items() if name.startswith("JAVA_HOME") and home]
    found = [Path(program)] if (program := shutil.which("java")) else []
    found += [home / "bin" / "java" for home in homes]
    found += [path / "bin" / "java" for place in PLACES for path in sorted(Path("/").glob(place[1:]))]
    versions = {path.resolve(): _version(path) for path in found if path.exists()}
    for path, version in versions.items():
        if least <= version < below:
            return path
    told = ", ".join(f"{version} at {path}" for path, version in versions.items()) or "none"
    wanted = f"Java {least} or later" if below == 1000 else f"Java {least} to {below - 1}"
    raise MissingError(f"real part missing: {wanted}; found: {told}")


def brought(name: str, make: Callable[[Path], None]) -> Path:
    """A folder of the cache, made by `make` when it is first asked for, whole or not at all.

    Several processes may ask at once: one makes it, the others wait.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    final = CACHE / name
    with _locked(CACHE / f".{name}.lock"):
        if not final.exists():
            for half in CACHE.glob(f".{name}-*"):
                shutil.rmtree(half, ignore_errors=True)
            hidden = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=CACHE))
            make(hidden)
            hidden.rename(final)
    return final


def copy(coordinates: str, folder: Path) -> Path:
    """One file from Maven Central into a folder. coordinates: `group:name:version:type`."""
    _maven("dependency:copy", f"-Dartifact={coordinates}", f"-DoutputDirectory={folder}")
    _, name, version, kind = coordinates.split(":")
    return folder / f"{name}-{version}.{kind}"


def unzip(path: Path, folder: Path) -> None:
    """Put the files of a zip into a folder, and take the zip away."""
    with zipfile.ZipFile(path) as file:  # shutil's leaves out every name with `..` in it, as `com.x...y.jar` has
        file.extractall(folder)
    path.unlink()


def copy_with_dependencies(coordinates: Sequence[str], folder: Path, without: str = "") -> None:
    """Programs and all that they need to run, as jars in a folder. coordinates: of each `group:name:version`.

    without: `group:name` of what they ask for and can do without.
    """
    told = "".join(f"<dependency>{_told(each)}{_exclusion(without)}</dependency>" for each in coordinates)
    with tempfile.TemporaryDirectory() as place:
        pom = Path(place) / "pom.xml"
        pom.write_text(
            '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
            "<groupId>stocktake</groupId><artifactId>server</artifactId><version>1</version>"
            f"<dependencies>{told}</dependencies></project>"
        )
        options = ("-DincludeScope=runtime", f"-DoutputDirectory={folder}")
        _maven("-f", str(pom), "dependency:copy-dependencies", *options)


def _told(coordinates: str) -> str:
    """Coordinates as a pom tells them."""
    parts = zip(("groupId", "artifactId", "version"), coordinates.split(":"), strict=False)
    return "".join(f"<{name}>{value}</{name}>" for name, value in parts)


def _exclusion(without: str) -> str:
    return f"<exclusions><exclusion>{_told(without)}</exclusion></exclusions>" if without else ""


def _maven(*words: str) -> None:
    """Run Maven. Raises MissingError where there is none, or where it can't bring what is asked for."""
    program = shutil.which("mvn")
    if program is None:
        raise MissingError("real part missing: `mvn`, which brings the servers; install maven")
    done = subprocess.run([program, "-B", "-q", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        told = (done.stdout + done.stderr).strip()[-1000:]
        raise MissingError(f"real part missing: Maven can't bring {words[-2:]}: {told}")


def _version(program: Path) -> int:
    """The version of a `java`; 0 where it does not say."""
    told = subprocess.run([str(program), "-version"], capture_output=True, text=True, check=False).stderr
    match = re.search(r'version "(?:1\.)?(\d+)', told)
    return int(match[1]) if match else 0


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Nobody else is in here meanwhile; a process that ends leaves the lock free."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
