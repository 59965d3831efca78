"""Tokens: from a key or a session to a JWT, the next one, and out."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tenants import services
from tenants.authentication import the_caller
from tenants.errors import NotFromToken
from tenants.serializers import RefreshSerializer, TokenPairSerializer, pair_body
from tenants.services.sign_in import issue_session_tokens, sign_out
from tenants.throttling import LimitedByAddress
from tenants.views.answers import no_store


class TokenView(LimitedByAddress, APIView):
    """POST /api/auth/token, with an API key or a session."""

    limit = "tokens"

    @extend_schema(request=None, responses=TokenPairSerializer)
    def post(self, request: Request) -> Response:
        caller = the_caller(request)
        if caller.family_id is not None:
            raise NotFromToken
        return no_store(Response(pair_body(issue_session_tokens(request._request.session, caller))))


class RefreshView(LimitedByAddress, APIView):
    """POST /api/auth/token/refresh. The refresh token is the credential; nothing else is asked for."""

    authentication_classes = ()
    permission_classes = ()
    limit = "tokens"

    @extend_schema(request=RefreshSerializer, responses=TokenPairSerializer, auth=[])
    def post(self, request: Request) -> Response:
        body = RefreshSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return no_store(Response(pair_body(services.refresh_tokens(body.validated_data["refresh"]))))


class LogoutView(APIView):
    """POST /api/auth/logout ends the token's family, or the session."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        sign_out(request._request.session, caller=the_caller(request))
        return Response(status=204)
