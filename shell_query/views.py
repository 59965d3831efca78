"""The HTTP edge of runs: read the input, call one service, translate the result."""

import re
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from qspro.errors import BadRequest
from qspro.moments import read_moment
from qspro.pagination import NewestFirst
from shell_query import services
from shell_query.models import RunQuerySet
from shell_query.presenting import page_body
from shell_query.serializers import (
    CanceledSerializer,
    MeSerializer,
    NewRunSerializer,
    ResultPageSerializer,
    ReusedRunSerializer,
    RunPageSerializer,
    RunSerializer,
    SubmittedSerializer,
    TicketSerializer,
    canceled,
    described,
    submitted,
    ticket_body,
)
from shell_query.states import Status
from shell_query.targets import UpdateType
from shell_query.understanding import UnderstandingSerializer, ValidationSerializer, understanding_body
from tenants.authentication import the_caller
from tenants.callers import Scope
from tenants.context import tenant_scope

# Python refuses to read a number of thousands of digits.
PAGE = re.compile(r"[0-9]{1,9}")


class RunsView(APIView):
    """POST /api/runs submits, GET lists one's own."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ, "POST": Scope.RUNS_WRITE}

    @extend_schema(
        request=NewRunSerializer,
        responses={202: SubmittedSerializer, 200: ReusedRunSerializer},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
    )
    def post(self, request: Request) -> Response:
        body = valid(NewRunSerializer, request.data)
        answer, replayed = services.submit_run(
            caller=the_caller(request),
            new=services.NewRun(
                sql_text=body["sqlText"],
                snippet_name=body["snippetName"],
                target=target(body),
                reuse_max_age=reuse_max_age(body),
            ),
            idempotency_key=request.headers.get("Idempotency-Key"),
            answer=submitted,
        )
        headers = {"Location": answer["links"]["self"]}
        if replayed:
            headers["Idempotency-Replayed"] = "true"
        return Response(answer, status=200 if "reusedFrom" in answer else 202, headers=headers)

    @extend_schema(
        operation_id="runs_list",
        responses=RunPageSerializer,
        parameters=[
            OpenApiParameter("status", str, enum=list(Status)),
            OpenApiParameter("createdAfter", str),
            OpenApiParameter("createdBefore", str),
            OpenApiParameter("snippetName", str),
            OpenApiParameter("pageSize", int),
            OpenApiParameter("cursor", str),
        ],
    )
    def get(self, request: Request) -> Response:
        caller, pages = the_caller(request), NewestFirst()
        with tenant_scope(caller.tenant_id):
            found = filtered(services.list_runs(caller=caller), request)
            runs = pages.paginate_queryset(found, request, view=self) or []
        return Response(
            {
                "results": [described(run, caller) for run in runs],
                "next": pages.get_next_link(),
                "previous": pages.get_previous_link(),
            }
        )


class RunView(APIView):
    """GET /api/runs/{id}. `Prefer: wait` is dealt with before Django (events.wait)."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @extend_schema(responses=RunSerializer, parameters=[OpenApiParameter("Prefer", str, OpenApiParameter.HEADER)])
    def get(self, request: Request, run_id: UUID) -> Response:
        caller = the_caller(request)
        return Response(described(services.find_run(caller=caller, run_id=run_id), caller))


class CancelView(APIView):
    scopes: ClassVar = {"POST": Scope.RUNS_WRITE}

    @extend_schema(request=None, responses={202: CanceledSerializer})
    def post(self, request: Request, run_id: UUID) -> Response:
        run = services.cancel_run(caller=the_caller(request), run_id=run_id)
        return Response(canceled(run), status=202)


class TicketView(APIView):
    """POST /api/runs/{id}/events/ticket: for an EventSource on another origin, which cannot send headers."""

    scopes: ClassVar = {"POST": Scope.RUNS_READ}

    @extend_schema(request=None, responses={201: TicketSerializer})
    def post(self, request: Request, run_id: UUID) -> Response:
        ticket = services.open_stream(caller=the_caller(request), run_id=run_id)
        return Response(ticket_body(run_id, ticket), status=201, headers={"Cache-Control": "no-store"})


class ResultsView(APIView):
    scopes: ClassVar = {"GET": Scope.DATA_READ, "DELETE": Scope.RUNS_WRITE}

    @extend_schema(responses=ResultPageSerializer, parameters=[OpenApiParameter("page", int)])
    def get(self, request: Request, run_id: UUID) -> Response:
        page = page_number(request.query_params.get("page", "1"))
        found = services.read_results(caller=the_caller(request), run_id=run_id, page=page)
        response = Response(page_body(found))
        response["Cache-Control"] = "no-store"
        return response

    @extend_schema(responses={204: None})
    def delete(self, request: Request, run_id: UUID) -> Response:
        """The rows go now, not in a day."""
        services.discard_results(caller=the_caller(request), run_id=run_id)
        return Response(status=204)


class MeView(APIView):
    """GET /api/me."""

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(services.account_of(caller=the_caller(request)))


class ValidateView(APIView):
    scopes: ClassVar = {"POST": Scope.RUNS_WRITE}

    @extend_schema(request=ValidationSerializer, responses=UnderstandingSerializer)
    def post(self, request: Request) -> Response:
        body = valid(ValidationSerializer, request.data)
        found = services.validate_sql(
            caller=the_caller(request),
            sql_text=body["sqlText"],
            target=target(body),
            deep=body["deep"],
        )
        return Response(understanding_body(found))


def valid(serializer: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """Raises ValidationError."""
    read = serializer(data=data)
    read.is_valid(raise_exception=True)
    return dict(read.validated_data)


def target(body: dict[str, Any]) -> services.NewTarget | None:
    named = body["targetDataExtension"]
    return services.NewTarget(named["customerKey"], UpdateType(named["updateType"])) if named else None


def reuse_max_age(body: dict[str, Any]) -> timedelta | None:
    seconds = body["reuseMaxAgeSeconds"]
    return timedelta(seconds=seconds) if seconds else None


def filtered(runs: RunQuerySet, request: Request) -> RunQuerySet:
    """By status, snippetName, createdAfter, createdBefore. Raises BadRequest."""
    given = request.query_params
    if "status" in given:
        if given["status"] not in set(Status):
            raise BadRequest(f"status is one of {', '.join(Status)}.")
        runs = runs.filter(status=given["status"])
    if "snippetName" in given:
        if "\0" in given["snippetName"]:
            raise BadRequest("snippetName holds a null character.")
        runs = runs.filter(snippet_name=given["snippetName"])
    for name, lookup in (("createdAfter", "created_at__gt"), ("createdBefore", "created_at__lt")):
        if name in given:
            runs = runs.filter(**{lookup: moment(name, given[name])})
    return runs


def moment(name: str, text: str) -> datetime:
    found = read_moment(text.replace(" ", "+"))
    if found is None:
        raise BadRequest(f"{name} is a time in ISO 8601 with its offset, as 2026-01-31T12:00:00Z.")
    return found


def page_number(text: str) -> int:
    if not PAGE.fullmatch(text) or not 1 <= int(text) <= settings.RESULT_PAGE_LIMIT:
        raise BadRequest(f"page is a number from 1 to {settings.RESULT_PAGE_LIMIT}.")
    return int(text)
