"""References by a file's name at a commit, looked up in the trees of the commits that the log holds."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from stocktake.graph.edits import iid_of
from stocktake.graph.frame import LOOKED_UP
from stocktake.graph.lookup import look_up, read_commits
from stocktake.nouns import short_hash
from stocktake.parts import part
from stocktake.project import Project
from stocktake.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

REFERENCES = """
SELECT DISTINCT value, NULLIF(split_part(value, '@', 1), '') AS repository,
    regexp_extract(value, '@([^@#]+)#', 1) AS commit, regexp_extract(value, '@[^@#]+#(.*)$', 1) AS name
FROM read_parquet(?, union_by_name = true) WHERE namespace = ? AND seq <= ?
"""
# What is not found falls back on the path as told, else on the bare name.
TARGETS = r"""
SELECT asked.value, CASE WHEN answer.outcome = 'found' OR asked.name LIKE '%_/_%' AND NOT starts_with(asked.name, '/')
        THEN 'git_path' ELSE 'git_name' END AS namespace,
    CASE WHEN answer.outcome = 'found' THEN answer.found_in || ':' || answer.path
        WHEN asked.name LIKE '%_/_%' AND NOT starts_with(asked.name, '/') THEN asked.repository || ':' || asked.name
        ELSE asked.repository || '#' || regexp_extract(asked.name, '([^/\\]+)[/\\]*$', 1) END AS target
FROM asked JOIN answer ON answer.repository IS NOT DISTINCT FROM asked.repository AND answer.commit = asked.commit
    AND answer.name = asked.name
WHERE answer.outcome <> 'ambiguous' AND (answer.outcome = 'found' OR asked.repository IS NOT NULL)
ORDER BY asked.value
"""


def lookups(project: Project, store: Store, segments: Iterable[Path], known_at: int) -> pa.Table | None:
    """What each reference by a name at a commit is: `value`, `namespace`, `target`, `iid`; None without references.

    Several files of one name stay a reference of its own. Kept on disk, as it is a function of segments and known_at.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    folders = sorted(segments)
    links = [str(path) for folder in folders if (path := folder / "links.parquet").exists()]
    if not links:
        return None
    names = (str(folder.relative_to(project.derived)) for folder in folders)
    key = short_hash(str(known_at), str(len(store.purges())), *names, length=20)
    kept = project.derived / store.log_id / "lookups" / f"{key}.parquet"
    try:
        table = pq.ParquetFile(kept).read()
    except FileNotFoundError:
        table = _find(project, store, links, known_at)
        with part(kept.parent) as folder:
            pq.write_table(table, folder / kept.name)
            (folder / kept.name).replace(kept)
        for old in kept.parent.glob("*.parquet"):
            if old != kept:
                old.unlink(missing_ok=True)  # another process may clear up too
    iids = [str(iid_of(row["namespace"], row["target"])) for row in table.to_pylist()]
    return table.append_column("iid", pa.array(iids, pa.string()))


def _find(project: Project, store: Store, links: list[str], known_at: int) -> pa.Table:
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE asked AS {REFERENCES}", [links, LOOKED_UP, known_at])
    references: pa.Table = connection.sql("SELECT repository, commit, name FROM asked").to_arrow_table()
    if references.num_rows:
        bodies, addresses = _commits(project, store, known_at)
        answer = look_up(references, *read_commits(bodies), addresses)
    else:
        answer = references.append_column("outcome", references.column("name"))
        answer = answer.append_column("found_in", references.column("name"))
        answer = answer.append_column("path", references.column("name"))
    connection.register("answer", answer)
    targets: pa.Table = connection.sql(TARGETS).to_arrow_table()
    return targets


def _commits(project: Project, store: Store, known_at: int) -> tuple[pa.Table, pa.Table]:
    """The bodies of all commits (the latest of each), and the other addresses of their repositories."""
    import pyarrow as pa

    from stocktake.vocabulary.decode import Decoder

    sources = [source.name for source in project.sources if project.vocabulary_of(source) == "git"]
    batches = list(store.lines((1, known_at), sources, 100_000))
    decoder = Decoder(None, project.vocabularies, project.schema)
    lines = pa.concat_tables(batches) if batches else None
    if lines is None:
        empty = pa.table({"repository": pa.array([], pa.string()), "body": pa.array([], pa.string())})
        return empty, pa.table({"address": pa.array([], pa.string()), "repository": pa.array([], pa.string())})
    decoder.connection.register("git_lines", lines)
    repository = "git_url(json_extract_string(body, '$.repository'))"
    bodies: pa.Table = decoder.connection.sql(
        f"""SELECT {repository} AS repository, body FROM git_lines WHERE label = 'Commit' AND body IS NOT NULL
        QUALIFY ROW_NUMBER() OVER (PARTITION BY source, key ORDER BY seq DESC) = 1"""
    ).to_arrow_table()
    addresses: pa.Table = decoder.connection.sql(
        f"""SELECT DISTINCT git_url(UNNEST(json_extract_string(body, '$.former_repositories[*]'))) AS address,
            {repository} AS repository FROM git_lines WHERE label = 'File' AND body IS NOT NULL"""
    ).to_arrow_table()
    return bodies, addresses
