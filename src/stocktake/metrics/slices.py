"""The slices of a population: everything, and by owner. A model with two owners stands in both slices."""

from __future__ import annotations

from stocktake.metrics.score import LAYER

SLICES = f"{LAYER}.slice"
MEMBERS = f"{LAYER}.slice_member"
EVERYTHING = "everything"
OWNER = "owner"
NO_TEAM = "no team"
ALWAYS = ((EVERYTHING, EVERYTHING), (OWNER, NO_TEAM))
"""The slices that are printed also where they are empty."""

OWNED = f"{LAYER}.models AS model CROSS JOIN UNNEST(model.owners) AS owned(owner_name)"


def slices_sql() -> str:
    """One SELECT: slice_no, slice, slice_value of every slice that is printed."""
    always = " UNION ALL ".join(f"SELECT '{name}' AS slice, '{value}' AS slice_value" for name, value in ALWAYS)
    owner = f"SELECT DISTINCT '{OWNER}' AS slice, owned.owner_name AS slice_value"
    owners = f"{owner} FROM {OWNED} WHERE owned.owner_name <> '{NO_TEAM}'"
    numbered = "CAST(ROW_NUMBER() OVER (ORDER BY slice, slice_value) AS INTEGER) AS slice_no"
    return f"SELECT {numbered}, slice, slice_value FROM ({always} UNION ALL {owners}) AS named"


def members_sql(nodes: str) -> str:
    """One SELECT: slice_no, model_no, model_id. nodes: the table that numbers the models."""
    told = (
        f"SELECT '{EVERYTHING}' AS slice, '{EVERYTHING}' AS slice_value, model.model_id FROM {LAYER}.models AS model\n"
        f"UNION ALL SELECT '{OWNER}', owned.owner_name, model.model_id FROM {OWNED}\n"
        f"UNION ALL SELECT '{OWNER}', '{NO_TEAM}', model.model_id FROM {LAYER}.models AS model "
        "WHERE COALESCE(CARDINALITY(model.owners), 0) = 0"
    )
    return (
        f"SELECT DISTINCT slice.slice_no, node.model_no, node.model_id FROM ({told}) AS told "
        f"INNER JOIN {SLICES} AS slice ON told.slice = slice.slice AND told.slice_value = slice.slice_value "
        f"INNER JOIN (SELECT model_no, model_id FROM {nodes}) AS node ON told.model_id = node.model_id"
    )
