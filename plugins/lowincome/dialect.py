"""What DuckDB's SQL means, said in Spark's. The only import of sqlglot.

sqlglot translates the grammar. Where the two engines would still answer differently, DIFFERENCES below rewrites the
statement first; every one is told in docs/spark.md and has a test. Types are inferred from those of the inputs, for
several differences depend on them.
"""

from collections.abc import Callable, Iterable, Mapping

from sqlglot import exp, parse_one
from sqlglot.dialects import DuckDB
from sqlglot.errors import SqlglotError as NotUnderstood
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from lowincome import java_regex

Query = exp.Query
Tables = Mapping[str, Mapping[str, str]]
"""Spark's type of each column of each input."""
__all__ = [
    "DIFFERENCES", "NotUnderstood", "Query", "Tables", "is_dear", "is_shared", "parsed", "parts", "to_spark",
    "without_order",
]
KNOWN_TYPES = {**DuckDB.EXPRESSION_METADATA, exp.IntDiv: DuckDB.EXPRESSION_METADATA[exp.Mul]}
"""`//` has the type of its wider side; sqlglot takes it for 64 bits."""
NOTHING = exp.Literal.string("\x01")


def parsed(sql: str) -> exp.Query:
    """A SELECT of DuckDB's."""
    statement = parse_one(sql, read="duckdb").transform(huge_integer)
    assert isinstance(statement, exp.Query)
    return statement


def without_order(statement: exp.Query) -> tuple[exp.Query, str]:
    """The statement without its last ORDER BY, and that clause for whoever puts the rows of it in order.

    What they are ordered by and is no column of the answer becomes one, under a name of its own.
    """
    order = statement.args.get("order")
    if order is None or statement.args.get("limit") or any(key.this.is_number for key in order.expressions):
        return statement, ""
    for number, key in enumerate(order.expressions):
        if not _is_answered(key.this, statement):
            statement = statement.select(exp.alias_(key.this.copy(), f"_order_{number}"))
            key.set("this", exp.column(f"_order_{number}"))
        elif isinstance(key.this, exp.Column):
            key.set("this", exp.column(key.this.name, quoted=True))
    statement.set("order", None)
    return statement, str(order.sql("duckdb"))


def _is_answered(key: exp.Expr, statement: exp.Query) -> bool:
    """Whether rows are ordered by a column of the answer, or by all of them."""
    if not isinstance(key, exp.Column):
        return bool(key == exp.var("ALL"))
    named = {column.alias_or_name: column.unalias() for column in statement.selects}
    return key.name in named and (not key.table or named[key.name] == key)


def parts(statement: exp.Query) -> dict[str, exp.Query]:
    """The queries of a statement's WITH, taken out of it, in an order in which each knows those before it.

    None of one that names its columns anew.
    """
    named = statement.args.get("with_")
    if named is None or any(part.alias_column_names for part in named.expressions):
        return {}
    statement.set("with_", None)
    return {part.alias: part.this for part in named.expressions}


def is_shared(name: str, readers: Iterable[exp.Query]) -> bool:
    """Whether a table is read more than once."""
    return sum(str(table.name) == name for reader in readers for table in reader.find_all(exp.Table)) > 1


def is_dear(statement: exp.Query) -> bool:
    """Whether to work a query out twice costs more than to keep its rows."""
    return any(True for _ in statement.find_all(exp.Join, exp.Group, exp.Distinct, exp.Window))


def to_spark(statement: exp.Query, tables: Tables) -> str:
    """The statement for Spark, with the answer that DuckDB gives."""
    schema = MappingSchema({name: _kinds(columns) for name, columns in tables.items()}, dialect="spark")
    qualified = qualify(statement, schema=schema, dialect="duckdb")
    typed = annotate_types(qualified, schema=schema, dialect="duckdb", expression_metadata=KNOWN_TYPES)
    whole = exp.paren(typed, copy=False)
    for node in reversed(list(typed.walk())):
        _rewrite(node)
    return str(whole.this.sql(dialect="spark", comments=False))


