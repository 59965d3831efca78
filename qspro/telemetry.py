"""The one place that knows OpenTelemetry; loaded only where spans are wanted (qspro/tracing.py).

The SDK reads its other variables itself: OTEL_TRACES_SAMPLER, OTEL_RESOURCE_ATTRIBUTES, OTEL_BSP_SCHEDULE_DELAY...
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from threading import Lock

from django.conf import settings
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult
from opentelemetry.semconv.attributes.http_attributes import HTTP_RESPONSE_STATUS_CODE
from opentelemetry.trace import SpanKind, StatusCode, Tracer, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.re import parse_env_headers

from qspro.outages import Outage
from qspro.tracing import Facts

KINDS = {"internal": SpanKind.INTERNAL, "server": SpanKind.SERVER, "client": SpanKind.CLIENT, "task": SpanKind.CONSUMER}
OURS = "qspro."
W3C = TraceContextTextMapPropagator()
# So long one attempt to send may take, also the last one of a process that ends.
EXPORT_SECONDS = 3.0

outage = Outage(logging.getLogger(__name__), "The collector of spans")


class Exporter(OTLPSpanExporter):
    """One line where its collector goes away, and one when it is back; the SDK's own are silent (LOGGING)."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = super().export(spans)
        if result is SpanExportResult.SUCCESS:
            outage.over()
        else:
            outage.seen(ConnectionError())
        return result


class Telemetry:
    """Its exporter has a thread, so that it begins with the first span: in the child of a process that forks."""

    def __init__(self) -> None:
        self._lock = Lock()

    @cached_property
    def provider(self) -> TracerProvider:
        provider = TracerProvider(resource=Resource.create({"service.name": settings.OTEL_SERVICE_NAME}))
        exporter = Exporter(
            endpoint=f"{settings.OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces",
            headers=parse_env_headers(settings.OTEL_EXPORTER_OTLP_HEADERS, liberal=True),
            timeout=EXPORT_SECONDS,
        )
        provider.add_span_processor(BatchSpanProcessor(exporter))
        return provider

    @property
    def tracer(self) -> Tracer:
        with self._lock:
            return self.provider.get_tracer("qspro")

    @contextmanager
    def span(self, name: str, *, kind: str, parent: str, facts: Facts) -> Iterator[None]:
        around = W3C.extract({"traceparent": parent}, context=Context()) if parent else None
        with self.tracer.start_as_current_span(
            name,
            context=around,
            kind=KINDS[kind],
            attributes={**of_the_span_around(), **facts},
            # Words of errors may hold anything.
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(StatusCode.ERROR)
                raise

    def tell(self, facts: Facts, *, name: str) -> None:
        span = get_current_span()
        span.set_attributes(facts)
        if int(facts.get(HTTP_RESPONSE_STATUS_CODE, 0)) >= 500:
            span.set_status(StatusCode.ERROR)
        if name:
            span.update_name(name)

    def mark(self, name: str, facts: Facts) -> None:
        get_current_span().add_event(name, facts)

    def parent(self) -> str:
        carrier: dict[str, str] = {}
        W3C.inject(carrier)
        return carrier.get("traceparent", "")

    def end(self) -> None:
        if "provider" in vars(self):
            self.provider.shutdown()


def of_the_span_around() -> Facts:
    """Whose work it is: a call to Marketing Cloud says of which run it is, although only the request knows."""
    span = get_current_span()
    if not isinstance(span, ReadableSpan) or span.attributes is None:
        return {}
    return {name: str(value) for name, value in span.attributes.items() if name.startswith(OURS)}
