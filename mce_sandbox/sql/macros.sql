-- T-SQL's behaviour where DuckDB has none of it. The rewriting calls these by name.

CREATE MACRO tsql_try_int(t) AS
    CASE WHEN trim(t) = '' THEN 0
         WHEN regexp_full_match(trim(t), '[+-]?[0-9]{1,18}') THEN CAST(trim(t) AS BIGINT) END;

CREATE MACRO tsql_int(t) AS
    CASE WHEN t IS NOT NULL AND tsql_try_int(t) IS NULL
         THEN error('Conversion failed when converting the varchar value ''' || t || ''' to data type int.')
         ELSE tsql_try_int(t) END;

CREATE MACRO tsql_try_number(t) AS try_cast(trim(t) AS DECIMAL(38, 10));

CREATE MACRO tsql_number(t) AS
    CASE WHEN t IS NOT NULL AND tsql_try_number(t) IS NULL
         THEN error('Error converting data type varchar to numeric.')
         ELSE tsql_try_number(t) END;

CREATE MACRO tsql_try_bit(t) AS
    CASE WHEN lower(trim(t)) IN ('true', '1') THEN true
         WHEN lower(trim(t)) IN ('false', '0', '') THEN false END;

CREATE MACRO tsql_bit(t) AS
    CASE WHEN t IS NOT NULL AND tsql_try_bit(t) IS NULL
         THEN error('Conversion failed when converting the varchar value ''' || t || ''' to data type bit.')
         ELSE tsql_try_bit(t) END;

CREATE MACRO tsql_truth(n) AS n <> 0;

CREATE MACRO tsql_bit_text(b) AS CASE WHEN b IS NULL THEN NULL WHEN b THEN '1' ELSE '0' END;

CREATE MACRO tsql_try_datetime(t) AS
    CASE WHEN trim(t) = '' THEN TIMESTAMP '1900-01-01' ELSE coalesce(
        try_cast(trim(t) AS TIMESTAMP),
        try_strptime(trim(t), [
            '%m/%d/%Y', '%m/%d/%Y %H:%M', '%m/%d/%Y %H:%M:%S', '%m/%d/%Y %I:%M %p', '%m/%d/%Y %I:%M:%S %p', '%Y%m%d',
            '%Y%m%d %H:%M', '%Y%m%d %H:%M:%S', '%Y-%m-%d %I:%M:%S %p', '%Y/%m/%d', '%Y/%m/%d %H:%M:%S', '%m-%d-%Y',
            '%m-%d-%Y %H:%M:%S', '%b %d %Y', '%b %d, %Y', '%B %d, %Y', '%B %d %Y', '%d %b %Y', '%d %B %Y',
            '%b %d %Y %I:%M%p', '%b %d %Y %I:%M:%S%p', '%Y-%m-%dT%H:%M:%S', '%Y.%m.%d'
        ]),
        try_strptime('1900-01-01 ' || trim(t), ['%Y-%m-%d %H:%M', '%Y-%m-%d %H:%M:%S'])
    ) END;

CREATE MACRO tsql_datetime(t) AS
    CASE WHEN t IS NOT NULL AND tsql_try_datetime(t) IS NULL
         THEN error('Conversion failed when converting date and/or time from character string.')
         ELSE tsql_try_datetime(t) END;

CREATE MACRO tsql_try_datetime_as(t, style) AS
    coalesce(try_strptime(trim(t), [style, style || ' %H:%M', style || ' %H:%M:%S']), tsql_try_datetime(t));

CREATE MACRO tsql_datetime_as(t, style) AS
    CASE WHEN t IS NOT NULL AND tsql_try_datetime_as(t, style) IS NULL
         THEN error('Conversion failed when converting date and/or time from character string.')
         ELSE tsql_try_datetime_as(t, style) END;

CREATE MACRO tsql_day_text(d) AS strftime(d, '%Y-%m-%d');

CREATE MACRO tsql_date_text(d) AS
    strftime(d, '%b ') || lpad(strftime(d, '%-d'), 2, ' ') || strftime(d, ' %Y ')
    || lpad(strftime(d, '%-I'), 2, ' ') || strftime(d, ':%M%p');

CREATE MACRO tsql_days(d) AS date_diff('day', DATE '1900-01-01', CAST(d AS DATE));

CREATE MACRO tsql_from_days(n) AS TIMESTAMP '1900-01-01' + to_microseconds(CAST(n * 86400000000 AS BIGINT));

CREATE MACRO tsql_plus_days(d, n) AS CAST(d AS TIMESTAMP) + to_microseconds(CAST(n * 86400000000 AS BIGINT));

CREATE MACRO tsql_not_zero(n) AS CASE WHEN n = 0 THEN error('Divide by zero error encountered.') ELSE n END;

CREATE MACRO tsql_div_int(a, b) AS a // CAST(tsql_not_zero(b) AS BIGINT);

CREATE MACRO tsql_div(a, b) AS CAST(a AS DOUBLE) / CAST(tsql_not_zero(b) AS DOUBLE);

CREATE MACRO tsql_len(t) AS length(rtrim(t, ' '));

CREATE MACRO tsql_pad(t) AS rtrim(t, ' ');

CREATE MACRO tsql_left(t, n) AS
    CASE WHEN n < 0 THEN error('Invalid length parameter passed to the left function.') ELSE left(t, n) END;

CREATE MACRO tsql_right(t, n) AS
    CASE WHEN n < 0 THEN error('Invalid length parameter passed to the right function.') ELSE right(t, n) END;

CREATE MACRO tsql_substring(t, start, size) AS
    CASE WHEN size < 0 THEN error('Invalid length parameter passed to the substring function.')
         WHEN start < 1 THEN substring(t, 1, greatest(start + size - 1, 0))
         ELSE substring(t, start, size) END;

CREATE MACRO tsql_replace(t, old, new) AS
    CASE WHEN t IS NULL OR old IS NULL OR new IS NULL THEN NULL
         WHEN old = '' THEN t
         ELSE regexp_replace(t, regexp_escape(old), replace(new, '\', '\\'), 'gi') END;

CREATE MACRO tsql_charindex(find, t, start) AS
    CASE WHEN find IS NULL OR t IS NULL THEN NULL
         WHEN strpos(substring(lower(t), greatest(start, 1)), lower(find)) = 0 THEN 0
         ELSE strpos(substring(lower(t), greatest(start, 1)), lower(find)) + greatest(start, 1) - 1 END;

-- A LIKE pattern as a regular expression: what is in brackets stays, % and _ are translated, the rest is escaped.
CREATE MACRO tsql_pattern(p) AS
    array_to_string(
        list_transform(
            regexp_extract_all(p, '\[[^\]]*\]|[^\[]|\['),
            lambda part: CASE WHEN part = '%' THEN '.*'
                              WHEN part = '_' THEN '.'
                              WHEN part = '[' THEN '\['
                              WHEN length(part) > 1 THEN '[' || replace(substring(part, 2, length(part) - 2), '\', '\\') || ']'
                              ELSE regexp_escape(part) END
        ), '');

CREATE MACRO tsql_like(t, p) AS regexp_full_match(t, tsql_pattern(p), 'si');

CREATE MACRO tsql_patindex(p, t) AS
    CASE WHEN p IS NULL OR t IS NULL THEN NULL
         WHEN NOT tsql_like(t, p) THEN 0
         WHEN NOT starts_with(p, '%') THEN 1
         ELSE length(regexp_extract(t, '^(.*?)' || tsql_pattern(ltrim(p, '%')) || '$', 1, 'si')) + 1 END;

CREATE MACRO tsql_week(d) AS
    CAST(floor((dayofyear(d) - 1 + dayofweek(date_trunc('year', CAST(d AS TIMESTAMP)))) / 7) AS INTEGER) + 1;

-- Sundays passed: 1899-12-31 was one.
CREATE MACRO tsql_weeks(a, b) AS
    CAST(floor(date_diff('day', DATE '1899-12-31', CAST(b AS DATE)) / 7)
       - floor(date_diff('day', DATE '1899-12-31', CAST(a AS DATE)) / 7) AS BIGINT);

CREATE MACRO tsql_isnumeric(t) AS CASE WHEN try_cast(trim(CAST(t AS VARCHAR)) AS DOUBLE) IS NULL THEN 0 ELSE 1 END;

CREATE MACRO tsql_isdate(t) AS CASE WHEN tsql_try_datetime(CAST(t AS VARCHAR)) IS NULL THEN 0 ELSE 1 END;

CREATE MACRO tsql_quotename(t) AS '[' || replace(t, ']', ']]') || ']';

CREATE MACRO tsql_newid() AS upper(CAST(uuid() AS VARCHAR));
