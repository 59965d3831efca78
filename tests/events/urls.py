"""What Django answers about a thing: its last status."""

from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.urls import path

from events.models import Event
from tenants.context import tenant_scope
from tenants.services import caller_of_authorization


def thing(request: HttpRequest, subject_id: UUID) -> JsonResponse:
    caller = caller_of_authorization(request.headers["Authorization"])
    with tenant_scope(caller.tenant_id):
        last = Event.objects.filter(subject_id=subject_id).order_by("sequence").last()
    return JsonResponse({"status": last.data["status"]} if last else {}, status=200 if last else 404)


urlpatterns = [path("api/things/<uuid:subject_id>", thing)]