def _kinds(columns: Mapping[str, str]) -> dict[str, str]:
    """Types as sqlglot names them."""
    return {name: "null" if kind == "void" else kind for name, kind in columns.items()}


def _rewrite(node: exp.Expr) -> None:
    """The first difference that applies takes the node's place, which keeps its type."""
    for difference in DIFFERENCES:
        meant = difference(node)
        if meant is not None:
            meant.type = node.type
            node.replace(meant)
            return


def huge_integer(node: exp.Expr) -> exp.Expr:
    """A hugeint is a decimal of 38 digits. Said before types are inferred, so that what follows from it is known."""
    return exp.DataType.build("decimal(38, 0)") if node == exp.DataType.build("int128") else node


def integer_division(node: exp.Expr) -> exp.Expr | None:
    """`//` of numbers beyond 64 bits: Spark's `div` cuts them in silence.

    A quotient of decimals has 29 digits before the point when the divisor's type has 19, and 20 when it has 38.
    """
    if not isinstance(node, exp.IntDiv):
        return None
    if not _is(node.this, exp.DType.DECIMAL) and not _is(node.expression, exp.DType.DECIMAL):
        return exp.IntDiv(this=_cast(node.this, "bigint"), expression=_cast(node.expression, "bigint"))
    whole, part = _cast(node.this, "decimal(38, 0)"), _cast(node.expression, "decimal(38, 0)")
    quotient = "cast((:a - :a % :b) / :b as decimal(38, 0))"
    small = _spark(quotient, a=whole, b=_cast(node.expression, "decimal(19, 0)"))
    return _spark("if(abs(:b) < 1e19, :s, :l)", b=part, s=small, l=_spark(quotient, a=whole, b=part))


def division(node: exp.Expr) -> exp.Expr | None:
    """`/` is a double, of integers and of decimals; a decimal in Spark."""
    if not isinstance(node, exp.Div):
        return None
    return exp.Div(this=_cast(node.this, "double"), expression=_cast(node.expression, "double"))


def rounding_cast(node: exp.Expr) -> exp.Expr | None:
    """A number becomes an integer by rounding (decimals half away from zero, doubles half to even); Spark cuts it."""
    if not isinstance(node, exp.Cast) or not node.to.is_type(*exp.DataType.INTEGER_TYPES):
        return None
    if _is(node.this, exp.DType.DECIMAL):
        return _cast(exp.Round(this=node.this.copy()), node.to.sql("spark"))
    if _is(node.this, *exp.DataType.REAL_TYPES - {exp.DType.DECIMAL}):
        return _cast(exp.Anonymous(this="rint", expressions=[node.this.copy()]), node.to.sql("spark"))
    return None


def days_between(node: exp.Expr) -> exp.Expr | None:
    """A date less a date is a number of days; an interval in Spark."""
    if not isinstance(node, exp.Sub) or not (_is_date(node.this) and _is_date(node.expression)):
        return None
    return _spark("cast(datediff(:a, :b) as bigint)", a=node.this, b=node.expression)


def date_and_days(node: exp.Expr) -> exp.Expr | None:
    """A date more or less some days: `+` of a date may be an interval's in Spark."""
    if not isinstance(node, exp.Add | exp.Sub) or not _is_date(node.this) or not _is_integer(node.expression):
        return None
    template = "date_add(:a, :b)" if isinstance(node, exp.Add) else "date_sub(:a, :b)"
    return _spark(template, a=node.this, b=_cast(node.expression, "int"))


def added_months(node: exp.Expr) -> exp.Expr | None:
    """`date + to_months(n)`: the last day of a short month in both."""
    if not isinstance(node, exp.Add) or not isinstance(node.expression, exp.Anonymous):
        return None
    if node.expression.name.lower() != "to_months":
        return None
    return _spark("add_months(:a, cast(:b as int))", a=node.this, b=node.expression.expressions[0])


