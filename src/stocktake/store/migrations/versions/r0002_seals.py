"""A log has an id, so that what was derived from one is never taken for another's; appends and runs are sealed."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, and the column of runs."""
    log = op.create_table("log", sa.Column("id", sa.Text, primary_key=True))
    op.bulk_insert(log, [{"id": secrets.token_hex(8)}])
    op.create_table(
        "seal",
        sa.Column("last_seq", ID, primary_key=True, autoincrement=False),
        sa.Column("first_seq", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
    )
    op.add_column("run", sa.Column("digest", sa.Text, nullable=False, server_default=""))
