"""The HTTP edge of business units: which there are for the caller, how they are connected, acting in another."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mce_bridge.serializers import BusinessUnitSerializer, BusinessUnitsSerializer, SwitchSerializer, unit_body
from mce_bridge.services import granted_units
from tenants.authentication import the_caller
from tenants.services.sign_in import switch


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
        body = SwitchSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        caller = switch(request._request.session, caller=the_caller(request), mid=body.validated_data["mid"])
        units = {unit.id: (unit, serving) for unit, serving in granted_units(caller)}
        return Response(unit_body(*units[caller.business_unit_id], caller))
