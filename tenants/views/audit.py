"""GET /api/audit: who did what, for owners and admins."""

from typing import ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from qspro.errors import BadRequest
from qspro.pagination import NewestFirst
from tenants.authentication import the_caller
from tenants.callers import Scope
from tenants.context import tenant_scope
from tenants.models import Action, Role
from tenants.serializers import AuditPageSerializer, entry_body
from tenants.services.audit import list_audit, names_of


class AuditPagination(NewestFirst):
    ordering = ("-at", "-id")


class AuditView(APIView):
    scopes: ClassVar = {"GET": Scope.ACCOUNT}
    roles: ClassVar = {"GET": Role.ADMIN}

    @extend_schema(
        responses=AuditPageSerializer,
        parameters=[
            OpenApiParameter("action", str, enum=[str(action) for action in Action]),
            OpenApiParameter("pageSize", int),
            OpenApiParameter("cursor", str),
        ],
    )
    def get(self, request: Request) -> Response:
        pages, action = AuditPagination(), request.query_params.get("action")
        if action is not None and action not in set(Action.values):
            raise BadRequest(f"action is one of {', '.join(Action.values)}.")
        with tenant_scope(the_caller(request).tenant_id):
            found = list_audit().filter(action=action) if action else list_audit()
            entries = pages.paginate_queryset(found, request, view=self) or []
            names = names_of(entries)
        return Response(
            {
                "results": [entry_body(entry, names) for entry in entries],
                "next": pages.get_next_link(),
                "previous": pages.get_previous_link(),
            }
        )
