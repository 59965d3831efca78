"""JSON of sign-in and of who one is."""

from typing import Any

from rest_framework import serializers

from tenants.models import Role
from tenants.services import TokenPair


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses a field that it does not have: a misspelled one would be overlooked."""

    def to_internal_value(self, data: Any) -> Any:
        read = super().to_internal_value(data)
        unknown = sorted(set(data) - set(self.fields))
        if unknown:
            raise serializers.ValidationError(dict.fromkeys(unknown, "There is no such field."))
        return read


class RefreshSerializer(serializers.Serializer[Any]):
    refresh = serializers.CharField()


class TokenPairSerializer(serializers.Serializer[Any]):
    access = serializers.CharField()
    refresh = serializers.CharField()
    tokenType = serializers.CharField()
    expiresIn = serializers.IntegerField(help_text="Seconds, of the access token.")


def pair_body(pair: TokenPair) -> dict[str, Any]:
    return {
        "access": pair.access,
        "refresh": pair.refresh,
        "tokenType": "Bearer",
        "expiresIn": pair.expires_in,
    }


class NamedSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class UserSerializer(NamedSerializer):
    email = serializers.CharField()


class LimitSerializer(serializers.Serializer[Any]):
    limit = serializers.IntegerField()
    inUse = serializers.IntegerField(allow_null=True, help_text="null while it cannot be counted.")


class LimitsSerializer(serializers.Serializer[Any]):
    activeRuns = LimitSerializer()
    eventStreams = LimitSerializer()


class TenantSerializer(NamedSerializer):
    subdomain = serializers.CharField(help_text="At Marketing Cloud: for signing in again.")


class AccountSerializer(serializers.Serializer[Any]):
    user = UserSerializer()
    tenant = TenantSerializer()
    businessUnit = NamedSerializer()
    mid = serializers.IntegerField()
    role = serializers.ChoiceField(choices=[role for role in Role if role != Role.STAFF])
    scopes = serializers.ListField(child=serializers.CharField())
    limits = LimitsSerializer()
