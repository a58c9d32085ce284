"""Kinds are read from folders; what is wrong is told all at once, with file, line and remedy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

import stocktake.library.kinds
from stocktake.errors import Problem, SchemaError
from stocktake.schema import Schema, load_schema

SHIPPED = Path(stocktake.library.kinds.__file__).parent
HEAD = "from datetime import datetime\nfrom stocktake.schema import Edge, Kind, attribute, edge, field\n"


@dataclass(frozen=True)
class Kinds:
    """A folder of kinds that a test writes."""

    folder: Path

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text((HEAD if name.endswith(".py") else "") + dedent(text).lstrip("\n"), "utf-8")
        return path

    def load(self) -> Schema:
        return load_schema([SHIPPED, self.folder])

    def problems(self) -> tuple[Problem, ...]:
        with pytest.raises(SchemaError) as caught:
            self.load()
        return caught.value.problems


@pytest.fixture
def kinds(tmp_path: Path) -> Kinds:
    return Kinds(tmp_path)


def test_the_shipped_kinds_come_in_schema_order() -> None:
    """Upstream kinds come first: an open claim goes to the first that fits."""
    assert list(load_schema([SHIPPED]).kinds) == [
        *("feature_source", "feature", "dataset", "model_code", "model_family"),
        *("workflow_run", "model_binary", "model_deployment", "owner", "assessment"),
    ]


def test_every_kind_has_the_common_fields_and_its_own() -> None:
    binary = load_schema([SHIPPED]).kinds["model_binary"]

    assert binary.says == "One trained set of weights."
    assert (binary.fields["owners"].type, binary.fields["created_at"].merge) == ("texts", "min")
    assert (binary.fields["digest"].type, binary.fields["digest"].unique) == ("text", True)
    assert binary.fields["size_bytes"].unit == "byte"
    assert (binary.edges["workflow_run"].many, binary.edges["base"].to) == (False, ("model_binary",))


def test_a_field_knows_the_line_that_declares_it(kinds: Kinds) -> None:
    path = kinds.write(
        "prompt.py",
        '''
        class Prompt(Kind):
            """A text that steers a model."""

            text: str | None = field("The text.")
        ''',
    )
    prompt = kinds.load().kinds["prompt"]

    assert (prompt.where, prompt.fields["text"].where) == (f"{path}:3", f"{path}:6")
    assert prompt.fields["name"].where.endswith(f"declare.py:{line_of('name: str')}")


def line_of(beginning: str) -> int:
    lines = Path(stocktake.schema.declare.__file__).read_text("utf-8").split("\n")
    return next(number for number, text in enumerate(lines, 1) if text.strip().startswith(beginning))


def test_annotations_without_the_future_import_mean_the_same(kinds: Kinds) -> None:
    kinds.write(
        "prompt.py",
        '''
        import datetime as clock
        class Prompt(Kind):
            """A text that steers a model."""
            tags: list[str] | None = field("Its tags.")
            used_at: datetime | None = field("Its latest use, UTC.")
            score: float = field("How good it is.")
        ''',
    )
    fields = kinds.load().kinds["prompt"].fields

    assert [fields[name].type for name in ("tags", "used_at", "score")] == ["texts", "time", "number"]


def test_an_edge_to_any_kind_reaches_all_of_them() -> None:
    schema = load_schema([SHIPPED])

    assert schema.targets(schema.kinds["assessment"].edges["of"]) == tuple(schema.kinds)
    reads = schema.kinds["workflow_run"].edges["reads"]
    assert schema.targets(reads) == ("feature_source", "feature", "dataset")


def test_a_kind_of_the_same_name_replaces_the_shipped_one(kinds: Kinds) -> None:
    kinds.write(
        "model_family.py",
        '''
        class ModelFamily(Kind):
            """A line of versions, as this company has them."""
            order = 50
            tier: str | None = field("How much it matters.", values=("gold", "silver"))
        ''',
    )
    family = kinds.load().kinds["model_family"]

    assert family.fields["tier"].values == ("gold", "silver")
    assert "last_updated_at" not in family.fields


def test_a_kind_may_derive_from_a_shipped_class(kinds: Kinds) -> None:
    kinds.write(
        "adapter.py",
        '''
        from stocktake.library.kinds.model_binary import ModelBinary
        class Adapter(ModelBinary):
            """Weights that change another binary."""
            rank: int | None = field("Its rank.")
        ''',
    )
    adapter = kinds.load().kinds["adapter"]

    assert {"name", "digest", "rank"} <= set(adapter.fields)
    assert set(adapter.edges) == {"workflow_run", "family", "base"}
    assert adapter.fields["digest"].where.startswith(str(SHIPPED / "model_binary.py"))


def test_a_file_may_hold_more_than_its_kind(kinds: Kinds) -> None:
    """A dataclass beside the kind loads: it looks its own module up."""
    text = "from __future__ import annotations\nfrom dataclasses import dataclass\n" + HEAD
    (kinds.folder / "prompt.py").write_text(
        f'{text}@dataclass\nclass Part:\n    text: str\n\n\nclass Prompt(Kind):\n    """A text."""\n', "utf-8"
    )

    assert "prompt" in kinds.load().kinds


def test_the_digest_changes_with_a_field_and_not_with_a_line(kinds: Kinds) -> None:
    before = kinds.load().digest
    path = kinds.write("prompt.py", 'class Prompt(Kind):\n    """A text."""\n    text: str = field("The text.")\n')
    with_kind = kinds.load().digest
    path.write_text("# a comment\n" + path.read_text("utf-8"), "utf-8")

    assert kinds.load().digest == with_kind != before


@pytest.mark.parametrize(
    ("body", "line", "problem", "fix"),
    [
        ('x: bytes = field("Raw.")', 5, "field x has the type 'bytes'", "annotate it with one of: str, int,"),
        ('x = field("Raw.")', 5, "field x has no type", "annotate it with one of"),
        ('x: str = field(" ")', 5, "field x does not say what it is", "give it one sentence"),
        ('is_live: bool = field("Up.")', 5, "field can't be named 'is_live'", "none of: claim_id,"),
        ('Size: int = field("Big.")', 5, "field can't be named 'Size'", "use lower case words"),
        ('x: str = field("A.", lasting=True, momentary=True)', 5, "both lasting and momentary", "keep one"),
        ('x: str = field("A.", merge="sum")', 5, "field x merges by 'sum'", "use one of: latest, min, max"),
        ('x: str = field("A.", merge="max")', 5, "field x is text and merges by max", "leave merge out"),
        ('x: int = field("A.", values=("1",))', 5, "field x is integer and lists the words", "leave values out"),
        ('x: str = field("A.")\n    x: str = field("B.")', 6, "x is declared twice", "the first is at"),
        ('name: int = field("Its number.")', 5, "field name is integer here and text elsewhere", "make it text"),
        ('e: Edge[Kind] = edge("To.", to="modle_code")', 5, "unknown kinds: modle_code", "assessment, dataset,"),
        ('e: Edge[Kind] = edge("To.", to=())', 5, "edge e reaches nothing", "use kinds that exist"),
        ('e: Edge[Kind] = edge("", to="*")', 5, "edge e does not say what it is", "give it one sentence"),
        ('owned_by: Edge[Kind] = edge("To.", to="owner")', 5, "edge can't be named 'owned_by'", "lower case words"),
        ('owners: Edge[Kind] = edge("To.", to="owner")', 5, "both a field and an edge of thing", "another name"),
        (
            'e: Edge[Kind] = edge("To.", to="*", attributes=(attribute("share", "text", "Its share."),))',
            *(5, "attribute share of e is not declared as it is elsewhere", "make it number, momentary=True"),
        ),
        (
            'e: Edge[Kind] = edge("To.", to="*", attributes=(attribute("x", "word", "X."),))',
            *(5, "attribute x of e has the type 'word'", "use one of: text,"),
        ),
        (
            'e: Edge[Kind] = edge("To.", to="*", attributes=(attribute("to_id", "text", "X."),))',
            *(5, "attribute of e can't be named 'to_id'", "none of: claim_id"),
        ),
        ("order = 'last'", 5, "kind thing has the order 'last'", "use a whole number"),
        ('x: str = field("A.", colour="red")', 5, "the file can't be read:", "mend the Python"),
        ("x: str = 1 / 0", 5, "the file can't be read: division by zero", "mend the Python"),
        ("x: str = (", 5, "the file can't be read: '(' was never closed", "mend the Python"),
        ("import nothing_of_this_name", 5, "the file can't be read: No module named", "mend the Python"),
    ],
)
def test_a_wrong_class_is_refused_with_line_and_remedy(
    kinds: Kinds, body: str, line: int, problem: str, fix: str
) -> None:
    path = kinds.write("thing.py", f'class Thing(Kind):\n    """A thing."""\n    {body}\n')
    (found,) = kinds.problems()

    assert found.where == f"{path}:{line}"
    assert problem in found.problem
    assert fix in found.fix


@pytest.mark.parametrize(
    ("name", "text", "line", "problem"),
    [
        ("thing.py", 'class Thig(Kind):\n    """A thing."""\n', 1, "no class Thing(Kind)"),
        ("thing.py", 'class Thing:\n    """A thing."""\n', 1, "no class Thing(Kind)"),
        ("thing.py", "class Thing(Kind):\n    order = 7\n", 3, "kind thing does not say what it is"),
        ("ghost.py", 'class Ghost(Kind):\n    """A thing."""\n', 3, "kind can't be named 'ghost'"),
        ("dataset_features.py", 'class DatasetFeatures(Kind):\n    """A thing."""\n', None, "a second table"),
    ],
)
def test_a_wrong_kind_is_refused(kinds: Kinds, name: str, text: str, line: int | None, problem: str) -> None:
    path = kinds.write(name, text)
    (found,) = kinds.problems()

    assert problem in found.problem
    assert line is None or found.where == f"{path}:{line}"


def test_every_problem_of_every_file_is_told_at_once(kinds: Kinds) -> None:
    """A person mends a schema in one go; an unreadable kind is not also an unknown target."""
    kinds.write(
        "alpha.py", 'class Alpha(Kind):\n    """A."""\n    seq: int = field("")\n    b: Kind = edge("B.", to="beta")\n'
    )
    kinds.write("beta.py", "class Beta(Kind:\n")
    kinds.write("gamma.yaml", "extends: nothing\n")

    told = [(Path(each.where).name, each.problem.split(":")[0]) for each in kinds.problems()]
    assert told == [
        ("beta.py:3", "the file can't be read"),
        ("gamma.yaml:1", "extends no known kind"),
        ("alpha.py:5", "field can't be named 'seq'"),
        ("alpha.py:5", "field seq does not say what it is"),
    ]
