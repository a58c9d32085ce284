"""The tables of the log, of runs, of publications and of project files, in types that SQLite and PostgreSQL share."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

# SQLite keys its rows by a column declared exactly INTEGER; as BIGINT each table would get a second, random index.
Id = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData()

# One row: 16 hex digits that a copy keeps. What was derived from a log is kept under its id.
log = Table(
    "log",
    metadata,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False, server_default=""),  # sha256 of the id
)

# The last number given out, by name: `seq` (records and pulls share it) and `body`. Its row is the writers' lock.
counter = Table(
    "counter",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

source = Table(
    "source",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)

label = Table(
    "label",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)

body = Table(
    "body",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("sha256", LargeBinary(32), nullable=False),
    Column("size", Integer, nullable=False),  # bytes
    Column("codec", Integer, nullable=False),  # 0: as it is
    Column("body", LargeBinary),  # NULL: purged
)

# Which body has a hash. An index of `body` would grow by one row at a time, each on a page of its own; a batch enters
# this in the order of the hashes, so that each page is written once.
body_hash = Table(
    "body_hash",
    metadata,
    Column(
        "hash", BigInteger, primary_key=True, autoincrement=False
    ),  # the first 8 bytes of sha256: short stays in memory
    Column("body_id", BigInteger, primary_key=True, autoincrement=False),  # bodies with other sha256 may share a hash
    sqlite_with_rowid=False,
)

pull = Table(
    "pull",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),  # its seq, right after those of its lines
    Column("source_id", Integer, ForeignKey("source.id"), nullable=False),
    Column("scope", Text, nullable=False),  # '': the whole source
    Column("labels", Text, nullable=False),  # JSON list: the labels that it covers
    Column("from_at", BigInteger, nullable=False),  # microseconds since 1970, UTC
    Column("to_at", BigInteger, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("base_id", BigInteger),  # the earlier complete pull that it is a delta to
    Column("part_of", BigInteger),  # the first part of a pull that came in several
    Column("problems", Text, nullable=False),  # JSON list of {where, problem, fix}
    Column("lines", Integer, nullable=False),  # its records are those with seq in [id - lines, id)
)

record = Table(
    "record",
    metadata,
    Column("seq", Id, primary_key=True, autoincrement=False),
    Column("pull_id", BigInteger),  # NULL: pushed
    Column("source_id", Integer, nullable=False),
    Column("label_id", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("observed_at", BigInteger, nullable=False),  # microseconds since 1970, UTC
    Column("body_id", BigInteger),  # NULL: vanished
    Column("op", Integer, nullable=False),  # 0 seen, 1 vanished
    # Pulled records are found by their pull's range of seq; only pushed ones need an index, and it grows at its end.
    Index(
        "record_pushed",
        "source_id",
        "seq",
        sqlite_where=text("pull_id IS NULL"),
        postgresql_where=text("pull_id IS NULL"),
    ),
)

# Each append is sealed by a hash of what it wrote and of the seal before it.
seal = Table(
    "seal",
    metadata,
    Column("last_seq", Id, primary_key=True, autoincrement=False),
    Column("first_seq", BigInteger, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
)

run = Table(
    "run",
    metadata,
    Column("id", Text, primary_key=True),
    Column("as_of", BigInteger, nullable=False),
    Column("known_at", BigInteger, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger, nullable=False),
    Column("project_hash", Text, nullable=False),
    Column("files", Text, nullable=False),  # JSON object: path of each result file -> its sha256
    Column("status", Text, nullable=False),
    Column("digest", Text, nullable=False, server_default=""),  # sha256 of the other columns
)

publication = Table(
    "publication",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # from 1 on
    Column("published_at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("project_hash", Text, nullable=False),
    Column("digest", Text, nullable=False, server_default=""),  # sha256 of the other columns
)

purge = Table(
    "purge",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # from 1 on
    Column("purged_at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("rule", Text, nullable=False),  # what was asked for; of a subject only the hash
    Column("first_seq", BigInteger, nullable=False),  # of the records whose bodies it erased
    Column("last_seq", BigInteger, nullable=False),
    Column("bodies", Text, nullable=False),  # JSON list of spans of their ids, both ends in it
    Column("sealed", Text, nullable=False),  # sha256 of what is left of them
    Column("digest", Text, nullable=False),  # sha256 of the other columns
)

project_file = Table(
    "project_file",
    metadata,
    Column("hash", Text, primary_key=True),  # sha256, hex
    Column("content", LargeBinary, nullable=False),
)
