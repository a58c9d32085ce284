"""The log, the runs and the project's files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "counter",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )
    for name in ("source", "label"):
        op.create_table(
            name,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("name", sa.Text, nullable=False, unique=True),
        )
    _log()
    _runs()
    op.execute("INSERT INTO counter (name, value) VALUES ('seq', 0), ('body', 0)")


def _log() -> None:
    op.create_table(
        "body",
        sa.Column("id", ID, primary_key=True, autoincrement=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("codec", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary),
    )
    op.create_table(
        "body_hash",
        sa.Column("hash", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("body_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pull",
        sa.Column("id", ID, primary_key=True, autoincrement=False),
        sa.Column("source_id", sa.Integer, sa.ForeignKey("source.id"), nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("labels", sa.Text, nullable=False),
        sa.Column("from_at", sa.BigInteger, nullable=False),
        sa.Column("to_at", sa.BigInteger, nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("base_id", sa.BigInteger),
        sa.Column("part_of", sa.BigInteger),
        sa.Column("problems", sa.Text, nullable=False),
        sa.Column("lines", sa.Integer, nullable=False),
    )
    op.create_table(
        "record",
        sa.Column("seq", ID, primary_key=True, autoincrement=False),
        sa.Column("pull_id", sa.BigInteger),
        sa.Column("source_id", sa.Integer, nullable=False),
        sa.Column("label_id", sa.Integer, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("observed_at", sa.BigInteger, nullable=False),
        sa.Column("body_id", sa.BigInteger),
        sa.Column("op", sa.Integer, nullable=False),
    )
    pushed = sa.text("pull_id IS NULL")
    op.create_index("record_pushed", "record", ["source_id", "seq"], sqlite_where=pushed, postgresql_where=pushed)


def _runs() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("as_of", sa.BigInteger, nullable=False),
        sa.Column("known_at", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger, nullable=False),
        sa.Column("project_hash", sa.Text, nullable=False),
        sa.Column("files", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
    )
    op.create_table(
        "project_file",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
