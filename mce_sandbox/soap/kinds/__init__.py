"""The object types that SOAP knows, by name; names are case-sensitive."""

from mce_sandbox.soap.kinds import data_extensions, fields, folders, queries, statuses
from mce_sandbox.soap.kinds.kind import Kind

KINDS: dict[str, Kind] = {
    kind.object_type: kind for kind in (folders.KIND, data_extensions.KIND, fields.KIND, queries.KIND, statuses.KIND)
}
