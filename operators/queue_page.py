"""/admin/work/: what is to be done and where it hangs, and how to pause it, try it again, or cancel it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from leases import pauses
from leases.models import PausedQueue
from leases.registry import kinds
from mce_bridge import breaker
from operators import work
from operators.deeds import MOST, BulkForm
from tenants.administration import OPERATOR, actor_of, as_uuid, did
from tenants.models import Tenant

PAGE = "/admin/work/"


@require_http_methods(["GET", "POST"])
def queue_page(request: HttpRequest) -> HttpResponse:
    """For staff (admin_view). A change answers with a redirect, a count with the page."""
    asked = request.POST.get("do", "")
    form = BulkForm(request.POST if asked in {"count", "carry_out"} else None)
    if asked in CHANGES:
        CHANGES[asked](request)
        return HttpResponseRedirect(PAGE)
    if asked == "carry_out" and form.is_valid():
        carry_out(request, form)
        return HttpResponseRedirect(PAGE)
    count = form.runs().count() if asked == "count" and form.is_valid() else None
    return TemplateResponse(request, "admin/operators/work.html", context(request, form, count))


def context(request: HttpRequest, form: BulkForm, count: int | None) -> dict[str, Any]:
    return {
        **admin.site.each_context(request),
        "title": "Work",
        "queues": work.queues(),
        "stages": work.stages(),
        "overdue": work.overdue(),
        "failures": work.failures(),
        "tenants": list(work.tenants()),
        "form": form,
        "count": count,
        "most": MOST,
    }


def carry_out(request: HttpRequest, form: BulkForm) -> None:
    done = form.carry_out(actor_of(request))
    did(request, done, form.what)
    messages.success(request, f"{form.chosen.past}: {len(done)} runs.")


def pause_queue(request: HttpRequest) -> None:
    """A queue is no tenant's, so that the admin's log alone has it: written before the transaction of the pause ends,
    which is undone where the log cannot be written."""
    queue = named_queue(request)
    with transaction.atomic():
        if not pauses.pause(queue, by=request.user.get_username()):
            return
        did(request, [PausedQueue(queue=queue)], "Paused")
    messages.success(request, f"{queue} is paused: what was rung for already is still done.")


def resume_queue(request: HttpRequest) -> None:
    """In the order of pause_queue."""
    queue = named_queue(request)
    with transaction.atomic():
        if not pauses.resume(queue):
            return
        did(request, [PausedQueue(queue=queue)], "Resumed")
    messages.success(request, f"{queue} goes on.")


def pause_tenant(request: HttpRequest) -> None:
    tenant = named_tenant(request)
    units = breaker.hold(tenant.id, actor=actor_of(request))
    did(request, [tenant], "Paused")
    messages.success(request, f"{tenant.name} is paused: {units} business units.")


def resume_tenant(request: HttpRequest) -> None:
    tenant = named_tenant(request)
    units = breaker.release(tenant.id, actor=actor_of(request))
    did(request, [tenant], "Resumed")
    messages.success(request, f"{tenant.name} goes on: {units} business units.")


CHANGES: dict[str, Callable[[HttpRequest], None]] = {
    "pause_queue": pause_queue,
    "resume_queue": resume_queue,
    "pause_tenant": pause_tenant,
    "resume_tenant": resume_tenant,
}


def named_queue(request: HttpRequest) -> str:
    name = request.POST.get("name", "")
    if name not in {kind.queue for kind in kinds()}:
        raise Http404
    return name


def named_tenant(request: HttpRequest) -> Tenant:
    tenant_id: UUID | None = as_uuid(request.POST.get("name"))
    tenant = Tenant.objects.using(OPERATOR).filter(id=tenant_id).first() if tenant_id else None
    if tenant is None:
        raise Http404
    return tenant
