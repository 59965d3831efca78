"""Filters of rows, as SQL: a data extension is too large to be looked through outside the warehouse."""

from mce_sandbox.objects.data_extensions import DataExtension
from mce_sandbox.objects.fields import Field
from mce_sandbox.objects.values import BadValue, Value, convert
from mce_sandbox.soap.filters import BadFilter, Complex, Filter, Simple
from mce_sandbox.sql.warehouse import quoted

COMPARISONS = {
    "equals": "=", "notEquals": "<>", "greaterThan": ">", "greaterThanOrEqual": ">=", "lessThan": "<",
    "lessThanOrEqual": "<=",
}  # fmt: skip


def condition(extension: DataExtension, filter_: Filter | None) -> tuple[str, list[Value]]:
    """A condition and its parameters; ('', []) without a filter. Raises BadFilter."""
    match filter_:
        case None:
            return "", []
        case Complex(left=left, operator=operator, right=right):
            first, second = condition(extension, left), condition(extension, right)
            return f"({first[0]} {operator} {second[0]})", first[1] + second[1]
        case Simple(property=name):
            field = extension.field(name)
            if field is None:
                raise BadFilter(f"The column {name} cannot be filtered by.")
            return _compared(field, filter_)


def _compared(field: Field, part: Simple) -> tuple[str, list[Value]]:
    column = quoted(field.name)
    match part.operator:
        case "isNull":
            return f"{column} IS NULL", []
        case "isNotNull":
            return f"{column} IS NOT NULL", []
        case "like":
            # Documented as not supported for rows; MCE's words are not known.
            raise BadFilter("The like operator is not supported for DataExtensionObject.")
        case "between":
            return f"{column} BETWEEN ? AND ?", [_value(field, each) for each in part.values[:2]]
        case "IN":
            values = [_value(field, each) for each in part.values]
            return f"{column} IN ({', '.join('?' * len(values))})", values
        case operator:
            return f"{column} {COMPARISONS[operator]} ?", [_value(field, part.values[0])]


def _value(field: Field, text: str) -> Value:
    """A value that the field could not have equals nothing."""
    try:
        return convert(Field("", field.name, "Text") if field.duckdb_type.startswith("VARCHAR") else field, text)
    except BadValue:
        return None
