"""DataExtension: tables with a name, a key and fields."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from mce_sandbox.objects.fields import LENGTHS, MAX_SCALE, Field
from mce_sandbox.objects.refusals import Refused
from mce_sandbox.objects.values import BadValue, default_of

# The trailing space is MCE's own.
TAKEN = "Updating an existing Data Extension definition is not allowed when doing an add-only operation. "
NO_KEY = 310001
EXISTS = 310003
NOT_FOUND = 310002
INVALID = 310007
FORBIDDEN_IN_NAMES = re.compile(r"[!@#$%'^*()={}\[\]\\.<>/\":?|,+&]")
UNITS = {"Days": 3, "Weeks": 4, "Months": 5, "Years": 6}
DAYS = {"Days": 1, "Weeks": 7, "Months": 30, "Years": 365}


@dataclass(frozen=True, slots=True)
class Retention:
    """What becomes of the rows, or of all, after a period or on a day.

    The flag reads backwards: docs/mce-facts.md 2.
    """

    row_based: bool
    keep_extension: bool
    reset_on_import: bool
    length: int = 0
    unit: str = ""
    on: datetime | None = None

    @property
    def period(self) -> timedelta:
        return timedelta(days=self.length * DAYS[self.unit])

    def end(self, start: datetime) -> datetime:
        return self.on or start + self.period

    def until(self, start: datetime) -> datetime:
        """RetainUntil: the day of the end, at midnight."""
        return self.end(start).replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(slots=True)
class DataExtension:
    object_id: str
    name: str
    customer_key: str
    description: str
    fields: tuple[Field, ...]
    category_id: int
    table: str
    created: datetime
    modified: datetime
    is_sendable: bool = False
    is_testable: bool = False
    sendable_field: str = ""
    subscriber_field: str = ""
    retention: Retention | None = None
    template_key: str = ""
    readable_at: float = 0.0
    # What its retention counts from, if not from its creation; and whether its rows have met their end.
    restarted: datetime | None = None
    emptied: bool = False

    @property
    def retained_from(self) -> datetime:
        return self.restarted or self.created

    def set_retention(self, retention: Retention | None, now: datetime) -> None:
        """A retention that is changed counts from now."""
        if retention != self.retention:
            self.retention, self.restarted, self.emptied = retention, now, False

    def was_written(self, now: datetime) -> None:
        """New rows restart a retention that says so."""
        if self.retention and self.retention.reset_on_import:
            self.restarted, self.emptied = now, False

    def field(self, name: str) -> Field | None:
        """The field of this name, in any case."""
        return next((f for f in self.fields if f.name.lower() == name.lower()), None)


class DataExtensions:
    """The data extensions of one business unit, by id, key, name and folder. Names of deleted ones stay taken."""

    def __init__(self) -> None:
        self._by_id: dict[str, DataExtension] = {}
        self._by_key: dict[str, DataExtension] = {}
        self._by_name: dict[str, DataExtension] = {}
        self._by_folder: defaultdict[int, dict[str, DataExtension]] = defaultdict(dict)
        self._deleted_names: set[str] = set()

    def __iter__(self) -> Iterator[DataExtension]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def by_id(self, object_id: str) -> DataExtension | None:
        return self._by_id.get(object_id.lower())

    def by_key(self, key: str) -> DataExtension | None:
        return self._by_key.get(key.lower())

    def by_name(self, name: str) -> DataExtension | None:
        return self._by_name.get(name.lower())

    def in_folder(self, folder_id: int) -> Iterable[DataExtension]:
        return list(self._by_folder[folder_id].values())

    def add(self, extension: DataExtension) -> DataExtension:
        """Takes it in, unless its name or key is taken or its name belonged to a deleted one."""
        name, key = extension.name.lower(), extension.customer_key.lower()
        if name in self._by_name or key in self._by_key or name in self._deleted_names:
            raise Refused(TAKEN, EXISTS)
        self._by_id[extension.object_id] = extension
        self._by_key[key] = extension
        self._by_name[name] = extension
        self._by_folder[extension.category_id][extension.object_id] = extension
        return extension

    def rename(self, extension: DataExtension, name: str) -> None:
        """Gives it another name; Refused if that is taken, or was."""
        if name.lower() != extension.name.lower():
            if name.lower() in self._by_name or name.lower() in self._deleted_names:
                raise Refused("A Data Extension with this name already exists.", EXISTS)
            del self._by_name[extension.name.lower()]
            self._by_name[name.lower()] = extension
        extension.name = name

    def move(self, extension: DataExtension, category_id: int) -> None:
        """Puts it into another folder."""
        del self._by_folder[extension.category_id][extension.object_id]
        extension.category_id = category_id
        self._by_folder[category_id][extension.object_id] = extension

    def remove(self, extension: DataExtension) -> None:
        del self._by_id[extension.object_id]
        del self._by_key[extension.customer_key.lower()]
        del self._by_name[extension.name.lower()]
        del self._by_folder[extension.category_id][extension.object_id]
        self._deleted_names.add(extension.name.lower())


def checked_name(name: str) -> str:
    """A name MCE takes."""
    if not name.strip():
        raise Refused("Data Extension Name is required.", INVALID)
    if len(name) > 100 or FORBIDDEN_IN_NAMES.search(name):
        raise Refused(f"The Data Extension name '{name}' is not valid.", INVALID)
    return name


def checked_fields(fields: Sequence[Field]) -> tuple[Field, ...]:
    """The fields with ids, ordinals and default lengths, or the reason why MCE refuses them."""
    if not fields:
        raise Refused("A Data Extension must have at least one field.", INVALID)
    seen: set[str] = set()
    for field in fields:
        if not field.name or len(field.name) > 128:
            raise Refused(f"The field name '{field.name}' is not valid.", INVALID)
        if field.name.lower() in seen:
            raise Refused(f"The field name '{field.name}' is used more than once.", INVALID)
        seen.add(field.name.lower())
    return tuple(_checked_field(field, ordinal) for ordinal, field in enumerate(fields))


def _checked_field(field: Field, ordinal: int) -> Field:
    kind = next((known for known in LENGTHS if known.lower() == (field.type or "Text").lower()), None)
    if kind is None:
        raise Refused(f"The field type '{field.type}' is not valid.", INVALID)
    longest, length, scale = LENGTHS[kind], field.max_length, None
    if longest is None:
        length = None
    elif length is not None and not 0 < length <= longest:
        raise Refused(f"The MaxLength of field '{field.name}' must be between 1 and {longest}.", INVALID)
    elif kind == "Decimal":
        length, scale = length or 18, field.scale or 0
        if not 0 <= scale <= min(MAX_SCALE, length):
            raise Refused(f"The Scale of field '{field.name}' must be between 0 and {MAX_SCALE}.", INVALID)
    elif kind != "Text":
        length = length or longest
    checked = replace(
        field, object_id=field.object_id or str(uuid4()), type=kind, max_length=length, scale=scale,
        required=field.required or field.primary_key, ordinal=ordinal,
    )  # fmt: skip
    try:
        default_of(checked)
    except BadValue as error:
        raise Refused(f"The DefaultValue of field '{field.name}' is not valid: {error}", INVALID) from error
    return checked
