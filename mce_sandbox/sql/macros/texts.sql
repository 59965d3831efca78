-- Functions on texts, and LIKE.

CREATE MACRO tsql_len(t) AS length(rtrim(t, ' '));

CREATE MACRO tsql_pad(t) AS rtrim(t, ' ');

CREATE MACRO tsql_left(t, n) AS
    CASE WHEN n < 0 THEN error('Invalid length parameter passed to the left function.') ELSE left(t, n) END;

CREATE MACRO tsql_right(t, n) AS
    CASE WHEN n < 0 THEN error('Invalid length parameter passed to the right function.') ELSE right(t, n) END;

CREATE MACRO tsql_substring(t, start, size) AS list_transform([t], lambda it:
    CASE WHEN size < 0 THEN error('Invalid length parameter passed to the LEFT or SUBSTRING function.')
         WHEN start < 1 THEN substring(it, 1, greatest(start + size - 1, 0))
         ELSE substring(it, start, size) END)[1];

CREATE MACRO tsql_replace(t, old, new) AS list_transform([t], lambda it:
    CASE WHEN it IS NULL OR old IS NULL OR new IS NULL THEN NULL
         WHEN old = '' THEN it
         ELSE regexp_replace(it, regexp_escape(old), replace(new, '\', '\\'), 'gi') END)[1];

CREATE MACRO tsql_charindex(find, t, start) AS list_transform([find], lambda it:
    CASE WHEN it IS NULL OR t IS NULL THEN NULL
         WHEN length(it) = 0 THEN 0
         WHEN strpos(substring(lower(t), greatest(start, 1)), lower(it)) = 0 THEN 0
         ELSE strpos(substring(lower(t), greatest(start, 1)), lower(it)) + greatest(start, 1) - 1 END)[1];

CREATE MACRO tsql_replicate(t, n, most) AS list_transform([t], lambda it: list_transform([n], lambda times:
    CASE WHEN times >= 0 THEN left(repeat(it, least(times, most // greatest(length(it), 1) + 1)), most) END)[1])[1];

CREATE MACRO tsql_space(n, most) AS list_transform([n], lambda it:
    CASE WHEN it >= 0 THEN repeat(' ', least(it, most)) END)[1];

CREATE MACRO tsql_stuff(t, start, size, new) AS list_transform([t], lambda it:
    CASE WHEN start >= 1 AND start <= length(it) AND size >= 0
         THEN left(it, start - 1) || coalesce(new, '') || substring(it, start + size) END)[1];

CREATE MACRO tsql_char(n) AS list_transform([n], lambda it: CASE WHEN it BETWEEN 0 AND 255 THEN chr(it) END)[1];

-- Of an empty text there is no first character.
CREATE MACRO tsql_code(t) AS unicode(nullif(t, ''));

-- What is above 65535, and a half of a pair, is none here.
CREATE MACRO tsql_nchar(n) AS list_transform([n], lambda it:
    CASE WHEN it BETWEEN 0 AND 55295 OR it BETWEEN 57344 AND 65535 THEN chr(it) END)[1];

CREATE MACRO tsql_bytes(t, each) AS length(t) * each;

CREATE MACRO tsql_size(v, size) AS CASE WHEN v IS NOT NULL THEN size END;

CREATE MACRO tsql_str(n, size, digits) AS list_transform([n], lambda it:
    CASE WHEN length(format('{:.' || digits || 'f}', CAST(it AS DOUBLE))) > size THEN repeat('*', size)
         ELSE lpad(format('{:.' || digits || 'f}', CAST(it AS DOUBLE)), size, ' ') END)[1];

CREATE MACRO tsql_quotename(t, sign) AS list_transform([t], lambda it:
    CASE WHEN length(it) > 128 THEN NULL
         WHEN sign IN ('[', ']') THEN '[' || replace(it, ']', ']]') || ']'
         WHEN sign IN ('(', ')') THEN '(' || replace(it, ')', '))') || ')'
         WHEN sign IN ('{', '}') THEN '{' || replace(it, '}', '}}') || '}'
         WHEN sign IN ('<', '>') THEN '<' || replace(it, '>', '>>') || '>'
         WHEN sign IN ('''', '"', '`') THEN sign || replace(it, sign, sign || sign) || sign END)[1];

CREATE MACRO tsql_newid() AS upper(CAST(uuid() AS VARCHAR));

CREATE MACRO tsql_uuid(t) AS list_transform([t], lambda it:
    CASE WHEN it IS NULL OR try_cast(it AS UUID) IS NOT NULL THEN upper(CAST(try_cast(it AS UUID) AS VARCHAR))
         ELSE error('Conversion failed when converting from a character string to uniqueidentifier.') END)[1];

-- A LIKE pattern that is not known before the query runs (patterns.py has the others): what is in brackets stays,
-- % and _ are translated, the rest is escaped.
CREATE MACRO tsql_pattern(p) AS
    array_to_string(
        list_transform(
            regexp_extract_all(p, '\[[^\]]*\]|[^\[]|\['),
            lambda part: CASE WHEN part = '%' THEN '.*'
                              WHEN part = '_' THEN '.'
                              WHEN part IN ('[', '[]', '[^]') THEN '[^\x00-\x{10FFFF}]'
                              WHEN length(part) > 1
                              THEN '[' || replace(replace(substring(part, 2, length(part) - 2), '\', '\\'), '[', '\[') || ']'
                              ELSE regexp_escape(part) END
        ), '');

CREATE MACRO tsql_like(t, p) AS regexp_full_match(t, tsql_pattern(p), 'si');

CREATE MACRO tsql_bracketed(p, sign) AS regexp_replace(p, regexp_escape(sign) || '(.)', '[\1]', 'g');

CREATE MACRO tsql_matches(t, expression) AS regexp_full_match(t, expression, 'si');

CREATE MACRO tsql_patindex(p, t) AS list_transform([p], lambda it:
    CASE WHEN it IS NULL OR t IS NULL THEN NULL
         WHEN NOT tsql_like(t, it) THEN 0
         WHEN NOT starts_with(it, '%') THEN 1
         ELSE length(regexp_extract(t, '^(.*?)' || tsql_pattern(substring(it, 2)) || '$', 1, 'si')) + 1 END)[1];

-- Where a regular expression with one group before the find matches, counted from 1.
CREATE MACRO tsql_found(t, expression) AS list_transform([t], lambda it:
    CASE WHEN it IS NULL THEN NULL
         WHEN NOT regexp_matches(it, expression, 'si') THEN 0
         ELSE length(regexp_extract(it, expression, 1, 'si')) + 1 END)[1];

CREATE MACRO tsql_aggregated(t, most) AS list_transform([t], lambda it:
    CASE WHEN length(it) > most
         THEN error('STRING_AGG aggregation result exceeded the limit of 8000 bytes. Use LOB types to avoid result truncation.')
         ELSE it END)[1];

-- DuckDB counts from the end where the place is below 0.
CREATE MACRO tsql_chosen(choices, place) AS list_extract(choices, greatest(place, 0));
