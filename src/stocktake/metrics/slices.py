"""The slices of a population: everything, and by a column of `models`. With two owners a model stands in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stocktake.errors import MetricError, one_of
from stocktake.metrics.score import LAYER

if TYPE_CHECKING:
    import pyarrow as pa

SLICES = f"{LAYER}.slice"
MEMBERS = f"{LAYER}.slice_member"
EVERYTHING = "everything"
ALIASES = {"tool": "sources", "tier": "risk_tier"}
"""Words of people for columns that are called otherwise."""

NONE = {"owner": "no team"}
"""What the slice of models without a value is called, where it is not `no <slice>`."""


@dataclass(frozen=True, slots=True)
class Slicing:
    """One way to divide the models. column: of `models`; a list column puts a model into the slice of each element.

    value: SQL of a model's value, or of an element, as a text.
    """

    name: str
    column: str
    is_list: bool
    value: str

    @property
    def none(self) -> str:
        """The slice of the models without a value: always printed, also where it is empty."""
        return NONE.get(self.name, f"no {self.name}")


OWNER = Slicing("owner", "owners", is_list=True, value="element.element")


def find_slicing(name: str, models: pa.Schema) -> Slicing:
    """The slicing of a name: a column of `models`, its singular (`owner`), or one of ALIASES.

    Raises MetricError with the names that there are.
    """
    valid = [_singular(field.name) for field in models if _is_sliceable(field)]
    for column in (name, f"{name}s", ALIASES.get(name, name)):
        if column in models.names and _singular(column) in valid:
            return _slicing(name, models.field(column))
    aliases = [alias for alias, column in ALIASES.items() if column in models.names]
    raise MetricError(f"--by {name}", "there is no such slice", one_of(sorted([*valid, *aliases]), name))


def _slicing(name: str, field: pa.Field[Any]) -> Slicing:
    from pyarrow import types

    if types.is_list(field.type):
        return Slicing(_singular(name), field.name, is_list=True, value="element.element")
    own = f"model.{field.name}"
    if types.is_boolean(field.type):
        own = f"CASE WHEN {own} THEN 'yes' WHEN NOT {own} THEN 'no' END"
    elif types.is_integer(field.type):
        own = f"CAST({own} AS VARCHAR)"
    return Slicing(name, field.name, is_list=False, value=own)


def _is_sliceable(field: pa.Field[Any]) -> bool:
    """Texts, flags, whole numbers, lists of texts. A continuous value is first put into buckets, by a metric."""
    from pyarrow import types

    kind = field.type.value_type if types.is_list(field.type) else field.type
    is_text = types.is_string(kind) or types.is_large_string(kind)
    return is_text or (kind is field.type and (types.is_boolean(kind) or types.is_integer(kind)))


def _singular(column: str) -> str:
    return column.removesuffix("s") if column.endswith("s") and not column.endswith("ss") else column


def slices_sql(slicings: Sequence[Slicing]) -> str:
    """One SELECT: slice_no, slice, slice_value of every slice that is printed."""
    always = [(EVERYTHING, EVERYTHING), *((each.name, each.none) for each in slicings)]
    named = [f"SELECT '{name}' AS slice, '{value}' AS slice_value" for name, value in always]
    named += [f"{_values_sql(each)} WHERE {each.value} <> '{each.none}'" for each in slicings]
    numbered = "CAST(ROW_NUMBER() OVER (ORDER BY slice, slice_value) AS INTEGER) AS slice_no"
    return f"SELECT {numbered}, slice, slice_value FROM ({' UNION '.join(named)}) AS named"


def members_sql(nodes: str, slicings: Sequence[Slicing]) -> str:
    """One SELECT: slice_no, model_no, model_id. nodes: the table that numbers the models."""
    told = [
        f"SELECT '{EVERYTHING}' AS slice, '{EVERYTHING}' AS slice_value, model.model_id FROM {LAYER}.models AS model"
    ]
    for each in slicings:
        told.append(f"{_values_sql(each, ', model.model_id')} WHERE {each.value} IS NOT NULL")
        missing = f"COALESCE(CARDINALITY(model.{each.column}), 0) = 0" if each.is_list else f"({each.value}) IS NULL"
        told.append(f"SELECT '{each.name}', '{each.none}', model.model_id FROM {LAYER}.models AS model WHERE {missing}")
    return (
        f"SELECT DISTINCT slice.slice_no, node.model_no, node.model_id FROM ({_union(told)}) AS told "
        f"INNER JOIN {SLICES} AS slice ON told.slice = slice.slice AND told.slice_value = slice.slice_value "
        f"INNER JOIN (SELECT model_no, model_id FROM {nodes}) AS node ON told.model_id = node.model_id"
    )


def _values_sql(slicing: Slicing, further: str = "") -> str:
    """The slices that models say that they are in, up to a WHERE."""
    unnested = f" CROSS JOIN UNNEST(model.{slicing.column}) AS element(element)" if slicing.is_list else ""
    value = f"{slicing.value} AS slice_value{further}"
    return f"SELECT '{slicing.name}' AS slice, {value} FROM {LAYER}.models AS model{unnested}"


def _union(selects: Sequence[str]) -> str:
    return "\nUNION ALL ".join(selects)
