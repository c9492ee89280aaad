"""The figures for whoever watches over the installation, as Prometheus reads them."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from notifications.models import Channel, MessageState
from notifications.queries.figures import read_figures


class FiguresCollector(Collector):
    """Reads the figures when it is asked: nothing is counted along, so that every process tells the same."""

    def collect(self) -> Iterator[Metric]:
        """Give the ages in seconds, 0 where nothing waits, and the messages by channel and state."""
        figures = read_figures(timezone.now())
        yield GaugeMetricFamily(
            "involver_oldest_due_message_seconds",
            "How long the message that has been due for the longest time has waited to be sent.",
            value=figures.oldest_due_seconds or 0,
        )
        yield GaugeMetricFamily(
            "involver_oldest_outbox_row_seconds",
            "How long the oldest event or step that nobody has been told of yet has waited.",
            value=figures.oldest_unrelayed_seconds or 0,
        )
        messages = GaugeMetricFamily("involver_messages", "Messages there are.", labels=["channel", "state"])
        for channel in Channel:
            for state in MessageState:
                messages.add_metric([channel.value, state.value], figures.counts.get((channel, state), 0))
        yield messages


@login_not_required
@never_cache
@require_safe
def show_metrics(request: HttpRequest) -> HttpResponse:
    """Show the figures to whoever shows the token; 404 where none is set, 401 for a wrong one."""
    if not settings.METRICS_TOKEN:
        raise Http404
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponse("a token is needed\n", status=401, headers={"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry()
    registry.register(FiguresCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
