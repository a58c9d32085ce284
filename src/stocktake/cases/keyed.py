"""A query asked once for all trials, in SQL that every engine knows: each table carries the number of a row's trial.

Every relation of the query gets the column, every join, group and window keeps the trials apart by it. What can't be
asked so is refused, and is then asked once per trial.
"""

from __future__ import annotations

from sqlglot import exp


class NotKeyedError(Exception):
    """A form of query that can't be asked for all trials at once."""


def keyed(query: exp.Expr, key: str, trials: str) -> str:
    """The query over tables that have the column `key`, with that column last in its result. trials: a table of all.

    Raises NotKeyedError.
    """
    return _Keyed(key, trials).query(query.copy()).sql("duckdb")


class _Keyed:
    def __init__(self, key: str, trials: str) -> None:
        self.key, self.trials = key, trials

    def query(self, query: exp.Expr) -> exp.Expr:
        """A query with the key as its last column."""
        for common in query.args["with_"].expressions if query.args.get("with_") else ():
            common.set("this", self.query(common.this))
            if common.args["alias"].columns:
                raise NotKeyedError("a WITH that names its columns")
        if query.args.get("limit") or query.args.get("offset"):
            raise NotKeyedError("LIMIT")
        if isinstance(query, exp.SetOperation):
            query.set("this", self.query(query.this))
            query.set("expression", self.query(query.expression))
            return query
        if isinstance(query, exp.Subquery):
            query.set("this", self.query(query.this))
            return query
        if not isinstance(query, exp.Select):
            raise NotKeyedError(query.key)
        return self._select(query)

    def _select(self, select: exp.Select) -> exp.Expr:
        is_whole = _is_whole(select)
        current = self._sources(select)
        self._inside(select, current)
        select.append("expressions", exp.alias_(current.copy(), self.key))
        distinct = select.args.get("distinct")
        if distinct is not None and distinct.args.get("on"):
            distinct.args["on"].append("expressions", current.copy())
        group = select.args.get("group")
        if group is not None:
            if group.find(exp.Rollup):
                raise NotKeyedError("ROLLUP: its total is there also where there is no row")
            group.append("expressions", current.copy())
        elif is_whole:
            return self._with_empty(select, current)
        return select

    def _inside(self, select: exp.Select, current: exp.Expr) -> None:
        """Windows and subqueries within its own expressions."""
        for window in _own(select, exp.Window):
            window.append("partition_by", current.copy())
        for inner in [*_own(select, exp.Exists), *_own(select, exp.In)]:
            asked = inner.this if isinstance(inner, exp.Exists) else inner.args.get("query")
            if asked is not None:
                self._correlate(asked.unnest(), current)
        for inner in _own(select, exp.Subquery):
            if not isinstance(inner.parent, (exp.Exists, exp.In, exp.From, exp.Join)):
                self._correlate(inner.unnest(), current)

    def _correlate(self, select: exp.Expr, outer: exp.Expr) -> None:
        """Ask a subquery for the rows of the outer row's trial alone."""
        if not isinstance(select, exp.Select) or select.args.get("group") or select.args.get("limit"):
            raise NotKeyedError("a subquery that is more than a selection")
        if {each.alias_or_name for each in _sources(select)} & {column.table for column in outer.find_all(exp.Column)}:
            raise NotKeyedError("a subquery whose table is called as one outside")
        current = self._sources(select)
        self._inside(select, current)
        select.where(exp.EQ(this=current.copy(), expression=outer.copy()), copy=False)

    def _sources(self, select: exp.Select) -> exp.Expr:
        """Key all that a SELECT reads, and join it by the key; gives the key of a row."""
        told = select.args.get("from_")
        current = self._source(told.this) if told is not None else None
        joins = list(select.args.get("joins") or ())
        if current is None:
            # Rows that stand in the query itself are there in each trial.
            trials = exp.alias_(exp.to_table(self.trials), "trial", table=True)
            select.from_(trials, copy=False)
            select.set("joins", [*([exp.Join(this=told.this, kind="CROSS")] if told is not None else []), *joins])
            current = self._column("trial")
        for join in joins:
            own = self._source(join.this)
            current = self._join(join, own, current) if own is not None else current
        return current

    def _source(self, source: exp.Expr) -> exp.Expr | None:
        """The key of one relation; None where it has none, as a list's elements."""
        if isinstance(source, (exp.Unnest, exp.Values)):
            return None
        if isinstance(source, exp.Subquery) and isinstance(source.this, exp.Values):
            return None
        alias = source.args.get("alias")
        if alias is not None and alias.columns:
            raise NotKeyedError("a relation whose columns are named outside")
        if isinstance(source, exp.Subquery):
            source.set("this", self.query(source.this))
        elif not isinstance(source, exp.Table):
            raise NotKeyedError(source.key)
        return self._column(source.alias_or_name)

    def _join(self, join: exp.Join, own: exp.Expr, current: exp.Expr) -> exp.Expr:
        """Join one relation by the key too; gives the key of the joined row."""
        side = str(join.args.get("side") or "").upper()
        same = exp.EQ(this=own.copy(), expression=current.copy())
        told = join.args.get("on")
        join.set("on", exp.and_(same, told, copy=False) if told is not None else same)
        if not side:
            join.set("kind", "INNER")
        if side == "FULL":
            return exp.Coalesce(this=current.copy(), expressions=[own.copy()])
        return own if side == "RIGHT" else current

    def _with_empty(self, select: exp.Select, current: exp.Expr) -> exp.Expr:
        """A SELECT that sums up all rows, as one row per trial: also of a trial that has no rows."""
        if select.args.get("having") or select.args.get("distinct") or select.args.get("qualify"):
            raise NotKeyedError("an aggregate of all rows with a further condition")
        told = [each for each in select.expressions if each.alias != self.key]
        empty = {each.alias: _of_nothing(each.unalias()) for each in told}
        select.group_by(current.copy(), copy=False)
        with_ = select.args.pop("with_", None)
        columns = [
            exp.alias_(
                exp.Case().when(exp.column(self.key, "summed").is_(exp.null()), empty[each.alias])
                .else_(exp.column(each.alias, "summed")),
                each.alias,
            )
            for each in told
        ]  # fmt: skip
        whole = exp.select(*columns, exp.alias_(self._column("trial"), self.key))
        whole = whole.from_(exp.alias_(exp.to_table(self.trials), "trial", table=True)).join(
            select.subquery("summed"), on=exp.EQ(this=self._column("trial"), expression=self._column("summed")),
            join_type="left",
        )  # fmt: skip
        whole.set("with_", with_)
        return whole

    def _column(self, relation: str) -> exp.Expr:
        return exp.column(self.key, relation)


