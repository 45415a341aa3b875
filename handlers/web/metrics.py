"""Counters of the web side; labels are bound beforehand, so that counting costs next to nothing."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from models.funnel.events import EventStatus


class Metrics:
    """One registry a program, so that tests do not meet each other's numbers."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.clicks = Counter("tuike_clicks", "Clicks that were counted", registry=self.registry)
        self.redirects_uncounted = Counter(
            "tuike_redirects_uncounted",
            "Redirects of bots, previews, HEAD and paused links",
            registry=self.registry,
        )
        self.clicks_spooled = Counter(
            "tuike_clicks_spooled", "Clicks that went by the spool", registry=self.registry
        )
        self.clicks_lost = Counter(
            "tuike_clicks_lost", "Clicks that could be kept nowhere", registry=self.registry
        )
        events = Counter(
            "tuike_events", "Shop events by what became of them", ["status"], registry=self.registry
        )
        self.events = {status: events.labels(status=status.value) for status in EventStatus}
        self.event_seconds = Histogram(
            "tuike_event_group_seconds", "Time to commit a group of events", registry=self.registry
        )
        self.signatures_refused = Counter(
            "tuike_signatures_refused", "Bad signatures", registry=self.registry
        )
        self.notices_waiting = Gauge("tuike_notices_waiting", "Notices not sent yet", registry=self.registry)
        self.oldest_parked = Gauge(
            "tuike_oldest_parked_seconds", "Age of the oldest event that waits", registry=self.registry
        )
        self.findings = Gauge(
            "tuike_findings", "What the last verification of the books found", registry=self.registry
        )

    def page(self) -> bytes:
        """The metrics in the text form that Prometheus reads."""
        return generate_latest(self.registry)
