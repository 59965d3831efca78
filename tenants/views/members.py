"""The people of a tenant, for its owners and admins."""

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tenants.authentication import the_caller
from tenants.callers import Scope
from tenants.context import tenant_scope
from tenants.models import Role
from tenants.serializers import MemberChangeSerializer, MemberSerializer, MembersSerializer, member_body
from tenants.services import members
from tenants.throttling import LimitedByUser
from tenants.views.answers import valid


class MembersView(LimitedByUser, APIView):
    """GET /api/members."""

    limit = "managing"
    scopes: ClassVar = {"GET": Scope.ACCOUNT}
    roles: ClassVar = {"GET": Role.ADMIN}

    @extend_schema(operation_id="members_list", responses=MembersSerializer)
    def get(self, request: Request) -> Response:
        with tenant_scope(the_caller(request).tenant_id):
            return Response({"results": [member_body(member) for member in members.list_members()]})


class MemberView(LimitedByUser, APIView):
    """GET and PATCH /api/members/{id}: another role; whether they may act."""

    limit = "managing"
    scopes: ClassVar = {"GET": Scope.ACCOUNT, "PATCH": Scope.ACCOUNT}
    roles: ClassVar = {"GET": Role.ADMIN, "PATCH": Role.ADMIN}

    @extend_schema(responses=MemberSerializer)
    def get(self, request: Request, user_id: UUID) -> Response:
        with tenant_scope(the_caller(request).tenant_id):
            return Response(member_body(members.find_member(user_id)))

    @extend_schema(request=MemberChangeSerializer, responses=MemberSerializer)
    def patch(self, request: Request, user_id: UUID) -> Response:
        body = valid(MemberChangeSerializer, request.data)
        member = members.manage_member(
            caller=the_caller(request), user_id=user_id, role=body.get("role"), active=body.get("active")
        )
        return Response(member_body(member))


class MemberUnitView(LimitedByUser, APIView):
    """PUT and DELETE /api/members/{id}/business-units/{mid}: whether they may act in it."""

    limit = "managing"
    scopes: ClassVar = {"PUT": Scope.ACCOUNT, "DELETE": Scope.ACCOUNT}
    roles: ClassVar = {"PUT": Role.ADMIN, "DELETE": Role.ADMIN}

    @extend_schema(request=None, responses={204: None})
    def put(self, request: Request, user_id: UUID, mid: int) -> Response:
        members.grant_unit(caller=the_caller(request), user_id=user_id, mid=mid)
        return Response(status=204)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, user_id: UUID, mid: int) -> Response:
        members.withdraw_unit(caller=the_caller(request), user_id=user_id, mid=mid)
        return Response(status=204)