def _sources(select: exp.Select) -> list[exp.Expr]:
    told = select.args.get("from_")
    return [*([told.this] if told is not None else []), *(join.this for join in select.args.get("joins") or ())]


def _own(select: exp.Select, kind: type[exp.Expr]) -> list[exp.Expr]:
    """The parts of a kind in a SELECT's own expressions, those of the queries that it reads left out."""
    return [each for each in select.find_all(kind) if each.find_ancestor(exp.Select) is select]


def _is_whole(select: exp.Select) -> bool:
    """Whether it sums up all rows to one."""
    if select.args.get("group"):
        return False
    return any(not _in_window(each) for each in _own(select, exp.AggFunc))


def _in_window(node: exp.Expr) -> bool:
    over = node.parent.parent if isinstance(node.parent, (exp.Filter, exp.IgnoreNulls)) else node.parent
    return isinstance(over, exp.Window)


def _of_nothing(expression: exp.Expr) -> exp.Expr:
    """What an expression over aggregates is where there is no row."""
    expression = exp.paren(expression.copy())
    for each in list(expression.find_all(exp.AggFunc)):
        whole = each.parent if isinstance(each.parent, exp.Filter) else each
        whole.replace(exp.Literal.number(0) if isinstance(each, exp.Count) else exp.null())
    return expression
