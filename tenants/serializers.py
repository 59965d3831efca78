"""JSON of sign-in and of who one is."""

from typing import Any

from rest_framework import serializers

from tenants.models import Role
from tenants.services import TokenPair


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


class MeSerializer(serializers.Serializer[Any]):
    user = UserSerializer()
    tenant = NamedSerializer()
    mid = serializers.IntegerField()
    role = serializers.ChoiceField(choices=[role for role in Role if role != Role.STAFF])
    scopes = serializers.ListField(child=serializers.CharField())
    limits = LimitsSerializer()
