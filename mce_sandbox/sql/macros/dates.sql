-- Dates out of texts and into them, their parts, and what is added to them.

-- Blanks in one place, and one before AM or PM.
CREATE MACRO tsql_tidy(t) AS
    regexp_replace(regexp_replace(trim(t), '\s+', ' ', 'g'), '([0-9]) ?([AaPp][Mm])$', '\1 \2');

-- DuckDB wants formats to be constants: no function that makes a list of them.
CREATE MACRO tsql_strptime(t, form) AS
    try_strptime(t, [
        form, form || ' %H:%M:%S', form || ' %H:%M', form || ' %I:%M %p', form || ' %I:%M:%S %p', form || ' %I %p',
        form || ' %H:%M:%S.%g', form || ' %H:%M:%S:%g', form || ' %I:%M:%S:%g %p', form || ' %I:%M:%S.%g %p'
    ]);

-- Two digits of a year: up to 49 this century, from 50 the last one.
CREATE MACRO tsql_century(d) AS list_transform([d], lambda it: CASE WHEN year(it) BETWEEN 2050 AND 2068 THEN it - to_years(100) ELSE it END)[1];

CREATE MACRO tsql_named_month(t) AS list_transform([t], lambda it: coalesce(
    tsql_strptime(it, '%b %d %Y'), tsql_strptime(it, '%d %b %Y'), tsql_strptime(it, '%B %d %Y'),
    tsql_strptime(it, '%d %B %Y'), tsql_strptime(it, '%d-%b-%Y'), tsql_strptime(it, '%Y %b %d')))[1];

-- Month, day, year where it begins with neither a year nor a month's name.
CREATE MACRO tsql_dashed(t) AS regexp_replace(t, '^([0-9]+)[-/.]([0-9]+)[-/.]([0-9]+)', '\1-\2-\3');

CREATE MACRO tsql_read_date(t) AS list_transform([t], lambda it:
    CASE WHEN it = '' THEN TIMESTAMP '1900-01-01'
         WHEN regexp_full_match(it, '[0-9]{4}') THEN try_strptime(it || '-01-01', '%Y-%m-%d')
         WHEN regexp_full_match(it, '[0-9]{6}') THEN tsql_century(try_strptime(it, '%y%m%d'))
         WHEN regexp_matches(it, '^[0-9]{8}( |$)') THEN tsql_strptime(it, '%Y%m%d')
         WHEN regexp_matches(it, '^[0-9]{1,2}:') THEN tsql_strptime('1900-01-01 ' || it, '%Y-%m-%d')
         WHEN regexp_matches(it, '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T][0-9:.]*)?Z?$')
         THEN try_cast(regexp_replace(it, 'Z$', '') AS TIMESTAMP)
         WHEN regexp_matches(it, '^[0-9]{4}[-/.]') THEN tsql_strptime(tsql_dashed(it), '%Y-%m-%d')
         WHEN regexp_matches(it, '[A-Za-z]{3}') THEN tsql_named_month(replace(it, ',', ''))
         WHEN regexp_matches(it, '^[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}') THEN tsql_strptime(tsql_dashed(it), '%m-%d-%Y')
         ELSE tsql_century(tsql_strptime(tsql_dashed(it), '%m-%d-%y')) END)[1];

CREATE MACRO tsql_try_datetime(t) AS tsql_read_date(tsql_tidy(t));

-- What looks like a date and is none is out of range; the rest is no date at all.
CREATE MACRO tsql_no_date(t) AS
    CASE WHEN regexp_matches(trim(t), '^[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}([ T]|$)|^[0-9]{8}$')
         THEN error('The conversion of a varchar data type to a datetime data type resulted in an out-of-range value.')
         ELSE error('Conversion failed when converting date and/or time from character string.') END;

-- `read`, not `it`: a lambda inside would take the caller's `it` for its own.
CREATE MACRO tsql_known_date(t, found) AS list_transform([found], lambda read:
    CASE WHEN t IS NOT NULL AND read IS NULL THEN CAST(tsql_no_date(t) AS TIMESTAMP) ELSE read END)[1];

CREATE MACRO tsql_datetime(t) AS list_transform([t], lambda it: tsql_known_date(it, tsql_try_datetime(it)))[1];

