"""All addresses. Event streams are not among them: they are answered in front of Django (qspro/asgi.py)."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from operators.flower import queues
from operators.health import health as whole_health
from operators.metrics import metrics
from operators.queue_page import queue_page
from qspro import health

admin.site.site_header = admin.site.site_title = "QS Pro"
admin.site.index_title = "For those who run it"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("health", whole_health),
    path("metrics", metrics),
    path("api/", include("shell_query.urls")),
    path("api/", include("tenants.urls")),
    path("", include("mce_bridge.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("", include("console.urls")),
    path("admin/queues", RedirectView.as_view(url="/admin/queues/", permanent=True)),
    re_path("^admin/queues/(?P<path>.*)$", queues),
    path("admin/work/", admin.site.admin_view(queue_page)),
    path("admin/", admin.site.urls),
]

handler400 = "qspro.problems.bad_request"
handler404 = "qspro.problems.not_found"
handler500 = "qspro.problems.server_error"
