"""The house's own tasks, for a machine that has Python 3.11 and pip alone.

    python3 tasks.py demo      install, then run the demo and print its report
    python3 tasks.py test      install, then run every test
    python3 tasks.py check     install, then run every check of style, types, imports and generated pages
    python3 tasks.py install   install what the tests and checks need, and nothing else

Everything is installed inside this folder: `.venv` (the locked dependencies) and `.venv-uv` (the installer itself).
Words after the task go to the program that it runs: `python3 tasks.py test tests/schema -x`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
UV_FOLDER = HERE / ".venv-uv"
UV_VERSION = "0.13.9"
WINDOWS = os.name == "nt"
UV_PROGRAM = UV_FOLDER / "bin" / ("uv.exe" if WINDOWS else "uv")
NO_INSTALLER = """\
This Python has neither pip nor the parts of venv that bring it: {python}
  fix: on Debian or Ubuntu, `apt install python3-pip` or `apt install python3-venv`; elsewhere, `python3 -m ensurepip`
"""
CHECKS = (
    ("uv", "lock", "--check", "--quiet"),
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
    ("sqlfluff", "lint", "src/stocktake/library"),
    ("python", "tools/refresh_docs.py", "--check"),
)


def main(words: list[str]) -> int:
    """Run one task and give its exit code: 0 done, 1 failed, 2 wrongly called or not installable."""
    if sys.version_info < (3, 11):
        print("Stocktake needs Python 3.11 or later; this is {}.{}.".format(*sys.version_info[:2]), file=sys.stderr)
        return 2
    task, rest = (words[0], words[1:]) if words else ("", [])
    if task == "demo":
        install("--no-dev", "--inexact")
        code = run("stocktake", "demo", *rest)
        print(f"\n`. {HERE / '.venv' / 'bin' / 'activate'}` lets the shell find `stocktake`.", file=sys.stderr)
        return code
    if task in ("test", "check", "install"):
        install("--all-extras", "--all-groups")
        return test(rest) if task == "test" else check() if task == "check" else 0
    print(__doc__, file=sys.stderr)
    return 2


def install(*options: str) -> None:
    """Bring `.venv` to exactly what `uv.lock` says."""
    kept = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT")}
    command = [str(uv()), "sync", "--frozen", "--quiet", "--python", sys.executable, *options]
    done = subprocess.run(command, cwd=HERE, env={**kept, "UV_PYTHON_DOWNLOADS": "never"}, check=False)
    if done.returncode:
        sys.exit(f"The dependencies could not be installed (see above): {' '.join(command)}")


def uv() -> Path:
    """The installer, fetched once by pip into a folder of its own (a system Python may refuse to take packages)."""
    marker = UV_FOLDER / f"{UV_VERSION}.version"
    if UV_PROGRAM.exists() and marker.exists():
        return UV_PROGRAM
    pip = pip_command()
    wanted = ["--quiet", "--disable-pip-version-check", "--upgrade", "--target", str(UV_FOLDER), f"uv=={UV_VERSION}"]
    quiet = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
    if subprocess.run([*pip, "install", *wanted], env=quiet, check=False).returncode:
        sys.exit("pip could not fetch uv (see above); Stocktake's dependencies come from the Python package index.")
    marker.touch()
    return UV_PROGRAM


def pip_command() -> list[str]:
    """How to call pip: this Python's own, else one in a small environment made for it."""
    own = [sys.executable, "-m", "pip"]
    if subprocess.run([*own, "--version"], capture_output=True, check=False).returncode == 0:
        return own
    folder = HERE / ".venv-pip"
    made = subprocess.run([sys.executable, "-m", "venv", str(folder)], capture_output=True, check=False)
    if made.returncode:
        print(NO_INSTALLER.format(python=sys.executable), file=sys.stderr, end="")
        sys.exit(2)
    return [str(folder / ("Scripts" if WINDOWS else "bin") / "python"), "-m", "pip"]


def test(words: list[str]) -> int:
    """Run the tests; first install the real tools that some of them start, where the tests bring a script for it."""
    script = HERE / "tests" / "servers" / "install"
    if script.exists() and subprocess.run([str(script)], cwd=HERE, env=inside(), check=False).returncode:
        print("The real tools could not be installed (see above): the tests of them are skipped.", file=sys.stderr)
    return run("python", "-m", "pytest", "-n", str(min(os.cpu_count() or 1, 4)), "--dist", "worksteal", *words)


def check() -> int:
    """Run every check, all of them even when one fails, and name those that failed."""
    failed = [" ".join(command) for command in CHECKS if run(*command)]
    print("\n".join(["failed:", *failed]) if failed else "all checks passed", file=sys.stderr)
    return 1 if failed else 0


def run(program: str, *words: str) -> int:
    """Run a program of `.venv`, or the installer, in the current folder and give its exit code."""
    path = UV_PROGRAM if program == "uv" else HERE / ".venv" / ("Scripts" if WINDOWS else "bin") / program
    return subprocess.run([str(path), *words], env=inside(), check=False).returncode


def inside() -> dict[str, str]:
    """The environment of a program that runs in `.venv`."""
    folder = HERE / ".venv"
    programs = folder / ("Scripts" if WINDOWS else "bin")
    path = os.pathsep.join([str(programs), str(UV_FOLDER / "bin"), os.environ["PATH"]])
    return {**os.environ, "VIRTUAL_ENV": str(folder), "PATH": path}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
