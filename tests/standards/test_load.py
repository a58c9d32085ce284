"""Files are read with their headers, explained, put in order, and refused with every problem at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from stocktake.errors import Problem
from stocktake.schema import Schema
from stocktake.standards import Standards, load_files

Write = Callable[..., Path]
Load = Callable[[], Standards]
Problems = Callable[[], tuple[Problem, ...]]
BINARY = "SELECT\n    model_binary.id AS binary_id -- The binary.\nFROM graph.model_binary AS model_binary\n"


def test_a_file_tells_its_header_columns_and_types(write: Write, load: Load) -> None:
    """Each output column has a name, a type and what its comment says."""
    write(
        "young",
        BINARY.replace(" -- The", ", -- The").replace("binary.\n", "binary.\n    1.5 > 1 AS is_member -- Yes.\n", 1),
    )

    young = load()["young"]

    assert (young.says, young.version, young.owner, young.is_table) == ("A thing.", 1, "me", False)
    assert [(column.name, column.type, column.says) for column in young.columns.values()] == [
        ("binary_id", "VARCHAR", "The binary."),
        ("is_member", "BOOLEAN", "Yes."),
    ]
    assert young.reads == ("graph.model_binary",)


def test_every_problem_of_every_file_comes_with_line_and_remedy(write: Write, problems: Problems) -> None:
    """A loader that stopped at the first would make its user come back five times."""
    write("one", BINARY, header="-- definition: uno\n-- says: X.\n-- grain: g\n-- version: first\n-- colour: red\n")
    write("two", "SELECT\n    model_binary.id AS binary_id,\n    model_binary.name\nFROM binaries AS model_binary\n")

    found = {
        (Path(each.where.rpartition(":")[0]).name, each.where.rpartition(":")[2], each.problem) for each in problems()
    }

    assert found == {
        ("one.sql", "1", "the header names 'uno'"),
        ("one.sql", "5", "the header has an unknown key 'colour'"),
        ("one.sql", "1", "the header does not say owner"),
        ("one.sql", "1", "the header does not say source"),
        ("one.sql", "4", "the version is 'first'"),
        ("two.sql", "8", "the column binary_id is not explained"),
        ("two.sql", "9", "the column model_binary.name has no name"),
        ("two.sql", "10", "the table binaries AS model_binary is in no layer"),
    }
    assert all(each.fix for each in problems())


def test_a_later_folder_replaces_a_file_of_the_same_name(write: Write, tmp_path: Path, schema: Schema) -> None:
    """A project's own meaning wins over the shipped one."""
    shipped = write("young", BINARY).parent
    own = tmp_path / "own"
    own.mkdir()
    (own / "young.sql").write_text(
        (shipped / "young.sql").read_text("utf-8").replace("version: 1", "version: 2"), "utf-8"
    )

    assert load_files([shipped, own], [], schema)["young"].version == 2


def test_files_run_after_what_they_read(write: Write, load: Load) -> None:
    """The order follows from the SQL; the members of all definitions come after them."""
    write("a_table", "SELECT\n    z.binary_id AS binary_id -- It.\nFROM standard.z AS z\n", kind="table")
    write("z", BINARY)

    standards = load()

    assert standards.names.index("z") < standards.names.index("a_table")
    assert [each.name for each in standards.needed_for("a_table")] == ["z", "a_table"]


def test_a_circle_is_refused_with_its_way(write: Write, problems: Problems) -> None:
    """Two files that wait for each other would wait for ever."""
    for name, other in (("a", "b"), ("b", "a")):
        write(name, f"SELECT\n    {other}.binary_id AS binary_id -- It.\nFROM standard.{other} AS {other}\n")

    (found,) = problems()

    assert found.problem == "files read each other in a circle: standard.a → standard.b → standard.a"
    assert found.where.endswith("a.sql:9")


def test_an_unknown_table_is_refused_with_the_valid_names(write: Write, problems: Problems) -> None:
    """The remedy lists what there is."""
    write("young", BINARY.replace("graph.model_binary", "graph.model_binaries"))

    (found,) = problems()

    assert found.problem == "there is no table graph.model_binaries"
    assert "graph.model_binary_family" in found.fix


def test_an_unknown_column_is_refused(write: Write, problems: Problems) -> None:
    """DuckDB's words are told with the file that they are about."""
    write("young", BINARY.replace("model_binary.id", "model_binary.colour"))

    (found,) = problems()

    assert "colour" in found.problem
    assert found.where.endswith("young.sql:1")


def test_a_column_type_that_parquet_does_not_carry_alike_is_refused(write: Write, problems: Problems) -> None:
    """A sum of whole numbers is wider on DuckDB than elsewhere."""
    write("sizes", BINARY.replace("model_binary.id AS binary_id", "SUM(model_binary.size_bytes) AS size_bytes"))

    (found,) = problems()

    assert found.problem == "the column size_bytes is HUGEINT, which engines read differently"
    assert found.where.endswith("sizes.sql:8")


def test_only_one_select_per_file(write: Write, problems: Problems) -> None:
    """Two statements have no one result."""
    write("two", BINARY + ";" + BINARY)
    write("none", "DROP TABLE graph.model_binary")

    assert {each.problem for each in problems()} == {"2 statements", "the statement is no SELECT but DROP"}


def test_comments_and_spaces_change_nothing_of_what_a_file_means(write: Write, load: Load) -> None:
    """A plan compares the parsed query."""
    path = write("young", BINARY)
    before = load()["young"].sql
    path.write_text(
        path.read_text("utf-8").replace("    model", "        model").replace("The binary.", "Its id."), "utf-8"
    )

    assert load()["young"].sql == before


def test_a_definition_s_members_are_counted_without_naming_it_anywhere(write: Write, load: Load) -> None:
    """`standard.membership` is made of whatever definitions there are."""
    write("young", BINARY.replace(" -- The binary.", ", -- The binary.\n    TRUE AS is_member -- Yes."))
    write("other", BINARY)

    assert load()["membership"].reads == ("standard.young", "standard.run")


def test_an_absence_of_what_no_table_has_is_refused(write: Write, problems: Problems) -> None:
    """A misspelt field would excuse nothing, and nobody would know."""
    header = "".join(f"-- {key}: x\n" for key in ("says", "grain", "owner", "source")) + "-- version: 1\n"
    write("young", BINARY, header="-- definition: young\n" + header + "-- absence: owner_names\n")

    (found,) = problems()

    assert found.problem == "the absence of owner_names is read as a state, and no table has it"
