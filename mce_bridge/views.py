"""The HTTP edge of business units and connections."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mce_bridge import managing
from mce_bridge.serializers import (
    AllUnitsSerializer,
    BusinessUnitSerializer,
    BusinessUnitsSerializer,
    ConnectionSerializer,
    ConnectionsSerializer,
    CredentialsSerializer,
    NewConnectionSerializer,
    NewUnitSerializer,
    SwitchSerializer,
    UnitNameSerializer,
    connection_body,
    plain_unit_body,
    unit_body,
)
from mce_bridge.services import granted_units, remove_connection, test_connection
from tenants.authentication import the_caller
from tenants.callers import Scope
from tenants.context import tenant_scope
from tenants.models import BusinessUnit, Role
from tenants.serializers import PlaceSerializer
from tenants.services.audit import Actor
from tenants.services.sign_in import switch
from tenants.throttling import LimitedByUser
from tenants.views.answers import valid


class BusinessUnitsView(APIView):
    """GET /api/business-units: those granted to the caller."""

    @extend_schema(operation_id="business_units_list", responses=BusinessUnitsSerializer)
    def get(self, request: Request) -> Response:
        caller = the_caller(request)
        return Response({"results": [unit_body(unit, serving, caller) for unit, serving in granted_units(caller)]})


class SwitchView(APIView):
    """POST /api/business-units/switch: the session acts in another one from now on."""

    @extend_schema(request=SwitchSerializer, responses=BusinessUnitSerializer)
    def post(self, request: Request) -> Response:
        body = valid(SwitchSerializer, request.data)
        caller = switch(request._request.session, caller=the_caller(request), mid=body["mid"])
        units = {unit.id: (unit, serving) for unit, serving in granted_units(caller)}
        return Response(unit_body(*units[caller.business_unit_id], caller))


class TenantUnitsView(LimitedByUser, APIView):
    """GET and POST /api/tenant/business-units: all that the tenant has here, for its owners and admins."""

    limit = "managing"
    scopes: ClassVar = {"GET": Scope.ACCOUNT, "POST": Scope.ACCOUNT}
    roles: ClassVar = {"GET": Role.ADMIN, "POST": Role.ADMIN}

    @extend_schema(operation_id="tenant_business_units_list", responses=AllUnitsSerializer)
    def get(self, request: Request) -> Response:
        with tenant_scope(the_caller(request).tenant_id):
            return Response({"results": [plain_unit_body(unit) for unit in BusinessUnit.objects.all()]})

    @extend_schema(request=NewUnitSerializer, responses={201: PlaceSerializer})
    def post(self, request: Request) -> Response:
        body = valid(NewUnitSerializer, request.data)
        unit = managing.add_unit(caller=the_caller(request), mid=body["mid"], name=body["name"])
        return Response(plain_unit_body(unit), status=201)


class TenantUnitView(LimitedByUser, APIView):
    """PATCH /api/tenant/business-units/{mid}: another name."""

    limit = "managing"
    scopes: ClassVar = {"PATCH": Scope.ACCOUNT}
    roles: ClassVar = {"PATCH": Role.ADMIN}

    @extend_schema(request=UnitNameSerializer, responses=PlaceSerializer)
    def patch(self, request: Request, mid: int) -> Response:
        name = valid(UnitNameSerializer, request.data)["name"]
        return Response(plain_unit_body(managing.rename_unit(caller=the_caller(request), mid=mid, name=name)))


class ManagingView(LimitedByUser, APIView):
    """For owners and admins. A secret goes in and never comes out."""

    limit = "managing"
    scopes: ClassVar[dict[str, Any]] = dict.fromkeys(("GET", "POST", "PATCH", "DELETE"), Scope.ACCOUNT)
    roles: ClassVar[dict[str, Any]] = dict.fromkeys(("GET", "POST", "PATCH", "DELETE"), Role.ADMIN)


class ConnectionsView(ManagingView):
    """GET and POST /api/connections."""

    @extend_schema(operation_id="connections_list", responses=ConnectionsSerializer)
    def get(self, request: Request) -> Response:
        with tenant_scope(the_caller(request).tenant_id):
            return Response({"results": [connection_body(each) for each in managing.list_connections()]})

    @extend_schema(request=NewConnectionSerializer, responses={201: ConnectionSerializer})
    def post(self, request: Request) -> Response:
        body = valid(NewConnectionSerializer, request.data)
        made = managing.connect_unit(
            caller=the_caller(request),
            mid=body["mid"],
            client_id=body["clientId"],
            client_secret=body["clientSecret"],
        )
        return Response(connection_body(made), status=201)


class ConnectionView(ManagingView):
    """GET, PATCH and DELETE /api/connections/{id}."""

    @extend_schema(responses=ConnectionSerializer)
    def get(self, request: Request, connection_id: UUID) -> Response:
        return Response(connection_body(managing.find_connection(the_caller(request), connection_id)))

    @extend_schema(request=CredentialsSerializer, responses=ConnectionSerializer)
    def patch(self, request: Request, connection_id: UUID) -> Response:
        body = valid(CredentialsSerializer, request.data)
        renewed = managing.renew_connection(
            caller=the_caller(request),
            connection_id=connection_id,
            client_id=body["clientId"],
            client_secret=body["clientSecret"],
        )
        return Response(connection_body(renewed))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, connection_id: UUID) -> Response:
        caller = the_caller(request)
        found = managing.find_connection(caller, connection_id)
        remove_connection(tenant_id=caller.tenant_id, connection_id=found.id, actor=Actor.caller(caller))
        return Response(status=204)


class TestConnectionView(ManagingView):
    """POST /api/connections/{id}/test asks Marketing Cloud over it, now; what stands in the way is the answer."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, connection_id: UUID) -> Response:
        found = managing.find_connection(the_caller(request), connection_id)
        test_connection(tenant_id=found.tenant_id, connection_id=found.id)
        return Response(status=204)
