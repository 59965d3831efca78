"""API keys: one's own are made and revoked by oneself; owners and admins see and revoke everybody's."""

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tenants.authentication import the_caller
from tenants.callers import Scope
from tenants.context import tenant_scope
from tenants.serializers import (
    ApiKeysSerializer,
    MadeApiKeySerializer,
    NewApiKeySerializer,
    key_body,
)
from tenants.services import api_keys
from tenants.services.audit import Actor
from tenants.throttling import LimitedByUser
from tenants.views.answers import no_store, valid


class ApiKeysView(LimitedByUser, APIView):
    """GET and POST /api/api-keys. The key itself is in the answer to the POST and never again."""

    limit = "managing"
    scopes: ClassVar = {"GET": Scope.ACCOUNT, "POST": Scope.ACCOUNT}

    @extend_schema(operation_id="api_keys_list", responses=ApiKeysSerializer)
    def get(self, request: Request) -> Response:
        caller = the_caller(request)
        with tenant_scope(caller.tenant_id):
            keys = [key_body(key) for key in api_keys.list_api_keys(caller)]
        return Response({"results": keys})

    @extend_schema(request=NewApiKeySerializer, responses={201: MadeApiKeySerializer})
    def post(self, request: Request) -> Response:
        body = valid(NewApiKeySerializer, request.data)
        row, key = api_keys.make_own_key(
            caller=the_caller(request), name=body["name"], scopes=body["scopes"], expires_at=body["expiresAt"]
        )
        return no_store(Response({**key_body(row), "key": key}, status=201))


class ApiKeyView(LimitedByUser, APIView):
    """DELETE /api/api-keys/{id}: it is good no more, nor are the tokens that it began."""

    limit = "managing"
    scopes: ClassVar = {"DELETE": Scope.ACCOUNT}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, api_key_id: UUID) -> Response:
        caller = the_caller(request)
        key = api_keys.find_api_key(caller, api_key_id)
        api_keys.revoke_api_key(tenant_id=caller.tenant_id, api_key_id=key.id, actor=Actor.caller(caller))
        return Response(status=204)
