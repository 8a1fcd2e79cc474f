"""`/metrics` of a real daemon, and the dashboard that shows it."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from actors.measures import Measures
from tests.api import Api
from tests.conftest import StartDaemon
from tests.daemon_process import REPOSITORY, DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Says

DASHBOARD = REPOSITORY / "docs/grafana/stagent.json"
DEADLINE_S = 30.0

Samples = dict[str, dict[tuple[tuple[str, str], ...], float]]


def scrape(api: Api) -> Samples:
    """All samples by name and labels."""
    answer = api.request("GET", "/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    found: Samples = {}
    for family in text_string_to_metric_families(answer.text):
        found.setdefault(family.name, {})
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def one(samples: Samples, name: str, **labels: str) -> float:
    return samples[name][tuple(sorted(labels.items()))]


def test_a_turn_is_counted(connected: DaemonProcess, model: FakeAnthropic) -> None:
    api = connected.client
    before = scrape(api)
    model.script(Answer(Says("one "), Says("two ")))
    api.ask(api.new("claude-code"), "Hello")
    found = scrape(api)
    assert not before.get("stagent_turns_total")
    assert one(found, "stagent_turns_total", runtime="claude-code", outcome="complete") == 1
    assert one(found, "stagent_first_delta_seconds_count", runtime="claude-code") >= 1
    assert one(found, "stagent_delta_latency_seconds_count") >= 1
    assert 0 < one(found, "stagent_delta_latency_seconds_sum") < DEADLINE_S
    assert one(found, "stagent_tokens_total", runtime="claude-code", kind="output") > 0
    assert one(found, "stagent_archive_commit_seconds_count") >= 1
    assert one(found, "stagent_resident_memory_bytes") > 10_000_000
    assert one(found, "stagent_open_conversations") >= 1


def test_what_waits_is_counted(api: Api, work_dir: Path) -> None:
    conversation = api.new(workingDirectory=str(work_dir))
    before = scrape(api)
    assert one(before, "stagent_open_requests") == one(before, "stagent_oldest_request_age_seconds") == 0
    with api.send(conversation, "run touch x") as stream:
        asked = stream.until("permission_request")
        with api.send(conversation, "help", whenBusy="queue"):
            deadline = time.monotonic() + DEADLINE_S
            while not one(found := scrape(api), "stagent_queued_messages"):
                assert time.monotonic() < deadline
        assert one(found, "stagent_open_requests") == 1
        assert 0 <= one(found, "stagent_oldest_request_age_seconds") < DEADLINE_S
        assert one(found, "stagent_busy_conversations") == 1
        assert one(found, "stagent_open_conversations") == 1
        assert one(found, "stagent_queued_messages") == 1
        assert one(found, "stagent_subscribers") == 1
        api.respond(conversation, asked["requestId"], "deny")
        stream.rest()


def test_lag_is_looked_for_all_the_time(api: Api) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not scrape(api).get("stagent_event_loop_lag_seconds_count"):
        assert time.monotonic() < deadline
    assert one(scrape(api), "stagent_event_loop_lag_seconds_count") >= 1


def test_the_metrics_are_behind_the_gate(daemon: DaemonProcess) -> None:
    stranger = Api(daemon.url, None)
    assert stranger.request("GET", "/metrics").status_code == 401
    assert daemon.client.request("GET", "/metrics", headers={"Host": "evil.example"}).status_code == 403
    stranger.close()


def test_who_only_measures_does_not_keep_a_daemon_alive(start_daemon: StartDaemon) -> None:
    daemon = start_daemon(args=("--started-by", "demand"), STAGENT_IDLE_EXIT_SECONDS="1")
    deadline = time.monotonic() + DEADLINE_S
    with pytest.raises(httpx2.TransportError):  # it has ended
        _measure_until(daemon.client, deadline)
    assert daemon.wait() == 0


def _measure_until(api: Api, deadline: float) -> None:
    while time.monotonic() < deadline:
        api.request("GET", "/metrics")


def exprs(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node[key] for key in ("expr", "query") if isinstance(node.get(key), str)]
        return own + [text for value in node.values() for text in exprs(value)]
    return [text for value in node for text in exprs(value)] if isinstance(node, list) else []


def test_the_dashboard_asks_for_what_there_is_and_for_all_of_it(api: Api) -> None:
    dashboard = json.loads(DASHBOARD.read_text())
    asked = set(re.findall(r"stagent_\w+", " ".join(exprs(dashboard))))
    families = set()
    for family in text_string_to_metric_families(api.request("GET", "/metrics").text):
        match family.type:
            case "counter":
                families.add(f"{family.name}_total")
            case "histogram":
                families.add(f"{family.name}_bucket")
            case _:
                families.add(f"{family.name}_info" if family.type == "info" else family.name)
    assert asked == {"stagent_build_info" if name == "stagent_build" else name for name in families}


def test_the_documentation_names_what_there_is_and_nothing_else(api: Api) -> None:
    page = DASHBOARD.parent.parent / "operations.md"
    table = page.read_text().partition("| Metric |")[2].partition("\n\n")[0]
    named = set(re.findall(r"`(stagent_\w+)`", table))
    shown = re.findall(r"^# TYPE (stagent_\w+) \w+$", api.request("GET", "/metrics").text, re.MULTILINE)
    assert named == {name.removesuffix("_created") for name in shown}


@pytest.mark.parametrize("label", ["runtime", "outcome", "kind", "actor", "reason"])
def test_the_dashboard_groups_by_labels_that_there_are(label: str) -> None:
    labels = {name for field in Measures.__struct_fields__ for name in getattr(Measures(), field).labels}
    grouped = re.findall(r"by \(([^)]*)\)", " ".join(exprs(json.loads(DASHBOARD.read_text()))))
    assert {name.strip() for group in grouped for name in group.split(",")} - {"le"} == labels
    assert label in labels


def test_panels_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    panels = json.loads(DASHBOARD.read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not taken & cells, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
