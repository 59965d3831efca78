"""JSON of sign-in and of who one is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework import serializers

from tenants.callers import ALL_SCOPES, KEY_SCOPES
from tenants.models import Action, ApiKey, AuditEntry, Role, User
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


ROLES = [str(role) for role in Role if role != Role.STAFF]


class PlaceSerializer(serializers.Serializer[Any]):
    mid = serializers.IntegerField()
    name = serializers.CharField()


class NewApiKeySerializer(StrictSerializer):
    name = serializers.CharField(max_length=100)
    scopes = serializers.MultipleChoiceField(
        choices=sorted(ALL_SCOPES), required=False, default=lambda: set(KEY_SCOPES)
    )
    expiresAt = serializers.DateTimeField(required=False, allow_null=True, default=None)

    def validate_expiresAt(self, moment: datetime | None) -> datetime | None:
        if moment is not None and moment <= timezone.now():
            raise serializers.ValidationError("It lies in the past.")
        return moment


class ApiKeySerializer(NamedSerializer):
    prefix = serializers.CharField(help_text="The first characters of the secret, to tell keys apart.")
    user = NamedSerializer()
    businessUnit = PlaceSerializer()
    scopes = serializers.ListField(child=serializers.CharField())
    createdAt = serializers.DateTimeField()
    expiresAt = serializers.DateTimeField(allow_null=True)
    revokedAt = serializers.DateTimeField(allow_null=True)
    lastUsedAt = serializers.DateTimeField(allow_null=True)


class ApiKeysSerializer(serializers.Serializer[Any]):
    results = ApiKeySerializer(many=True)


class MadeApiKeySerializer(ApiKeySerializer):
    key = serializers.CharField(help_text="Shown this once.")


def key_body(key: ApiKey) -> dict[str, Any]:
    return {
        "id": str(key.id),
        "name": key.name,
        "prefix": key.prefix,
        "user": {"id": str(key.user_id), "name": key.user.name},
        "businessUnit": {"mid": key.business_unit.mid, "name": key.business_unit.name},
        "scopes": key.scopes,
        "createdAt": key.created_at,
        "expiresAt": key.expires_at,
        "revokedAt": key.revoked_at,
        "lastUsedAt": key.last_used_at,
    }


class MemberSerializer(UserSerializer):
    role = serializers.ChoiceField(choices=ROLES)
    active = serializers.BooleanField()
    createdAt = serializers.DateTimeField()
    businessUnits = PlaceSerializer(many=True)


class MembersSerializer(serializers.Serializer[Any]):
    results = MemberSerializer(many=True)


class MemberChangeSerializer(StrictSerializer):
    role = serializers.ChoiceField(choices=ROLES, required=False)
    active = serializers.BooleanField(required=False)


def member_body(member: User) -> dict[str, Any]:
    """`member` with its grants and their business units."""
    standing = [grant.business_unit for grant in member.grants.all() if grant.withdrawn_at is None]
    return {
        "id": str(member.id),
        "name": member.name,
        "email": member.email,
        "role": member.role,
        "active": member.is_active,
        "createdAt": member.created_at,
        "businessUnits": [{"mid": unit.mid, "name": unit.name} for unit in sorted(standing, key=lambda unit: unit.mid)],
    }


class EntrySerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    action = serializers.ChoiceField(choices=[str(action) for action in Action])
    by = serializers.CharField(help_text="The name of the user; staff and commands are told by `via`.")
    userId = serializers.UUIDField(allow_null=True)
    via = serializers.ChoiceField(choices=["session", "token", "key", "admin", "command"])
    subject = serializers.CharField(help_text="The id of what it was done to.")
    details = serializers.DictField()


class AuditPageSerializer(serializers.Serializer[Any]):
    results = EntrySerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


def entry_body(entry: AuditEntry, names: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "id": str(entry.id),
        "at": entry.at,
        "action": entry.action,
        "by": names.get(entry.user_id, "") if entry.user_id else entry.by,
        "userId": str(entry.user_id) if entry.user_id else None,
        "via": entry.via,
        "subject": entry.subject,
        "details": entry.details,
    }
