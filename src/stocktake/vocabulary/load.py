"""Reading vocabulary files, with line-exact errors."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args

import yaml

from stocktake.errors import Problem, VocabularyError
from stocktake.schema import Schema
from stocktake.schema.marked import LOADER
from stocktake.vocabulary.spec import ClaimRule, LabelRule, LinkRule, Namespace, Says, Vocabularies, Vocabulary

TOP = {"vocabulary", "says", "source", "namespaces", "functions", "labels", "ranks", "extends"}
LABEL = {"says", "about", "let", "claims"}
CLAIM = {
    "kind", "default", "part", "for_each", "when", "passive", "fields", "same_as", "declared", "looks_like", "flags", "links",
}  # fmt: skip
LINK = {"edge", "to", "for_each", "when", "kind", "attributes", "from_at", "until_at"}
HINTS = {"name", "place"}

Path_ = tuple[str | int, ...]


class Lined:
    """A YAML file with the line of each of its values."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = path.read_text("utf-8")
        self.lines: dict[Path_, int] = {}
        try:
            node = yaml.compose(self.text, Loader=LOADER)
            self.data: Any = yaml.load(self.text, Loader=LOADER)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f"{path}:{mark.line + 1 if mark else 1}"
            raise VocabularyError(
                where, f"not YAML: {getattr(error, 'problem', error)}", "mend the YAML at that line"
            ) from error
        if node is not None:
            self._walk(node, ())

    def _walk(self, node: yaml.Node, path: Path_) -> None:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                self.lines[(*path, str(key.value))] = key.start_mark.line + 1
                self._walk(value, (*path, str(key.value)))
        elif isinstance(node, yaml.SequenceNode):
            for number, value in enumerate(node.value):
                self._walk(value, (*path, number))

    def where(self, *path: str | int) -> str:
        """`file:line` of a value; of its nearest parent where it has none."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.path}:{self.lines.get(path, 1)}"


def load_vocabularies(folders: Iterable[Path], schema: Schema) -> Vocabularies:
    """Read every vocabulary of some folders; a later file of one name replaces or `extends:` an earlier one.

    Raises VocabularyError with every problem found.
    """
    found: dict[str, Vocabulary] = {}
    problems: list[Problem] = []
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")):
            if path.name.endswith(".cases.yaml"):
                continue
            vocabulary = read_vocabulary(path, schema, problems)
            if vocabulary is None:
                continue
            earlier = found.get(vocabulary.name)
            extends = re.search(r"^extends:", vocabulary.text, re.MULTILINE)
            found[vocabulary.name] = _extend(earlier, vocabulary) if earlier and extends else vocabulary
    _check_namespaces(found, problems)
    if problems:
        raise VocabularyError(problems=tuple(problems))
    return Vocabularies(dict(sorted(found.items())))


def _extend(earlier: Vocabulary, later: Vocabulary) -> Vocabulary:
    """The earlier vocabulary with the later one's labels, functions, namespaces and ranks in place of its own."""
    return Vocabulary(
        name=earlier.name,
        says=later.says or earlier.says,
        namespaces={**earlier.namespaces, **later.namespaces},
        functions={**earlier.functions, **later.functions},
        labels={**earlier.labels, **later.labels},
        ranks={**earlier.ranks, **later.ranks},
        path=later.path,
        text=earlier.text + "\n" + later.text,
    )


def read_vocabulary(path: Path, schema: Schema, problems: list[Problem]) -> Vocabulary | None:
    """Read one vocabulary file; what is wrong with it is added to `problems`."""
    try:
        file = Lined(path)
    except VocabularyError as error:
        problems.extend(error.problems)
        return None
    data = file.data
    if not isinstance(data, dict) or data.get("vocabulary") != path.stem:
        problems.append(
            Problem(file.where("vocabulary"), "does not name its vocabulary", f"begin with `vocabulary: {path.stem}`")
        )
        return None
    _check_words(file, (), set(data), TOP, problems)
    namespaces = {}
    for name, told in (data.get("namespaces") or {}).items():
        if not isinstance(told, dict) or not isinstance(told.get("rank"), int):
            problems.append(
                Problem(file.where("namespaces", name), f"namespace {name} has no rank", "write {rank: 30, says: …}")
            )
            continue
        namespaces[name] = Namespace(
            name, told["rank"], str(told.get("says", "")), told.get("max_join"), told.get("normalise")
        )
    labels = {
        str(name): _label(file, str(name), told or {}, schema, problems)
        for name, told in (data.get("labels") or {}).items()
    }
    return Vocabulary(
        name=path.stem,
        says=str(data.get("says", "")),
        namespaces=namespaces,
        functions={str(k): str(v) for k, v in (data.get("functions") or {}).items()},
        labels=labels,
        ranks={str(k): int(v) for k, v in (data.get("ranks") or {}).items()},
        path=str(path),
        text=file.text,
    )


def _label(file: Lined, name: str, told: dict[str, Any], schema: Schema, problems: list[Problem]) -> LabelRule:
    at: Path_ = ("labels", name)
    _check_words(file, at, set(told), LABEL, problems)
    says: Says = told.get("says", "state")
    if says not in get_args(Says):
        problems.append(
            Problem(file.where(*at, "says"), f"{name} says {says!r}", f"use one of: {', '.join(get_args(Says))}")
        )
    claims = tuple(
        _claim(file, (*at, "claims", n), each, schema, problems) for n, each in enumerate(told.get("claims") or [])
    )
    let = {str(k): str(v) for k, v in (told.get("let") or {}).items()}
    return LabelRule(name, says, str(told.get("about", "")), let, claims, file.where(*at))


