-- Numbers out of texts and into them, overflow, division.
-- Where a macro says its argument twice, a list of one evaluates it once: nested calls would grow without end.

CREATE MACRO tsql_try_bigint(t) AS list_transform([t], lambda it:
    CASE WHEN trim(it) = '' THEN 0
         WHEN regexp_full_match(trim(it), '[+-]?[0-9]{1,18}') THEN CAST(trim(it) AS BIGINT) END)[1];

CREATE MACRO tsql_bigint(t, kind) AS list_transform([t], lambda it:
    CASE WHEN it IS NOT NULL AND tsql_try_bigint(it) IS NULL
         THEN error('Error converting data type ' || kind || ' to bigint.') ELSE tsql_try_bigint(it) END)[1];

CREATE MACRO tsql_try_int(t) AS list_transform([t], lambda it:
    CASE WHEN tsql_try_bigint(it) BETWEEN -2147483648 AND 2147483647 THEN tsql_try_bigint(it) END)[1];

CREATE MACRO tsql_int(t, kind) AS list_transform([t], lambda it:
    CASE WHEN it IS NULL OR tsql_try_int(it) IS NOT NULL THEN tsql_try_int(it)
         WHEN regexp_full_match(trim(it), '[+-]?[0-9]+')
         THEN error('The conversion of the ' || kind || ' value ''' || it || ''' overflowed an int column.')
         ELSE error('Conversion failed when converting the ' || kind || ' value ''' || it || ''' to data type int.') END)[1];

CREATE MACRO tsql_small(n, low, high, name) AS list_transform([n], lambda it:
    CASE WHEN it < low OR it > high
         THEN error('Arithmetic overflow error for data type ' || name || ', value = ' || CAST(it AS BIGINT) || '.')
         ELSE it END)[1];

CREATE MACRO tsql_try_small(n, low, high, name) AS CASE WHEN n BETWEEN low AND high THEN n END;

CREATE MACRO tsql_try_number(t) AS list_transform([t], lambda it:
    CASE WHEN regexp_full_match(trim(it), '[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)') THEN try_cast(trim(it) AS DECIMAL(38, 10)) END)[1];

CREATE MACRO tsql_number(t, kind) AS list_transform([t], lambda it:
    CASE WHEN it IS NOT NULL AND tsql_try_number(it) IS NULL
         THEN error('Error converting data type ' || kind || ' to numeric.')
         ELSE tsql_try_number(it) END)[1];

CREATE MACRO tsql_try_money(t) AS list_transform([t], lambda it:
    CASE WHEN trim(it) = '' THEN 0
         ELSE tsql_try_number(regexp_replace(replace(trim(it), ',', ''), '^([+-]?)[$€£]', '\1')) END)[1];

CREATE MACRO tsql_money_of(t, kind) AS list_transform([t], lambda it:
    CASE WHEN it IS NOT NULL AND tsql_try_money(it) IS NULL
         THEN error('Cannot convert a char value to money. The char value has incorrect syntax.')
         ELSE tsql_try_money(it) END)[1];

CREATE MACRO tsql_money(n) AS list_transform([n], lambda it:
    CASE WHEN abs(it) > 922337203685477.5807
         THEN error('Arithmetic overflow error converting expression to data type money.') ELSE it END)[1];

CREATE MACRO tsql_try_float(t) AS list_transform([t], lambda it:
    CASE WHEN trim(it) = '' THEN 0
         WHEN regexp_full_match(trim(it), '[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?')
         THEN CASE WHEN isfinite(try_cast(trim(it) AS DOUBLE)) THEN try_cast(trim(it) AS DOUBLE) END END)[1];

CREATE MACRO tsql_float(t, kind) AS list_transform([t], lambda it:
    CASE WHEN it IS NOT NULL AND tsql_try_float(it) IS NULL
         THEN error('Error converting data type ' || kind || ' to float.') ELSE tsql_try_float(it) END)[1];

CREATE MACRO tsql_try_bit(t) AS list_transform([t], lambda it:
    CASE WHEN lower(trim(it)) = 'true' THEN true
         WHEN lower(trim(it)) IN ('false', '') THEN false
         WHEN tsql_try_bigint(it) IS NOT NULL THEN tsql_try_bigint(it) <> 0 END)[1];

CREATE MACRO tsql_bit(t, kind) AS list_transform([t], lambda it:
    CASE WHEN it IS NOT NULL AND tsql_try_bit(it) IS NULL
         THEN error('Conversion failed when converting the ' || kind || ' value ''' || it || ''' to data type bit.')
         ELSE tsql_try_bit(it) END)[1];

CREATE MACRO tsql_truth(n) AS n <> 0;

CREATE MACRO tsql_bit_text(b) AS list_transform([b], lambda it: CASE WHEN it IS NULL THEN NULL WHEN it THEN '1' ELSE '0' END)[1];

-- A number in a text of a given length: a star or an error, never a part of it.
CREATE MACRO tsql_fit(t, size, target, is_whole, source) AS list_transform([t], lambda it:
    CASE WHEN it IS NULL OR length(it) <= size THEN it
         WHEN is_whole AND target IN ('varchar', 'char') THEN '*'
         WHEN is_whole THEN error('Arithmetic overflow error converting expression to data type ' || target || '.')
         ELSE error('Arithmetic overflow error converting ' || source || ' to data type ' || target || '.') END)[1];

CREATE MACRO tsql_float_text(n) AS regexp_replace(format('{:g}', CAST(n AS DOUBLE)), 'e([+-])([0-9][0-9])$', 'e\10\2');

CREATE MACRO tsql_money_text(n, style) AS list_transform([n], lambda it:
    CASE style WHEN 2 THEN format('{:.4f}', CAST(it AS DOUBLE))
               WHEN 1 THEN format('{:,.2f}', CAST(round(it, 2) AS DOUBLE))
               ELSE format('{:.2f}', CAST(round(it, 2) AS DOUBLE)) END)[1];

-- What is no number, or has no end.
CREATE MACRO tsql_finite(n) AS list_transform([CAST(n AS DOUBLE)], lambda it:
    CASE WHEN isfinite(it) OR it IS NULL THEN it ELSE error('An invalid floating point operation occurred.') END)[1];

CREATE MACRO tsql_int_power(n) AS list_transform([trunc(n)], lambda it:
    CASE WHEN it BETWEEN -2147483648 AND 2147483647 OR it IS NULL THEN it
         ELSE error('Arithmetic overflow error for type int, value = ' || format('{:.6f}', it) || '.') END)[1];

CREATE MACRO tsql_not_zero(n) AS list_transform([n], lambda it: CASE WHEN it = 0 THEN error('Divide by zero error encountered.') ELSE it END)[1];

CREATE MACRO tsql_div_int(a, b) AS a // CAST(tsql_not_zero(b) AS BIGINT);

CREATE MACRO tsql_div(a, b) AS CAST(a AS DOUBLE) / CAST(tsql_not_zero(b) AS DOUBLE);

-- A decimal divided by a decimal: cut after its last digit, not rounded, so it is done with whole numbers.
CREATE MACRO tsql_digits_of(n) AS CAST(replace(CAST(n AS VARCHAR), '.', '') AS HUGEINT);

CREATE MACRO tsql_filled_up(t, size) AS list_transform([t], lambda it: lpad(it, CAST(greatest(length(it), size) AS INTEGER), '0'))[1];

CREATE MACRO tsql_pointed(n, digits) AS list_transform([n], lambda it:
    CASE WHEN it < 0 THEN '-' ELSE '' END
    || regexp_replace(tsql_filled_up(CAST(abs(it) AS VARCHAR), digits + 1),
                      '([0-9]{' || digits || '})$', '.\1'))[1];

CREATE MACRO tsql_div_exact(a, b, times, digits) AS
    tsql_pointed(tsql_digits_of(a) * CAST(times AS HUGEINT) // tsql_not_zero(tsql_digits_of(b)), digits);

CREATE MACRO tsql_isnumeric(t) AS list_transform([t], lambda it:
    CASE WHEN tsql_try_money(CAST(it AS VARCHAR)) IS NULL AND tsql_try_float(CAST(it AS VARCHAR)) IS NULL
              OR trim(CAST(it AS VARCHAR)) = '' THEN 0 ELSE 1 END)[1];
