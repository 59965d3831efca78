"""DataExtensionTemplate: what a new data extension can be made from. Each account has the same ones."""

from dataclasses import dataclass

from mce_sandbox.objects.fields import Field


@dataclass(frozen=True, slots=True)
class Template:
    """Its fields come first in a data extension made from it, and it is sendable if they are."""

    object_id: str
    customer_key: str
    name: str
    description: str
    fields: tuple[Field, ...] = ()
    sendable_field: str = ""
    subscriber_field: str = ""


EMAIL = Field("", "EmailAddress", "EmailAddress", 254, required=True)
TEMPLATES = (
    Template(
        "cfd6fc95-d594-ea11-a2e6-000000000001",
        "086D14D3-5057-462B-AF33-000000000001",
        "DomainExclusion",
        "Domain Exclusion Data Extension Template",
        (Field("", "Domain", "Text", 254, required=True, primary_key=True),),
    ),
    Template(
        "cfd6fc95-d594-ea11-a2e6-000000000002",
        "B6E8AE4C-3D93-49B1-B299-000000000002",
        "TriggeredSendDataExtension",
        "Triggered Send Source Data Extension Template",
        (Field("", "SubscriberKey", "Text", 254, required=True), EMAIL),
        "SubscriberKey",
        "_SubscriberKey",
    ),
    Template(
        "cfd6fc95-d594-ea11-a2e6-000000000003",
        "23471ECA-8710-4512-9296-000000000003",
        "CONTEXTUAL_SUPPRESSION_LISTS",
        "Used to create new auto-suppression lists",
        (Field("", "Email Address", "EmailAddress", 254, required=True, primary_key=True),),
        "Email Address",
        "_EmailAddress",
    ),
)


def template_named(key: str) -> Template | None:
    """By customer key, in any case."""
    return next((each for each in TEMPLATES if each.customer_key.lower() == key.lower()), None)
