"""A log has an id, so that what was derived from one is never taken for another's."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table of one row."""
    log = op.create_table("log", sa.Column("id", sa.Text, primary_key=True))
    op.bulk_insert(log, [{"id": secrets.token_hex(8)}])