-- By a style; what begins with the year or names the month is read the usual way.
CREATE MACRO tsql_try_datetime_as(t, style) AS list_transform([t], lambda it: coalesce(
    tsql_century(tsql_strptime(replace(tsql_tidy(it), ',', ''), style)),
    CASE WHEN regexp_matches(trim(it), '^[0-9]{4}|^[0-9]{6}$|[A-Za-z]{3}|^[0-9]{1,2}:') THEN tsql_try_datetime(it) END
))[1];

CREATE MACRO tsql_datetime_as(t, style) AS
    list_transform([t], lambda it: tsql_known_date(it, tsql_try_datetime_as(it, style)))[1];

-- A DATE is not told to be out of range.
CREATE MACRO tsql_known_day(t, found) AS list_transform([found], lambda read:
    CASE WHEN t IS NOT NULL AND read IS NULL
         THEN CAST(error('Conversion failed when converting date and/or time from character string.') AS TIMESTAMP)
         ELSE read END)[1];

CREATE MACRO tsql_day(t) AS list_transform([t], lambda it: tsql_known_day(it, tsql_try_datetime(it)))[1];

CREATE MACRO tsql_day_as(t, style) AS
    list_transform([t], lambda it: tsql_known_day(it, tsql_try_datetime_as(it, style)))[1];

CREATE MACRO tsql_since_1753(d) AS list_transform([d], lambda it:
    CASE WHEN year(it) < 1753
         THEN error('The conversion of a varchar data type to a datetime data type resulted in an out-of-range value.')
         ELSE it END)[1];

CREATE MACRO tsql_try_since_1753(d) AS list_transform([d], lambda it: CASE WHEN year(it) >= 1753 THEN it END)[1];

CREATE MACRO tsql_isdate(t) AS list_transform([t], lambda it: CASE WHEN tsql_try_datetime(CAST(it AS VARCHAR)) IS NULL OR CAST(it AS VARCHAR) = '' THEN 0 ELSE 1 END)[1];

CREATE MACRO tsql_day_text(d) AS strftime(d, '%Y-%m-%d');

CREATE MACRO tsql_padded_time(d, form) AS list_transform([d], lambda it: lpad(strftime(it, '%-I'), 2, ' ') || strftime(it, form))[1];

CREATE MACRO tsql_padded_day(d) AS list_transform([d], lambda it: strftime(it, '%b ') || lpad(strftime(it, '%-d'), 2, ' ') || strftime(it, ' %Y '))[1];

CREATE MACRO tsql_date_text(d) AS list_transform([d], lambda it: tsql_padded_day(it) || tsql_padded_time(it, ':%M%p'))[1];

CREATE MACRO tsql_long_text(d) AS list_transform([d], lambda it: tsql_padded_day(it) || tsql_padded_time(it, ':%M:%S:%g%p'))[1];

CREATE MACRO tsql_us_text(d) AS list_transform([d], lambda it: strftime(it, '%m/%d/%y ') || tsql_padded_time(it, ':%M:%S %p'))[1];

CREATE MACRO tsql_iso_text(d) AS list_transform([d], lambda it:
    strftime(it, '%Y-%m-%dT%H:%M:%S') || CASE WHEN strftime(it, '%g') = '000' THEN '' ELSE strftime(it, '.%g') END)[1];

CREATE MACRO tsql_fraction_text(d, form, digits) AS list_transform([d], lambda it:
    strftime(it, form) || CASE WHEN digits = 0 THEN '' ELSE '.' || left(strftime(it, '%f0'), digits) END)[1];

CREATE MACRO tsql_rounded(d, digits) AS
    make_timestamp(CAST(round(epoch_us(d) / pow(10, 6 - least(digits, 6))) * pow(10, 6 - least(digits, 6)) AS BIGINT));

CREATE MACRO tsql_time(d) AS list_transform([d], lambda it: TIMESTAMP '1900-01-01' + (it - date_trunc('day', it)))[1];

CREATE MACRO tsql_exact_days(d) AS
    (epoch_us(CAST(d AS TIMESTAMP)) - epoch_us(TIMESTAMP '1900-01-01')) / 86400000000;

-- A DATETIME has the years from 1753 to 9999.
CREATE MACRO tsql_in_range(d) AS list_transform([d], lambda it:
    CASE WHEN year(it) NOT BETWEEN 1753 AND 9999
         THEN error('Arithmetic overflow error converting expression to data type datetime.') ELSE it END)[1];

