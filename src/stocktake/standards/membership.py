"""`standard.membership`: the members of every definition in one table, made from the definitions that a project has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

NAME = "membership"
COLUMNS = {
    "definition": "The definition.",
    "artifact_id": "The artifact of its grain, the first column of the definition.",
    "is_member": "Whether it is a member; unknown where values are.",
}


def membership_sql(definitions: Mapping[str, Iterable[str]]) -> str:
    """One SELECT over all definitions that have a column `is_member`. definitions: name -> output columns."""
    parts = [
        f"SELECT '{name}' AS definition, {name}.{next(iter(columns))} AS artifact_id, {name}.is_member AS is_member "
        f"FROM standard.{name} AS {name}"
        for name, columns in definitions.items()
        if "is_member" in columns
    ]
    nobody = "SELECT '' AS definition, '' AS artifact_id, TRUE AS is_member FROM standard.run AS run WHERE FALSE"
    return " UNION ALL ".join(parts or [nobody])
