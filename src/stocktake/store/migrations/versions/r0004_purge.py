"""What was erased from the log, by whom and why; publications and the log's id are sealed too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from stocktake.store.seal import row_digest

revision = "0004"
down_revision = "0003"

DIGEST = {"log": "id", "publication": "number, published_at, who, why, project_hash"}
"""Table -> what its rows' seals are of."""


def upgrade() -> None:
    """Make the table of purges, and seal the rows that there are."""
    op.create_table(
        "purge",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("purged_at", sa.BigInteger, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("first_seq", sa.BigInteger, nullable=False),
        sa.Column("last_seq", sa.BigInteger, nullable=False),
        sa.Column("bodies", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
    )
    for table, columns in DIGEST.items():
        op.add_column(table, sa.Column("digest", sa.Text, nullable=False, server_default=""))
        key = columns.partition(",")[0]
        for row in op.get_bind().execute(sa.text(f"SELECT {columns} FROM {table}")).all():
            sealed = sa.text(f"UPDATE {table} SET digest = :digest WHERE {key} = :key")
            op.get_bind().execute(sealed, {"digest": row_digest(list(row)), "key": row[0]})