def _claim(file: Lined, at: Path_, told: dict[str, Any], schema: Schema, problems: list[Problem]) -> ClaimRule:
    _check_words(file, at, set(told), CLAIM, problems)
    kind = str(told.get("kind", ""))
    valid = [*schema.kinds, "open", "none"]
    if kind not in valid:
        problems.append(Problem(file.where(*at, "kind"), f"no kind {kind!r}", f"use one of: {', '.join(valid)}"))
        kind = "none"
    fields = _texts(told.get("fields"))
    known = schema.kinds[kind].fields if kind in schema.kinds else _common_fields(schema)
    for name in fields:
        if name not in known:
            problems.append(
                Problem(
                    file.where(*at, "fields", name), f"{kind} has no field {name}", f"use one of: {', '.join(known)}"
                )
            )
    for name in set(_texts(told.get("looks_like"))) - HINTS:
        problems.append(
            Problem(file.where(*at, "looks_like", name), f"no hint {name!r}", f"use one of: {', '.join(sorted(HINTS))}")
        )
    links = tuple(
        _link(file, (*at, "links", n), each, kind, schema, problems) for n, each in enumerate(told.get("links") or [])
    )
    return ClaimRule(
        kind=kind,
        default=str(told.get("default", "none")),
        part=_text(told.get("part")),
        for_each=_text(told.get("for_each")),
        when=_text(told.get("when")),
        passive=bool(told.get("passive", False)),
        fields={k: v for k, v in fields.items() if k in known},
        same_as=_texts(told.get("same_as")),
        declared=tuple(told.get("declared") or ()),
        looks_like=_texts(told.get("looks_like")),
        flags=_texts(told.get("flags")),
        links=links,
        where=file.where(*at),
    )


def _link(file: Lined, at: Path_, told: dict[str, Any], kind: str, schema: Schema, problems: list[Problem]) -> LinkRule:
    _check_words(file, at, set(told), LINK, problems)
    edge = str(told.get("edge", ""))
    edges = schema.kinds[kind].edges if kind in schema.kinds else {}
    if kind == "open":
        edges = {name: spec for each in schema.kinds.values() for name, spec in each.edges.items()}
    valid = {*edges, "carries"} if kind in ("open", "none") else set(edges)
    if edge not in valid:
        problems.append(
            Problem(file.where(*at, "edge"), f"{kind} has no edge {edge!r}", f"use one of: {', '.join(sorted(valid))}")
        )
    if not told.get("to"):
        problems.append(Problem(file.where(*at), f"link {edge} reaches nothing", "write `to: {namespace: expression}`"))
    attributes = _texts(told.get("attributes"))
    for name in set(attributes) - set(schema.attributes()):
        known = ", ".join(sorted(schema.attributes()))
        problems.append(
            Problem(file.where(*at, "attributes", name), f"no link attribute {name!r}", f"use one of: {known}")
        )
    return LinkRule(
        edge=edge,
        to=_texts(told.get("to")),
        for_each=_text(told.get("for_each")),
        when=_text(told.get("when")),
        kind=_text(told.get("kind")),
        attributes=attributes,
        from_at=_text(told.get("from_at")),
        until_at=_text(told.get("until_at")),
        where=file.where(*at),
    )


def _common_fields(schema: Schema) -> dict[str, Any]:
    """The fields that every kind has: all that an open claim can tell."""
    kinds = list(schema.kinds.values())
    return (
        {name: spec for name, spec in kinds[0].fields.items() if all(name in kind.fields for kind in kinds)}
        if kinds
        else {}
    )


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _texts(value: Any) -> dict[str, str]:
    return {str(k): text for k, v in (value or {}).items() if (text := _text(v)) is not None}


def _check_words(file: Lined, at: Path_, told: set[str], valid: set[str], problems: list[Problem]) -> None:
    for word in sorted(told - valid):
        problems.append(Problem(file.where(*at, word), f"unknown word {word!r}", f"use: {', '.join(sorted(valid))}"))


def _check_namespaces(found: dict[str, Vocabulary], problems: list[Problem]) -> None:
    """Each namespace that a rule uses must be declared once; two declarations must agree."""
    declared: dict[str, tuple[Namespace, str]] = {}
    for vocabulary in found.values():
        for name, namespace in vocabulary.namespaces.items():
            other = declared.setdefault(name, (namespace, vocabulary.path))
            if (other[0].rank, other[0].max_join) != (namespace.rank, namespace.max_join):
                fix = "give it one rank and one max_join, or another name"
                problems.append(Problem(vocabulary.path, f"namespace {name} is declared otherwise in {other[1]}", fix))
    for vocabulary in found.values():
        for label in vocabulary.labels.values():
            for claim in label.claims:
                used = [(name, claim.where) for name in claim.same_as] + [
                    (n, k.where) for k in claim.links for n in k.to
                ]
                for name, where in used:
                    if name not in declared:
                        known = ", ".join(sorted(declared))
                        problems.append(
                            Problem(where, f"no namespace {name!r}", f"declare it under namespaces, or use: {known}")
                        )
