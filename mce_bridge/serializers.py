"""JSON of business units and how they are connected."""

from typing import Any

from rest_framework import serializers

from mce_bridge.models import Kind, State
from mce_bridge.services import Serving
from tenants.callers import Caller
from tenants.models import BusinessUnit
from tenants.serializers import StrictSerializer

STATES = [*(str(state) for state in State), "none"]


class ServingSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=STATES, help_text="broken: sign in again, or renew the credentials.")
    kind = serializers.ChoiceField(choices=[str(kind) for kind in Kind], allow_null=True)


class BusinessUnitSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    mid = serializers.IntegerField()
    name = serializers.CharField()
    current = serializers.BooleanField(help_text="Whether the caller acts in it.")
    connection = ServingSerializer()


class BusinessUnitsSerializer(serializers.Serializer[Any]):
    results = BusinessUnitSerializer(many=True)


class SwitchSerializer(StrictSerializer):
    mid = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


def serving_body(serving: Serving) -> dict[str, Any]:
    return {"state": serving.state, "kind": serving.kind}


def unit_body(unit: BusinessUnit, serving: Serving, caller: Caller) -> dict[str, Any]:
    return {
        "id": str(unit.id),
        "mid": unit.mid,
        "name": unit.name,
        "current": unit.id == caller.business_unit_id,
        "connection": serving_body(serving),
    }
