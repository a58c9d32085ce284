"""The store: the append-only log, its only writer and its readers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from stocktake.errors import Problem, StoreError
from stocktake.nouns import Record, storable
from stocktake.store.line import Appended, Line, Lines, PullEntry

if TYPE_CHECKING:
    import pyarrow as pa

    from stocktake.store.chain import Chain
    from stocktake.store.database import Database
    from stocktake.store.publications import Publication
    from stocktake.store.purges import Asked, Purge
    from stocktake.store.runs import Run

NEVER = 2**62  # a seq above all


class Store:
    """The log of one project. Open it with `Store.open`; several processes may have it open."""

    def __init__(self, database: Database) -> None:
        from stocktake.store.read import Reader

        self.database = database
        self.reader = Reader(database, self._names)
        self.listener: Callable[[str, Lines, Appended], None] | None = None
        """Called after each append, with its source, its lines and where they landed."""

    @classmethod
    def open(cls, address: Path | str) -> Self:
        """Open a store, made where there is none; its tables are brought up to date. Raises StoreError.

        address: the path of an SQLite file, or `postgresql://user:password@host/database`.
        """
        from stocktake.store.database import connect

        return cls(connect(address))

    def close(self) -> None:
        """Let go of the file or the server."""
        self.database.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    # Writing

    def append(self, source: str, lines: Lines | Sequence[Line], pull: PullEntry | None = None) -> Appended:
        """Append lines of one source in one transaction; without a pull they were pushed.

        Their `seq` is given inside the transaction, one after the other; the pull's id is the next one.
        """
        from stocktake.store.append import append

        source, told = storable(source), lines if isinstance(lines, Lines) else Lines.of(lines)
        with self.database.writing() as connection:
            appended = append(self.database, connection, source, told, pull)
        if self.listener:
            self.listener(source, told, appended)
        return appended

    def purge(self, body_ids: Iterable[int], asked: Asked) -> Purge | None:
        """Erase bodies and record it, leave their records; None: there was nothing left of them.

        A purged body stays so when it is seen again. Nothing of it is left in the files of the database.
        """
        from stocktake.store.purges import add_purge

        with self.database.writing() as connection:
            purge = add_purge(connection, body_ids, asked)
        self.database.wipe()
        return purge

    def held_bodies(self, body_ids: Iterable[int]) -> list[int]:
        """Those of some bodies that were not erased, in order."""
        from stocktake.store.purges import held_bodies

        with self.database.reading() as connection:
            return held_bodies(connection, body_ids)

    def count_records(self, body_ids: Iterable[int]) -> int:
        """How many records have one of some bodies."""
        from stocktake.store.purges import count_records

        with self.database.reading() as connection:
            return count_records(connection, list(body_ids))

    def purges(self) -> list[Purge]:
        """Every purge, the earliest first."""
        from stocktake.store.purges import all_purges

        with self.database.reading() as connection:
            return all_purges(connection)

    def copy_to(self, other: Store) -> dict[str, int]:
        """Copy all of it, with its numbers, to an empty store; gives the rows of each table. Raises StoreError."""
        from stocktake.store.copy import copy

        return copy(self.database, other.database)

    # Reading

    @property
    def where(self) -> str:
        """Its address, without a password."""
        return self.database.where

    @property
    def version(self) -> str:
        """The database's name and version, such as `sqlite 3.45.1`."""
        with self.database.reading() as connection:
            told = connection.dialect.server_version_info or ()
            return f"{connection.dialect.name} {'.'.join(map(str, told))}"

    @cached_property
    def log_id(self) -> str:
        """Which log this is, 16 hex digits; a copy of it has the same."""
        with self.database.reading() as connection:
            return str(connection.exec_driver_sql("SELECT id FROM log").scalar_one())

    def newest_seal(self) -> tuple[int, str]:
        """The seq that the newest append ends at, and its seal, hex; (0, '') in an empty log."""
        with self.database.reading() as connection:
            row = connection.exec_driver_sql("SELECT last_seq, digest FROM seal ORDER BY last_seq DESC LIMIT 1").first()
        return (int(row[0]), bytes(row[1]).hex()) if row else (0, "")

    def seal_at(self, seq: int) -> str | None:
        """The seal of the append that ends at a seq, hex: '' at 0, where nothing was appended; None where none ends."""
        if seq == 0:
            return ""
        with self.database.reading() as connection:
            found = connection.exec_driver_sql(f"SELECT digest FROM seal WHERE last_seq = {int(seq)}").scalar()
        return None if found is None else bytes(found).hex()

    def integrity(self) -> str:
        """`ok`, or what the database itself finds wrong with its files."""
        with self.database.reading() as connection:
            return str(self.database.kind.integrity(connection))

    def verify(self) -> list[Problem]:
        """What is not as it was written, by bodies, entries, runs and project files; reads the whole log."""
        from stocktake.store.verify import verify

        return list(verify(self.database))

    def newest_seq(self) -> int:
        """The seq of the newest entry, 0 in an empty log."""
        with self.database.reading() as connection:
            return int(connection.exec_driver_sql("SELECT value FROM counter WHERE name = 'seq'").scalar_one())

    def records(
        self,
        from_seq: int = 1,
        to_seq: int = NEVER,
        *,
        labels: Iterable[str] | None = None,
        sources: Iterable[str] | None = None,
    ) -> pa.Table:
        """Records with from_seq ≤ seq ≤ to_seq: seq, pull_id, source, label, key, observed_at (µs), body_id, op."""
        return self.reader.records(self._condition(from_seq, to_seq, labels, sources))

    def lines(
        self, span: tuple[int, int] = (1, NEVER), sources: Iterable[str] | None = None, batch: int = 50_000
    ) -> Iterator[pa.Table]:
        """Records of a span of seq, both ends in it, with their bodies, so many at a time.

        The columns of `records`, `observed_at` as a timestamp, and `body` (text; NULL: vanished or purged).
        """
        return self.reader.lines(self._condition(*span, None, sources), batch)

    def bodies(
        self,
        from_seq: int = 1,
        to_seq: int = NEVER,
        *,
        labels: Iterable[str] | None = None,
        sources: Iterable[str] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """The bodies of the same records: seq, body (text). What vanished or was purged has none."""
        return self.reader.bodies(self._condition(from_seq, to_seq, labels, sources))

    def chain(self, source: str, scope: str = "") -> Chain | None:
        """What the latest complete pull of a source and scope rests on; None where there is none."""
        from stocktake.store.chain import read_chain

        return read_chain(self.reader, source, scope)

    def bodies_by_id(self, body_ids: Iterable[int]) -> dict[int, bytes]:
        """Some bodies by id; purged ones are left out."""
        from sqlalchemy import select

        from stocktake.store.tables import body

        wanted = list(body_ids)
        found: dict[int, bytes] = {}
        with self.database.reading() as connection:
            for start in range(0, len(wanted), 5_000):
                rows = select(body.c.id, body.c.body).where(body.c.id.in_(wanted[start : start + 5_000]))
                found.update((number, content) for number, content in connection.execute(rows) if content is not None)
        return found

    def pulls(self, known_at: int = NEVER) -> pa.Table:
        """Pulls with id ≤ known_at, in that order.

        id, source, scope, labels, from_at, to_at, complete, base_id, part_of, problems (JSON list), lines.
        """
        return self.reader.pulls(f"id <= {int(known_at)}")

    def record(self, seq: int) -> Record | None:
        """One record by its seq."""
        return next(iter(self.records_at([seq])), None)

    def records_at(self, seqs: Iterable[int]) -> list[Record]:
        """Some records by their seq, in that order; those that are no records are left out."""
        wanted = list(seqs)
        found: dict[int, Record] = {}
        for start in range(0, len(wanted), 5_000):
            listed = ", ".join(str(int(seq)) for seq in wanted[start : start + 5_000])
            found.update((each.seq, each) for each in self._read(f"record.seq IN ({listed})"))
        return [found[seq] for seq in wanted if seq in found]

    def records_of(self, prefix: str, known_at: int = NEVER) -> list[Record]:
        """Records that were pushed by the sources whose name begins so, e.g. `person/`."""
        ids = [number for number, name in self._names("source").items() if name.startswith(prefix)]
        # SQLite uses its index over pushed records only where `pull_id IS NULL` is said in so many words.
        return self._read(
            f"record.pull_id IS NULL AND record.source_id IN ({_listed(ids)}) AND record.seq <= {int(known_at)}"
        )

    def sources(self) -> list[str]:
        """The names of all sources that ever said something."""
        return sorted(self._names("source").values())

    def _read(self, condition: str) -> list[Record]:
        return [
            Record(row["seq"], row["source"], row["label"], row["key"], row["observed_at"].replace(tzinfo=UTC), body)
            for batch in self.reader.lines(condition, 5_000)
            for row in batch.to_pylist()
            for body in [None if row["body"] is None else row["body"].encode()]
        ]

    def _condition(
        self, from_seq: int, to_seq: int, labels: Iterable[str] | None, sources: Iterable[str] | None
    ) -> str:
        parts = [f"record.seq BETWEEN {int(from_seq)} AND {int(to_seq)}"]
        for table, names in (("label", labels), ("source", sources)):
            if names is not None:
                wanted = set(names)
                ids = [number for number, name in self._names(table).items() if name in wanted]
                parts.append(f"record.{table}_id IN ({_listed(ids)})")
        return " AND ".join(parts)

    def _names(self, table: str) -> dict[int, str]:
        with self.database.reading() as connection:
            return {int(row[0]): str(row[1]) for row in connection.exec_driver_sql(f"SELECT id, name FROM {table}")}

    # Runs and publications

    def keep_files(self, files: Mapping[str, bytes]) -> str:
        """Keep a project's files by content; gives the hash that finds them again."""
        from stocktake.store.runs import keep_files

        with self.database.writing() as connection:
            return keep_files(connection, files)

    def kept_files(self, project_hash: str) -> dict[str, bytes]:
        """The files that `keep_files` kept. Raises StoreError for an unknown hash."""
        from stocktake.store.runs import kept_files

        with self.database.reading() as connection:
            found = kept_files(connection, project_hash)
        if found is None:
            raise StoreError(
                self.database.where, f"no project files are kept under {project_hash}", "take a run's hash"
            )
        return found

    def add_run(self, run: Run) -> None:
        """Commit a run, after all its files are written."""
        from stocktake.store.runs import add_run

        with self.database.writing() as connection:
            add_run(connection, run)

    def runs(self) -> list[Run]:
        """Every run, the earliest first."""
        from stocktake.store.runs import all_runs

        with self.database.reading() as connection:
            return all_runs(connection)

    def publish(self, files: Mapping[str, bytes], *, who: str, why: str, published_at: datetime) -> Publication:
        """Keep a project's files as the published ones, in one transaction. published_at: UTC."""
        from stocktake.store.publications import add_publication

        with self.database.writing() as connection:
            return add_publication(connection, files, who=who, why=why, published_at=published_at)

    def publications(self) -> list[Publication]:
        """Every publication, the earliest first."""
        from stocktake.store.publications import all_publications

        with self.database.reading() as connection:
            return all_publications(connection)


def _listed(ids: Iterable[int]) -> str:
    return ", ".join(str(each) for each in ids) or "NULL"
