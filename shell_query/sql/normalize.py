"""The text without what does not matter, for hashing: one query written in two ways is one query."""

from shell_query.sql.lexer import Kind, Source

# Names keep their case: an alias is what the column will be called. Only words that cannot be one are folded.
_KEYWORDS_TEXT = """
    ALL AND ANY APPLY AS ASC BETWEEN BY CASE CAST COLLATE CONVERT CROSS CUBE CURRENT_TIMESTAMP DESC
    DISTINCT ELSE END ESCAPE EXCEPT EXISTS FETCH FIRST FOLLOWING FOR FROM FULL GROUP GROUPING HAVING
    IN INNER INTERSECT IS JOIN LEFT LIKE NEXT NOLOCK NOT NULL OFFSET ON ONLY OR ORDER OUTER OVER
    PARTITION PERCENT PIVOT PRECEDING RANGE RIGHT ROLLUP ROW ROWS SELECT SETS SOME THEN TIES TOP
    UNBOUNDED UNION UNPIVOT VALUES WHEN WHERE WITH WITHIN
"""
_KEYWORDS = frozenset(_KEYWORDS_TEXT.split())


def normalize(source: Source) -> str:
    """Spaces and comments folded, keywords and function names in capitals, names and literals as they are."""
    tokens = source.tokens
    following = [*(token.text for token in tokens[1:]), ""]
    return " ".join(
        token.upper if token.kind is Kind.WORD and (token.upper in _KEYWORDS or after == "(") else token.text
        for token, after in zip(tokens, following, strict=True)
    )
