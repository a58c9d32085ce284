"""The portable subset as lists: what every engine reads alike, and for the rest why not and how to say it instead."""

from __future__ import annotations

QUERIES = (
    "Select From Where Having Qualify Subquery CTE TableAlias Table Column Identifier Alias Paren Literal Boolean "
    "Tuple Values Except Intersect Rollup Ordered Order Exists DataType DataTypeParam Var Unnest WindowSpec "
    "Filter Distinct"
)
LOGIC = (
    "And Or Not EQ NEQ GT GTE LT LTE Is NullSafeEQ NullSafeNEQ In Between Case Coalesce Nullif "
    "Add Sub Mul Neg Abs Round Cast TryCast"
)
TEXTS = (
    "Like Lower Substring SplitPart StrPosition Replace Trim StartsWith RegexpLike Length DPipe "
    "ArrayContains ArraySort Array"
)
AGGREGATES = "Count Sum Min Max Avg LogicalAnd LogicalOr Rank DenseRank"
PLAIN = frozenset(" ".join((QUERIES, LOGIC, TEXTS, AGGREGATES)).split())
"""SQLGlot's names of what is allowed wherever it stands."""

NEEDS_ID_ORDER = frozenset({"RowNumber", "FirstValue", "LastValue", "NthValue", "Lag", "Lead", "Ntile"})
"""Window functions that pick a row, so that a tie would be broken by chance."""

FUNCTIONS = (
    "ABS, ARRAY_AGG, AVG, BOOL_AND, BOOL_OR, CARDINALITY, CAST, CEIL, COALESCE, COUNT, DATE_DIFF, DATE_TRUNC, "
    "DENSE_RANK, EXP, EXTRACT, FIRST_VALUE, FLOOR, LAG, LAST_VALUE, LEAD, LENGTH, LIST_CONTAINS, LIST_SORT, LOWER, "
    "MAX, MIN, NTILE, NULLIF, RANK, REGEXP_EXTRACT, REGEXP_MATCHES, REPLACE, ROUND, ROW_NUMBER, SIGN, SPLIT_PART, "
    "STARTS_WITH, STDDEV, STRING_AGG, STRPOS, SUBSTR, SUM, TRIM, TRY_CAST"
)
"""The functions of the subset, as they are written."""

AS_OF = "read the moment from standard.run: run.as_of"
BY_ROW_NUMBER = "keep the row with ROW_NUMBER() OVER (PARTITION BY … ORDER BY …, id) = 1"
BY_WINDOWS = "find the middle rows with ROW_NUMBER and COUNT windows"
NO_JSON = "let a vocabulary make fields of it, so that the graph has a column"
NO_MAP = "give one row per key and value"