CREATE MACRO tsql_from_days(n) AS
    tsql_in_range(TIMESTAMP '1900-01-01' + to_microseconds(CAST(n * 86400000000 AS BIGINT)));

CREATE MACRO tsql_plus_days(d, n) AS
    tsql_in_range(CAST(d AS TIMESTAMP) + to_microseconds(CAST(n * 86400000000 AS BIGINT)));

CREATE MACRO tsql_between(a, b) AS
    tsql_in_range(TIMESTAMP '1900-01-01' + (CAST(a AS TIMESTAMP) - CAST(b AS TIMESTAMP)));

CREATE MACRO tsql_plus(d, span) AS list_transform([d], lambda it:
    CASE WHEN year(CAST(it AS TIMESTAMP) + span) NOT BETWEEN 1 AND 9999
         THEN error('Adding a value to a ''datetime'' column caused an overflow.') ELSE CAST(it AS TIMESTAMP) + span END)[1];

CREATE MACRO tsql_plus_months(d, n) AS CAST(d AS TIMESTAMP) + to_months(n);

CREATE MACRO tsql_end_of_month(d) AS list_transform([d], lambda it:
    CASE WHEN year(it) NOT BETWEEN 1 AND 9999
         THEN error('Adding a value to a ''date'' column caused an overflow.') ELSE last_day(it) END)[1];

CREATE MACRO tsql_boundaries(n) AS list_transform([n], lambda it:
    CASE WHEN it NOT BETWEEN -2147483648 AND 2147483647
         THEN error('The datediff function resulted in an overflow. The number of dateparts separating two date/time '
                    || 'instances is too large. Try to use datediff with a less precise datepart.') ELSE it END)[1];

CREATE MACRO tsql_week(d) AS list_transform([d], lambda it:
    CAST(floor((dayofyear(it) - 1 + dayofweek(date_trunc('year', CAST(it AS TIMESTAMP)))) / 7) AS INTEGER) + 1)[1];

-- Sundays passed: 1899-12-31 was one.
CREATE MACRO tsql_weeks(a, b) AS
    CAST(floor(date_diff('day', DATE '1899-12-31', CAST(b AS DATE)) / 7)
       - floor(date_diff('day', DATE '1899-12-31', CAST(a AS DATE)) / 7) AS BIGINT);

CREATE MACRO tsql_millisecond(d) AS millisecond(d) % 1000;

CREATE MACRO tsql_microsecond(d) AS microsecond(d) % 1000000;

CREATE MACRO tsql_nanosecond(d) AS microsecond(d) % 1000000 * 1000;

CREATE MACRO tsql_made(made, name, missing) AS
    CASE WHEN made IS NULL AND NOT missing
         THEN error('Cannot construct data type ' || name || ', some of the arguments have values which are not valid.')
         ELSE made END;

CREATE MACRO tsql_moment(y, m, d, h, mi, s, ms) AS
    list_transform([try_cast(printf('%04d-%02d-%02d %02d:%02d:%02d.%03d', y, m, d, h, mi, s, ms) AS TIMESTAMP)],
        lambda it: CASE WHEN year(it) BETWEEN 1 AND 9999 THEN it END)[1];

CREATE MACRO tsql_date_from(y, m, d) AS
    tsql_made(CAST(tsql_moment(y, m, d, 0, 0, 0, 0) AS DATE), 'date', (y + m + d) IS NULL);

CREATE MACRO tsql_datetime_from(y, m, d, h, mi, s, ms) AS
    tsql_made(tsql_moment(y, m, d, h, mi, s, ms), 'datetime', (y + m + d + h + mi + s + ms) IS NULL);

CREATE MACRO tsql_datetime2_from(y, m, d, h, mi, s, fraction, digits) AS
    tsql_made(tsql_moment(y, m, d, h, mi, s, 0) + to_microseconds(CAST(fraction * pow(10, 6 - digits) AS BIGINT)),
              'datetime2', (y + m + d + h + mi + s + fraction + digits) IS NULL);

CREATE MACRO tsql_small_from(y, m, d, h, mi) AS
    tsql_made(tsql_moment(y, m, d, h, mi, 0, 0), 'smalldatetime', (y + m + d + h + mi) IS NULL);
