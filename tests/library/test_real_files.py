"""No real file is left out: each is in a table of what a person counted in it."""

from __future__ import annotations

from tests.library import (
    test_real_airflow,
    test_real_dbt,
    test_real_feast,
    test_real_kserve,
    test_real_mlflow,
    test_real_openlineage,
    test_real_others,
    test_real_serving,
)
from tests.library.real_parts import DATA, real
from tests.library.test_git_saved import COUNTS

# They say what the data are, or are no answer of a tool: a model's own files beside its MLmodel.
APART = ("README.md", "MANIFEST.tsv", *test_real_mlflow.BESIDE)
# As the copies in tests/data/git, which the recorded company's saved files are as well.
SAVED = {"git", "acme-recorded/git"}


def counted() -> set[str]:
    """The files that have a count."""
    tables = [test_real_dbt.FILES, test_real_kserve.FILES, test_real_mlflow.FILES, test_real_openlineage.FILES]
    named = {path for table in (*tables, test_real_serving.FILES, test_real_feast.REGISTRIES) for path in table}
    named |= {f"acme-recorded/airflow/{name}" for name in test_real_airflow.FILES}
    named |= {*test_real_feast.STORES, *test_real_others.CARDS, *test_real_others.PIPELINE_FILES}
    return named


def test_every_real_file_has_a_committed_count() -> None:
    """A file that is added to the data has to be counted."""
    folder = real("")
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    wanted = {path for path in files if not path.endswith(APART) and path.rpartition("/")[0] not in SAVED}

    assert wanted - counted() == set()
    assert counted() <= files


def test_every_saved_git_file_has_a_committed_count() -> None:
    names = {path.name for path in DATA.glob("git/*") if path.name != "README.md"}

    assert real("git")
    assert names <= set(COUNTS)
    assert "acme" in COUNTS
