"""Looking up a file that a run names by its bare name, in the tree of the commit that it ran.

A tree is what its commit changed against its first parent, on that parent's tree. So first parents make a forest, and
what holds at a commit is the last change of each path on the way up to the root. Numbered in pre-order, all commits
that stand on one commit are a range of numbers: each reference is a range join, exact whatever branches and merges
there were, and only changes of the names that are asked for are looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

ASKED = """
CREATE TEMP TABLE asked AS
SELECT row_number() OVER () AS id, given.repository AS told, given.commit AS told_commit, given.name AS told_name,
    coalesce(address.repository, given.repository) AS repository, lower(trim(given.commit)) AS commit,
    regexp_replace(replace(trim(given.name), chr(92), '/'), '^(\\./)+', '') AS name,
    regexp_extract(replace(trim(given.name), chr(92), '/'), '([^/]+)/*$', 1) AS base_name
FROM (SELECT DISTINCT repository, commit, name FROM given_references) AS given
LEFT JOIN (SELECT address, min(repository) AS repository FROM given_addresses GROUP BY address) AS address
    ON address.address = given.repository
"""
COMMITS = """
CREATE TEMP TABLE known AS
SELECT row_number() OVER () - 1 AS id, repository, sha, parent
FROM (SELECT repository, sha, max(parent) AS parent FROM given_commits GROUP BY repository, sha) AS commits
"""
# A hash names a commit wherever it is, so a reference without a repository finds it by the hash alone.
NAMED = """
CREATE TEMP TABLE named AS
SELECT asked.id, known.id AS commit_id, known.repository
FROM asked JOIN known ON known.sha = asked.commit
WHERE asked.repository IS NULL OR known.repository = asked.repository
UNION
SELECT asked.id, known.id AS commit_id, known.repository
FROM asked JOIN known ON known.repository = asked.repository AND starts_with(known.sha, asked.commit)
WHERE length(asked.commit) BETWEEN 7 AND 39
"""
FOUND = """
CREATE TEMP TABLE found AS
WITH change AS (
    SELECT known.repository, forest.enter, forest.leave, forest.depth, given.path, given.is_there,
        regexp_extract(given.path, '([^/]+)$', 1) AS base_name
    FROM given_changes AS given
    JOIN known ON known.repository = given.repository AND known.sha = given.sha
    JOIN forest ON forest.id = known.id
    WHERE regexp_extract(given.path, '([^/]+)$', 1) IN (SELECT base_name FROM asked)
), latest AS (
    SELECT named.id, named.commit_id, change.repository, change.path, arg_max(change.is_there, change.depth) AS is_there
    FROM named
    JOIN asked ON asked.id = named.id
    JOIN forest ON forest.id = named.commit_id
    JOIN change ON change.repository = named.repository AND change.base_name = asked.base_name
        AND forest.enter >= change.enter AND forest.enter < change.leave
    WHERE change.path = asked.name OR ends_with(change.path, '/' || asked.name)
        OR (starts_with(asked.name, '/') AND ends_with(asked.name, '/' || change.path))
    GROUP BY named.id, named.commit_id, change.repository, change.path
)
SELECT DISTINCT id, repository, path FROM latest WHERE is_there
"""
TOLD = """
CREATE TEMP TABLE told AS
SELECT DISTINCT repository, body, json_extract_string(body, '$.sha') AS sha,
    coalesce(json_extract_string(body, '$.parents[0]'), json_extract_string(body, '$.previous')) AS parent
FROM given_bodies
"""
CHANGES = """
WITH there AS (
    SELECT repository, sha, unnest(list_concat(
        json_extract_string(body, '$.added[*]'), json_extract_string(body, '$.named[*]'),
        json_extract_string(body, '$.renamed[*].to'))) AS path
    FROM told
), away AS (
    SELECT repository, sha, unnest(list_concat(
        json_extract_string(body, '$.removed[*]'), json_extract_string(body, '$.renamed[*].from'))) AS path
    FROM told
)
SELECT repository, sha, path, TRUE AS is_there FROM there
UNION ALL
SELECT repository, sha, path, FALSE AS is_there FROM away
"""
ANSWER = """
SELECT asked.told AS repository, asked.told_commit AS commit, asked.told_name AS name,
    CASE
        WHEN count(found.path) = 1 THEN 'found' WHEN count(found.path) > 1 THEN 'ambiguous'
        WHEN bool_or(asked.id IN (SELECT id FROM named)) THEN 'absent' ELSE 'unknown commit'
    END AS outcome,
    CASE WHEN count(found.path) = 1 THEN min(found.repository) END AS found_in,
    CASE WHEN count(found.path) = 1 THEN min(found.path) END AS path,
    coalesce(list(found.repository || ':' || found.path ORDER BY found.repository, found.path)
        FILTER (WHERE found.path IS NOT NULL), []) AS candidates