def parsed_time(node: exp.Expr) -> exp.Expr | None:
    """`try_strptime` gives null for what is no date; so does `try_to_timestamp`, but not `to_timestamp`."""
    if not isinstance(node, exp.Anonymous) or node.name.lower() != "try_strptime":
        return None
    text, form = node.expressions
    java = exp.TimeToStr(this=exp.null(), format=form.copy()).sql("spark").split("'")[1]
    return _spark("try_to_timestamp(:a, :b)", a=text, b=exp.Literal.string(java))


def truncated_time(node: exp.Expr) -> exp.Expr | None:
    """`date_trunc` gives a time without zone; Spark's has one."""
    if not isinstance(node, exp.TimestampTrunc | exp.DateTrunc):
        return None
    return _cast(node, "timestamp_ntz")


def hamming(node: exp.Expr) -> exp.Expr | None:
    """Places at which two texts of one length differ: Spark has no such function."""
    if not isinstance(node, exp.Anonymous) or node.name.lower() != "hamming":
        return None
    left, right = node.expressions
    places = "filter(sequence(1, greatest(length(:a), 1)), i -> substr(:a, i, 1) <> substr(:b, i, 1))"
    return _spark(f"if(:a is null or :b is null, null, size({places}))", a=left, b=right)


def first_by(node: exp.Expr) -> exp.Expr | None:
    """`min_by` and `max_by` pass over rows whose value is null; Spark would give the null."""
    if not isinstance(node, exp.ArgMin | exp.ArgMax) or isinstance(node.this, exp.If):
        return None
    order = _spark("if(:a is null, null, :b)", a=node.this, b=node.expression)
    return type(node)(this=node.this.copy(), expression=order)


def filtered_any(node: exp.Expr) -> exp.Expr | None:
    """`any_value` passes over nulls, and Spark wants that said after the filter."""
    if not isinstance(node, exp.Filter) or not isinstance(node.this, exp.IgnoreNulls):
        return None
    return exp.IgnoreNulls(this=exp.Filter(this=node.this.this.copy(), expression=node.expression.copy()))


def joined_text(node: exp.Expr) -> exp.Expr | None:
    """`string_agg`, with its order, filter and window: `listagg` of Spark 4.3.0 breaks off beside another `distinct`.

    Without an order the texts are sorted too, so that the answer is the same every time.
    """
    joined = node.find(exp.GroupConcat) if isinstance(node, exp.Window | exp.Filter | exp.GroupConcat) else None
    inside = node.this if isinstance(node, exp.Window) else node
    if joined is None or joined not in (inside, inside.this) or isinstance(node.parent, exp.Filter | exp.Window):
        return None
    text, keys = _text_and_keys(joined)
    if isinstance(inside, exp.Filter):
        text = _spark("if(:c, :t, null)", c=inside.expression.this, t=text)
    found = "collect_set(:t)" if joined.find(exp.Distinct) else "collect_list(:t)"
    if keys:
        fields = [part for number, key in enumerate(keys) for part in (_string(f"k{number}"), key)]
        row = exp.Anonymous(this="named_struct", expressions=[*fields, _string("text"), text])
        text = _spark("if(:t is null, null, :r)", t=text, r=row)
    values = _spark(found, t=text)
    if isinstance(node, exp.Window):
        values = exp.Window(**{**node.copy().args, "this": values})
    in_order = "transform(array_sort(:v), s -> s.text)" if keys else "array_sort(:v)"
    return _spark("if(size(:v) = 0, null, array_join(:l, :s))", v=values, l=_spark(in_order, v=values),
                  s=joined.args["separator"])


def _text_and_keys(joined: exp.GroupConcat) -> tuple[exp.Expr, list[exp.Expr]]:
    """What is joined, and by what it is ordered; no keys when that is the text itself, or nothing."""
    order = joined.this if isinstance(joined.this, exp.Order) else exp.Order(this=joined.this, expressions=[])
    if any(key.args.get("desc") for key in order.expressions):
        raise ValueError("string_agg in descending order has no counterpart on Spark")
    text = order.this.expressions[0] if isinstance(order.this, exp.Distinct) else order.this
    keys = [key.this.copy() for key in order.expressions]
    return _text(text), [] if keys == [text] else keys


