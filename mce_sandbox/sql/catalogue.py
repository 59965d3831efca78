"""What a query of one business unit may read: data extensions and data views, by name."""

from collections.abc import Callable
from dataclasses import dataclass

from mce_sandbox.objects.fields import Field


@dataclass(frozen=True, slots=True)
class Source:
    """A table to read: its name as MCE says it, where DuckDB has it, and its columns."""

    name: str
    schema: str
    table: str
    fields: tuple[Field, ...]


Finder = Callable[[str], Source | None]


@dataclass(frozen=True)
class Catalogue:
    """Finds sources by name, in any case: the unit's own (and views), and the enterprise's, by `Ent.`."""

    own: Finder
    shared: Finder

    def find(self, name: str, prefix: str = "") -> Source | None:
        match prefix.lower():
            case "":
                return self.own(name)
            case "ent":
                return self.shared(name)
            case _:
                return None
