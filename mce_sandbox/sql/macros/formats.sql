-- FORMAT of numbers: rounded half away from zero, zeros that may go taken off, filled up with those that may not.

CREATE MACRO tsql_digits(n, form, most) AS
    format(form, abs(CAST(round(CAST(n AS DECIMAL(38, 10)), most) AS DOUBLE)));

CREATE MACRO tsql_trimmed(t, most, fewest) AS list_transform([t], lambda it:
    CASE WHEN most > fewest
         THEN regexp_replace(regexp_replace(it, '0{0,' || CAST(most - fewest AS VARCHAR) || '}$', ''), '\.$', '')
         ELSE it END)[1];

CREATE MACRO tsql_filled(t, whole) AS list_transform([t], lambda it:
    CASE WHEN whole = 0 THEN regexp_replace(it, '^0(\.|$)', '\1')
         ELSE lpad(it, CAST(greatest(length(it), whole + length(it) - length(regexp_replace(it, '\..*', ''))) AS INTEGER), '0') END)[1];

CREATE MACRO tsql_custom(n, form, most, fewest, whole, before, after) AS list_transform([n], lambda it:
    CASE WHEN round(CAST(it AS DECIMAL(38, 10)), most) < 0 THEN '-' ELSE '' END
    || before || tsql_filled(tsql_trimmed(tsql_digits(it, form, most), most, fewest), whole) || after)[1];

CREATE MACRO tsql_currency(n, form, most) AS list_transform([n], lambda it:
    CASE WHEN it < 0 THEN '($' || tsql_digits(it, form, most) || ')' ELSE '$' || tsql_digits(it, form, most) END)[1];

CREATE MACRO tsql_exponent(n, form) AS
    regexp_replace(format(form, CAST(n AS DOUBLE)), 'E([+-])([0-9][0-9])$', 'E\10\2');

CREATE MACRO tsql_general(n) AS CAST(n AS VARCHAR);
