"""No model is written in words that only one of the engines knows; what differs is in macros."""

import re

import pytest
from workspaces import PROJECT

MODELS = sorted((PROJECT / "models").rglob("*.sql"))
# Not on Spark, each with what to write instead; macros/cross_db has the macros.
FOREIGN = {
    r"\b(list|array_agg)\s*\(": "ordered_list",
    r"\blist_\w+\s*\(": "the list macros",
    r"\bstring_agg\s*\(": "dbt.listagg",
    r"\b(array_to_string|string_split)\s*\(": "list_text, or split on one sign",
    r"\b(unnest|range|generate_series)\s*\(": "a join to a relation with the numbers",
    r"\b(arg_max|arg_min)\s*\(": "max_by, min_by",
    r"\bquantile(_cont|_disc)?\s*\(": "percentile_cont(p) within group (order by x)",
    r"\b(strptime|try_strptime|strftime)\s*\(": "a macro",
    r"\b(regexp_matches|regexp_full_match)\s*\(": "matches",
    r"\b(set_bit|get_bit|bit_or|bit_and|bit_count)\s*\(": "the set macros",
    r"\bhash\s*\(": "dbt.hash",
    r"\b(len|strlen)\s*\(": "length of a text, list_length of a list",
    r"\b(struct_pack|row)\s*\(": "structure",
    r"\bepoch\w*\s*\(": "dbt.datediff",
    r"\bround\s*\([^()]*,\s*[0-9]+\s*\)": "rounded",
    r"\blog\s*\(": "ln, or log10",
    r"\b(qualify|exclude|lambda|asof|positional)\b": "plain SQL",
    r"\bdistinct\s+on\b": "row_number",
    r"\bmaterialized\s*\(": "inlined",
    r"\bunion\s+(all\s+)?by\s+name\b": "the columns in one order",
    r"\b(varchar|hugeint|uinteger|ubigint|timestamptz)\b": "dbt.type_string and the common types",
    r"::": "cast",
    r"\bsum\s*\(\s*(is|has)_\w+\s*\)": "count(*) filter (where ...)",
}
# Signs that only make sense outside of Jinja.
FOREIGN_SIGNS = {
    r'"': "a name without quotes, or a text in single ones",
    r"[\[\]]": "list_of, list_item",
    r"[{}]": "structure",
}
# one with another inside comes after it
JINJA = re.compile(r"\{\{(?:(?!\{\{|\}\}).)*\}\}|\{%(?:(?!\{\{).)*?%\}", re.DOTALL)
COMMENT = re.compile(r"\{#.*?#\}|/\*.*?\*/|(?<!')--[^\n]*", re.DOTALL)
TEXT_IN_JINJA = re.compile(r"\"[^\"]*\"|'[^']*'")


def parts(sql):
    """The SQL of a model's file, without texts, and the texts that are handed to macros."""
    sql, handed = COMMENT.sub(" ", sql), []
    while blocks := JINJA.findall(sql):
        handed += TEXT_IN_JINJA.findall(" ".join(blocks))
        sql = JINJA.sub("jinja", sql)
    # a part of a structure is named alike on both
    plain = re.sub(r"(?<=\w)\['text'\]", "", re.sub(r"'[^']*'", "'text'", sql))
    return plain, " ".join(handed)


def found(sql):
    """What a model's file says that only one engine knows, with what to write instead."""
    plain, handed = parts(sql)
    return [
        (match.group().strip(), instead)
        for text, foreign in ((plain, FOREIGN | FOREIGN_SIGNS), (handed, FOREIGN))
        for pattern, instead in foreign.items()
        for match in re.finditer(pattern, text, re.IGNORECASE)
    ]


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
def test_models_are_portable(model):
    assert found(model.read_text(encoding="utf-8")) == []


def test_what_is_foreign_is_found():
    assert found("select list(x order by y) from {{ ref('t') }}")
    assert found("select {{ exact_sum('arg_max(a, b)') }}")
    assert found('select "a"[1], x::int')
    assert found("select 'a [list(1)]' as label, {{ list_of(['a']) }} -- list(x)") == []


def test_no_text_on_spark_depends_on_how_backslashes_are_read():
    """A setting decides, and Spark 4.3 reads r'...' wrongly under it; sql_text writes numbers."""
    macro = re.compile(r"{% macro (spark__\w+)\(.*?%}(.*?){%-? endmacro", re.DOTALL)
    bodies = {
        name: JINJA.sub("", COMMENT.sub("", body))
        for path in (PROJECT / "macros").rglob("*.sql")
        for name, body in macro.findall(path.read_text(encoding="utf-8"))
    }
    assert len(bodies) > 30
    bodies |= {model.stem: JINJA.sub("", model.read_text(encoding="utf-8")) for model in MODELS}
    assert [name for name, body in bodies.items() if re.search(r"\\|\br'", body)] == []


def test_no_model_asks_for_the_engine():
    asked = [
        model.stem
        for model in MODELS
        if re.search(r"target\.(type|name)|adapter\.type", model.read_text(encoding="utf-8"))
    ]
    assert asked == []