REFUSED: dict[str, tuple[str, str]] = {
    "Greatest": (
        "GREATEST skips unknowns on some engines and not on others",
        "CASE WHEN a >= b THEN a WHEN b > a THEN b END",
    ),
    "Least": (
        "LEAST skips unknowns on some engines and not on others",
        "CASE WHEN a <= b THEN a WHEN b < a THEN b END",
    ),
    "AnyValue": ("ANY_VALUE picks by chance, and Presto does not have it", "MIN(…)"),
    "First": ("FIRST picks by chance", BY_ROW_NUMBER),
    "Last": ("LAST picks by chance", BY_ROW_NUMBER),
    "ArgMax": ("MAX_BY picks by chance between equals", BY_ROW_NUMBER),
    "ArgMin": ("MIN_BY picks by chance between equals", BY_ROW_NUMBER),
    "Mode": ("MODE picks by chance between equals", "count per value, then " + BY_ROW_NUMBER),
    "Median": ("engines differ on MEDIAN", BY_WINDOWS),
    "Quantile": ("engines differ on quantiles", BY_WINDOWS),
    "ApproxQuantile": ("engines differ on quantiles", BY_WINDOWS),
    "PercentileCont": ("engines differ on PERCENTILE_CONT and QUANTILE_CONT", BY_WINDOWS),
    "PercentileDisc": ("engines differ on PERCENTILE_DISC and QUANTILE_DISC", BY_WINDOWS),
    "WithinGroup": ("engines differ on WITHIN GROUP", BY_WINDOWS),
    "ApproxDistinct": ("engines estimate differently", "COUNT(DISTINCT …)"),
    "RegexpReplace": ("REGEXP_REPLACE replaces the first match on DuckDB and all elsewhere", "REPLACE, or SPLIT_PART"),
    "Upper": ("UPPER of letters beyond ASCII differs", "LOWER, on ASCII only"),
    "Initcap": ("INITCAP differs", "LOWER, on ASCII only"),
    "Contains": ("CONTAINS means other things elsewhere", "STRPOS(text, part) > 0"),
    "ILike": ("ILIKE is not known everywhere", "LOWER(text) LIKE '…'"),
    "SimilarTo": ("SIMILAR TO is not known everywhere", "REGEXP_MATCHES"),
    "Glob": ("GLOB is not known everywhere", "LIKE, or REGEXP_MATCHES"),
    "Concat": ("CONCAT skips unknowns on some engines", "a || b"),
    "ConcatWs": ("CONCAT_WS skips unknowns on some engines", "a || ',' || b"),
    "Pow": ("the last digit differs, and it can fail on a row", "multiply"),
    "Sqrt": ("it fails on a negative value", "compare the squares"),
    "Ln": ("it fails on 0", "put the value into buckets instead"),
    "Log": ("it fails on 0", "put the value into buckets instead"),
    "IsNan": ("no NaN enters the lake, and engines compare it differently", "IS NULL"),
    "IsInf": ("no infinity enters the lake", "IS NULL"),
    "TimeToUnix": ("EPOCH gives other types elsewhere", "DATE_DIFF('second', TIMESTAMP '1970-01-01 00:00:00', x)"),
    "UnixToTime": ("EPOCH_MS differs elsewhere", "DATE_DIFF('second', TIMESTAMP '1970-01-01 00:00:00', x)"),
    "TimeToStr": ("formats of times differ", "CAST(CAST(x AS DATE) AS VARCHAR)"),
    "StrToTime": (
        "times are parsed when they are collected, never in SQL",
        "declare the field as a time in its vocabulary",
    ),
    "DateAdd": ("DATE_ADD differs", "x + INTERVAL '1' DAY"),
    "DateSub": ("DATE_SUB differs", "x - INTERVAL '1' DAY"),
    "DayOfWeek": ("days of the week are numbered differently", "days since a known Monday, modulo 7"),
    "CurrentDate": ("SQL never asks for the time of the day: a run must give the same numbers again", AS_OF),
    "CurrentTimestamp": ("SQL never asks for the time of the day: a run must give the same numbers again", AS_OF),
    "CurrentTime": ("SQL never asks for the time of the day: a run must give the same numbers again", AS_OF),
    "CurrentDatetime": ("SQL never asks for the time of the day: a run must give the same numbers again", AS_OF),
    "Localtimestamp": ("SQL never asks for the time of the day: a run must give the same numbers again", AS_OF),
    "Rand": ("chance gives other numbers on each run", "order by an id"),
    "Uuid": ("chance gives other ids on each run", "use the id of the artifact"),
    "SHA": ("hashes are not known everywhere", "use the id of the artifact"),
    "SHA2": ("hashes are not known everywhere", "use the id of the artifact"),
    "MD5": ("hashes are not known everywhere", "use the id of the artifact"),
    "TableSample": ("a sample gives other rows on each run", "take all rows"),
    "ToMap": ("maps are not known everywhere", NO_MAP),
    "Map": ("maps are not known everywhere", NO_MAP),
    "Struct": ("structs are not known everywhere", "give each part a column"),
    "Bracket": (
        "lists are counted from 0 or 1, and a missing place fails on some engines",
        "UNNEST the list in a CROSS JOIN",
    ),
    "Explode": ("UNNEST in a SELECT differs", "CROSS JOIN UNNEST(list) AS part (value)"),
    "Lateral": ("LATERAL differs", "join a common table expression"),
    "Lambda": ("functions of lists differ", "UNNEST the list in a CROSS JOIN"),
    "ArrayFilter": ("functions of lists differ", "UNNEST the list in a CROSS JOIN"),
    "Transform": ("functions of lists differ", "UNNEST the list in a CROSS JOIN"),
    "ArraySize": ("LEN and ARRAY_LENGTH of a list are not known everywhere", "CARDINALITY(list)"),
    "JSONExtract": ("JSON differs on every engine", NO_JSON),
    "JSONExtractScalar": ("JSON differs on every engine", NO_JSON),
    "ParseJSON": ("JSON differs on every engine", NO_JSON),
    "Pivot": ("PIVOT is not known everywhere", "one CASE per column"),
    "Columns": ("COLUMNS is not known everywhere", "name every column"),
    "Cube": ("CUBE was not seen equal", "GROUP BY ROLLUP, or UNION ALL"),
    "GroupingSets": ("GROUPING SETS were not seen equal", "GROUP BY ROLLUP, or UNION ALL"),
    "Placeholder": ("a file takes no parameters", "write the value, or read it from a table"),
    "Parameter": ("a file takes no parameters", "write the value, or read it from a table"),
}
"""SQLGlot's names of what is refused: the reason, and the portable way."""

REFUSED_CALLS: dict[str, tuple[str, str]] = {
    "NOW": REFUSED["CurrentTimestamp"],
    "TODAY": REFUSED["CurrentDate"],
    "GET_CURRENT_TIMESTAMP": REFUSED["CurrentTimestamp"],
    "TRANSACTION_TIMESTAMP": REFUSED["CurrentTimestamp"],
    "HISTOGRAM": ("HISTOGRAM is not known everywhere", "GROUP BY the value and COUNT(*)"),
    "EVERY": ("EVERY is not known everywhere", "BOOL_AND"),
    "AGE": ("AGE gives intervals that differ", "DATE_DIFF('day', CAST(a AS DATE), CAST(b AS DATE))"),
    "LIST_SUM": ("functions of lists differ", "UNNEST the list in a CROSS JOIN"),
    "LIST_AGGREGATE": ("functions of lists differ", "UNNEST the list in a CROSS JOIN"),
    "HASH": ("hashes differ", "use the id of the artifact"),
}
"""Functions that SQLGlot does not know, by name."""