FROM asked LEFT JOIN found ON found.id = asked.id
GROUP BY asked.id, asked.told, asked.told_commit, asked.told_name
ORDER BY asked.told_commit, asked.told_name, asked.told
"""


def look_up(references: pa.Table, commits: pa.Table, changes: pa.Table, addresses: pa.Table | None = None) -> pa.Table:
    """Find the file that each reference names at its commit.

    references: `repository` (one of its addresses; NULL where the run did not tell it), `commit` (whole, or its first 7
    or more digits), `name` (a file name, the end of a path, or an absolute path).
    commits: `repository`, `sha`, `parent` (the first one; NULL at a root). changes: `repository`, `sha`, `path`,
    `is_there` (TRUE: added or seen, FALSE: removed or renamed away), each commit against its first parent.
    addresses: `address`, `repository`: other names of the repositories.
    Returns one row per distinct reference: `repository`, `commit`, `name` as given, `outcome` (found, ambiguous,
    absent, unknown commit), `found_in` and `path` when there is exactly one file, and all `candidates`
    (`repository:path`).
    """
    import duckdb
    import pyarrow as pa

    none = pa.table({"address": pa.array([], pa.string()), "repository": pa.array([], pa.string())})
    connection = duckdb.connect(config={"threads": 2})
    connection.register("given_references", references)
    connection.register("given_commits", commits)
    connection.register("given_changes", changes)
    connection.register("given_addresses", none if addresses is None else addresses)
    for sql in (ASKED, COMMITS, NAMED):
        connection.execute(sql)
    _number(connection)
    connection.execute(FOUND)
    answers: pa.Table = connection.sql(ANSWER).to_arrow_table()
    return answers


def read_commits(bodies: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The commits and changes that `look_up` takes, from records of commits.

    bodies: `repository` and `body`: JSON with `sha`; `parents`, or `previous` where a saved log tells no parents;
    `added`, `removed`, `renamed` (`from`, `to`) and `named` (there, but the log does not say whether it is new).
    """
    import duckdb

    connection = duckdb.connect(config={"threads": 2})
    connection.register("given_bodies", bodies)
    connection.execute(TOLD)
    commits: pa.Table = connection.sql("SELECT repository, sha, parent FROM told").to_arrow_table()
    changes: pa.Table = connection.sql(CHANGES).to_arrow_table()
    return commits, changes


def _number(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table `forest`: pre-order numbers and depths of the commits of the repositories that are asked about."""
    import pyarrow as pa

    rows = connection.sql("""
        SELECT child.id, parent.id AS parent
        FROM known AS child
        LEFT JOIN known AS parent ON parent.repository = child.repository AND parent.sha = child.parent
        WHERE child.repository IN (SELECT repository FROM named)
    """).to_arrow_table()
    ids = rows.column("id").to_pylist()
    places = {id: place for place, id in enumerate(ids)}
    parents = [places[id] if id is not None else -1 for id in rows.column("parent").to_pylist()]
    enter, leave, depth = number_forest(parents)
    numbered = pa.table({"id": pa.array(ids, pa.int64()), "enter": enter, "leave": leave, "depth": depth})
    connection.register("numbered", numbered)
    connection.execute("CREATE TEMP TABLE forest AS SELECT * FROM numbered WHERE enter >= 0")


def number_forest(parents: list[int]) -> tuple[list[int], list[int], list[int]]:
    """Pre-order numbers of a forest: node b stands on node a when enter[a] <= enter[b] < leave[a].

    parents: for each node the place of its parent, -1 for a root.
    Returns enter, leave and depth; enter is -1 on a cycle.
    """
    count = len(parents)
    enter, leave, depth = [-1] * count, [0] * count, [0] * count
    children: list[list[int]] = [[] for _ in parents]
    for node, parent in enumerate(parents):
        if parent >= 0:
            children[parent].append(node)
    waiting = [node for node, parent in enumerate(parents) if parent < 0]
    order: list[int] = []
    while waiting:
        node = waiting.pop()
        enter[node], leave[node] = len(order), len(order) + 1
        order.append(node)
        for child in children[node]:
            depth[child] = depth[node] + 1
        waiting.extend(children[node])
    for node in reversed(order):
        if parents[node] >= 0:
            leave[parents[node]] = max(leave[parents[node]], leave[node])
    return enter, leave, depth