def as_text(node: exp.Expr) -> exp.Expr | None:
    """`||` and `concat_ws` write dates and numbers as text; Spark wants to be told."""
    if isinstance(node, exp.DPipe):
        return exp.DPipe(this=_text(node.this), expression=_text(node.expression))
    if isinstance(node, exp.ConcatWs):
        return exp.Anonymous(this="concat_ws", expressions=[_text(part) for part in node.expressions])
    return None


def concatenated(node: exp.Expr) -> exp.Expr | None:
    """`concat` takes null for nothing; Spark's is null when one part is."""
    if not isinstance(node, exp.Concat):
        return None
    return exp.Concat(expressions=[_spark("coalesce(:a, '')", a=_text(part)) for part in node.expressions])


def like_anything(node: exp.Expr) -> exp.Expr | None:
    """A backslash in a pattern of LIKE is a backslash; Spark takes it for an escape."""
    if not isinstance(node, exp.Like) or isinstance(node.parent, exp.Escape) or node.expression.is_string:
        return None
    return exp.Escape(this=node.copy(), expression=NOTHING.copy())


def full_match(node: exp.Expr) -> exp.Expr | None:
    """`regexp_full_match` and SIMILAR TO match the whole text; RLIKE looks anywhere."""
    if not isinstance(node, exp.RegexpFullMatch | exp.SimilarTo):
        return None
    return _rlike(node.this, java_regex.whole(_pattern(node.expression)))


def match(node: exp.Expr) -> exp.Expr | None:
    """RE2's `$`, `.` and `\\s` mean less than Java's: see java_regex."""
    if not isinstance(node, exp.RegexpLike) or node.meta.get("java"):
        return None
    return _rlike(node.this, java_regex.translated(_pattern(node.expression)))


def extract(node: exp.Expr) -> exp.Expr | None:
    """Without a group `regexp_extract` gives the whole match; in Spark the first group."""
    if not isinstance(node, exp.RegexpExtract):
        return None
    group = node.args.get("group") or exp.Literal.number(0)
    pattern = java_regex.translated(_pattern(node.expression))
    return exp.Anonymous(this="regexp_extract", expressions=[node.this.copy(), _string(pattern), group.copy()])


def replace(node: exp.Expr) -> exp.Expr | None:
    """`regexp_replace` replaces the first match, with the option 'g' all; Spark always all."""
    if not isinstance(node, exp.RegexpReplace):
        return None
    pattern, text = java_regex.translated(_pattern(node.expression)), _pattern(node.args["replacement"])
    if "g" not in (node.text("modifiers") or ""):
        pattern, text = java_regex.first_only(pattern, text)
    return exp.Anonymous(this="regexp_replace", expressions=[node.this.copy(), _string(pattern), _string(text)])


def by_name(node: exp.Expr) -> exp.Expr | None:
    """UNION ALL BY NAME: the columns of the left, then those that only the right has; null where a side has none."""
    if not isinstance(node, exp.Union) or not node.args.get("by_name"):
        return None
    queries = [side for side in (node.this, node.expression) if isinstance(side, exp.Query)]
    names = list(dict.fromkeys(name for side in queries for name in side.named_selects))
    sides = [_selecting(side, names) for side in queries]
    return exp.Union(**{**node.args, "by_name": None, "this": sides[0], "expression": sides[1]})


def _selecting(side: exp.Query, names: list[str]) -> exp.Expr:
    """One side of a union with its columns in an order of names."""
    if list(side.named_selects) == names:
        return side.copy()
    columns = [exp.column(name, "side", quoted=True) if name in side.named_selects
               else exp.alias_(exp.null(), name, quoted=True) for name in names]
    return exp.select(*columns).from_(side.copy().subquery("side"))


def materialized(node: exp.Expr) -> exp.Expr | None:
    """Spark decides by itself what it keeps: `as materialized` is left out."""
    if isinstance(node, exp.CTE) and node.args.get("materialized") is not None:
        node.set("materialized", None)
    return None


def row_in_query(node: exp.Expr) -> exp.Expr | None:
    """`(a, b) in (select (a, b) …)`: the query gives rows of two; Spark wants two columns."""
    if isinstance(node, exp.In) and isinstance(node.this, exp.Tuple) and node.args.get("query"):
        for select in node.args["query"].find_all(exp.Select):
            if len(select.selects) == 1 and isinstance(row := select.selects[0].unalias(), exp.Tuple):
                select.set("expressions", [column.copy() for column in row.expressions])
    return None


def not_in_query(node: exp.Expr) -> exp.Expr | None:
    """`x not in (select …)`: of a null on either side nothing is known. Spark looks for it by comparing every row with
    every other; here equals are found by their key, and nulls (2; 1 where there are only others) once for all."""
    inside = node.this.unnest() if isinstance(node, exp.Not) else None
    if not isinstance(inside, exp.In) or not inside.args.get("query") or isinstance(inside.this, exp.Tuple):
        return None
    query = inside.args["query"].unnest()
    value = exp.column(query.named_selects[0], "among", quoted=True)
    among, equal = query.copy().subquery("among"), exp.EQ(this=value, expression=inside.this.copy())
    same = exp.Exists(this=exp.select("1").from_(among).where(equal))
    kind = exp.select(_spark("max(if(:v is null, 2, 1))", v=value)).from_(among).subquery()
    return _spark("case when :same then false when :kind > if(:x is null, 0, 1) then null else true end",
                  same=same, kind=kind, x=inside.this)


def ordered_distinct(node: exp.Expr) -> exp.Expr | None:
    """After SELECT DISTINCT Spark knows the columns of ORDER BY by their new names only."""
    if isinstance(node, exp.Select) and node.args.get("distinct") and node.args.get("order"):
        names = {column.unalias(): column.alias_or_name for column in node.selects}
        for ordered in node.args["order"].expressions:
            if ordered.this in names:
                ordered.set("this", exp.column(names[ordered.this], quoted=True))
    return None


DIFFERENCES: tuple[Callable[[exp.Expr], exp.Expr | None], ...] = (
    integer_division, division, rounding_cast, days_between, added_months, date_and_days, parsed_time, truncated_time,
    hamming, first_by, filtered_any, joined_text, as_text, concatenated, like_anything, full_match, match, extract,
    replace, by_name, materialized, row_in_query, not_in_query, ordered_distinct,
)
"""In the order in which they are tried."""


def _spark(template: str, **parts: exp.Expr) -> exp.Expr:
    """A piece of Spark SQL with expressions in place of `:names`."""
    tree = parse_one(template, read="spark")
    for slot in list(tree.find_all(exp.Placeholder)):
        part = parts[slot.name].copy()
        slot.replace(exp.paren(part) if isinstance(part, exp.Binary) else part)
    return tree


def _rlike(text: exp.Expr, pattern: str) -> exp.Expr:
    found = exp.RegexpLike(this=text.copy(), expression=_string(pattern))
    found.meta["java"] = True
    return found


def _pattern(node: exp.Expr) -> str:
    """A regular expression is written out: a computed one could not be translated."""
    if not node.is_string:
        raise ValueError(f"a regular expression must be a literal to run on Spark, not {node.sql('duckdb')}")
    return str(node.this)


def _string(text: str) -> exp.Expr:
    return exp.Literal.string(text)


def _cast(node: exp.Expr, kind: str) -> exp.Expr:
    return exp.Cast(this=node.copy(), to=exp.DataType.build(kind, dialect="spark"))


def _text(node: exp.Expr) -> exp.Expr:
    return node.copy() if node.is_string or _is(node, *exp.DataType.TEXT_TYPES) else _cast(node, "string")


def _is(node: exp.Expr, *kinds: exp.DType) -> bool:
    return node.type is not None and node.type.is_type(*kinds)


def _is_date(node: exp.Expr) -> bool:
    return _is(node, exp.DType.DATE)


def _is_integer(node: exp.Expr) -> bool:
    return _is(node, *exp.DataType.INTEGER_TYPES)
