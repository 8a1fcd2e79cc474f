"""Usage, cost and budgets over HTTP, with a provider that says what each answer used."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.api import CONVERSATIONS, Api, EventStream
from tests.conftest import StartDaemon
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.ollama_api import FakeOllama
from tests.fakes.script import Answer, Calls, Refuses, Says, Usage, Waits

MILLION = 1_000_000
TODAY = datetime.now(UTC).astimezone().date
# The fake's Sonnet costs 2 dollars a million tokens of input and 10 of output.
THREE_DOLLARS = Usage(MILLION, MILLION // 10)


def ask(api: Api, model: FakeAnthropic, *answers: Any, **fields: Any) -> EventStream:
    model.script(*answers)
    return api.ask(api.new("claude-code", **fields), "go")


@pytest.fixture
def paid(start_daemon: StartDaemon, anthropic_api: FakeAnthropic) -> Api:
    """A daemon of its own: budgets count all that it ever spent."""
    return start_daemon(ANTHROPIC_API_KEY="test", ANTHROPIC_BASE_URL=anthropic_api.base_url).client


def test_every_turn_is_counted_also_when_its_conversation_is_gone(
    paid: Api, anthropic_api: FakeAnthropic, work_dir: Path
) -> None:
    empty = paid.get("/api/usage")
    assert (empty["totals"]["turns"], empty["totals"]["costUsd"], empty["rows"]) == (0, 0, [])
    project = paid.post("/api/projects", {"name": "Shop", "workingDirectory": str(work_dir)})["id"]
    anthropic_api.script(
        Answer(Calls("Read", {"file_path": "notes.txt"}), usage=Usage(100, 10, 50, 20)),
        Answer(Says("Read."), usage=Usage(200, 20)),
    )
    conversation = paid.new("claude-code", projectId=project)
    assert paid.ask(conversation, "go").seen[-1]["type"] == "done"
    cost = paid.get(f"{CONVERSATIONS}/{conversation}")["usage"]["costUsd"]
    paid.delete(f"{CONVERSATIONS}/{conversation}")
    refused = ask(paid, anthropic_api, Refuses(400, message="no"))
    assert refused.seen[-1]["type"] == "error"
    report = paid.get("/api/usage", groupBy="project")
    assert report["totals"] == {
        "inputTokens": 370, "outputTokens": 30, "cacheReadTokens": 50, "cacheWriteTokens": 20, "turns": 2,
        "unpricedTurns": 0, "costUsd": pytest.approx(cost), "knownCostUsd": pytest.approx(cost),
    }  # fmt: skip
    assert cost > 0
    assert [(row["key"], row["label"], row["turns"]) for row in report["rows"]] == [
        (project, "Shop", 1),
        (None, "No project", 1),
    ]
    [today] = paid.get("/api/usage")["rows"]
    assert (today["key"], today["turns"]) == (TODAY().isoformat(), 2)
    by_model = paid.get("/api/usage", groupBy="model")["rows"]
    assert [row["key"] for row in by_model] == ["claude-sonnet-5-5", None]
    assert paid.get("/api/usage", **{"from": "2020-01-01", "to": "2020-12-31"})["rows"] == []


def test_an_interrupted_turn_is_counted(paid: Api, anthropic_api: FakeAnthropic) -> None:
    gate = threading.Event()
    anthropic_api.script(Answer(Says("some"), Waits(gate), Says(" more"), usage=Usage(1000, 10)))
    conversation = paid.new("claude-code")
    with paid.send(conversation, "go") as stream:
        stream.until("delta")
        paid.cancel(conversation)
        assert stream.end()["type"] == "interrupted"
    gate.set()
    [row] = paid.get("/api/usage", groupBy="model")["rows"]
    assert (row["key"], row["turns"], row["inputTokens"]) == ("claude-sonnet-5-5", 1, 1000)


def test_what_has_been_used_outlives_a_crash(start_daemon: StartDaemon, anthropic_api: FakeAnthropic) -> None:
    environment = {"ANTHROPIC_API_KEY": "test", "ANTHROPIC_BASE_URL": anthropic_api.base_url}
    daemon = start_daemon(**environment)
    anthropic_api.script(Answer(Calls("Bash", {"command": "true"}), usage=Usage(1000, 10)))
    with daemon.client.send(daemon.client.new("claude-code"), "go") as stream:
        stream.until("permission_request")
        daemon.kill()
    [row] = start_daemon(daemon.data_dir.root, **environment).client.get("/api/usage")["rows"]
    assert (row["turns"], row["inputTokens"]) == (1, 1000)


def test_an_unknown_price_makes_the_cost_unknown_until_it_is_given(
    paid: Api, anthropic_api: FakeAnthropic
) -> None:
    ask(paid, anthropic_api, Answer(Says("x"), usage=Usage(MILLION, 0)))
    paid.patch("/api/settings", {"modelPrices": {}, "dailyBudgetUsd": 50})
    ask(paid, anthropic_api, Answer(Says("x"), usage=Usage(MILLION, 0)), modelId="claude-unpriced-1")
    report = paid.get("/api/usage", groupBy="model")
    assert (report["totals"]["costUsd"], report["totals"]["knownCostUsd"]) == (None, 2.0)
    assert (report["totals"]["unpricedTurns"], report["unpricedModels"]) == (1, ["claude-unpriced-1"])
    [budget] = report["budgets"]
    assert (budget["spentUsd"], budget["unpricedTurns"]) == (2.0, 1)
    paid.patch("/api/settings", {"modelPrices": {"claude-unpriced-1": {"input": 7, "output": 70}}})
    ask(paid, anthropic_api, Answer(Says("x"), usage=Usage(MILLION, 0)), modelId="claude-unpriced-1")
    assert paid.get("/api/usage")["totals"]["knownCostUsd"] == 9.0


def test_a_budget_warns_and_then_stops(paid: Api, anthropic_api: FakeAnthropic) -> None:
    paid.patch("/api/settings", {"dailyBudgetUsd": 3.5})
    first = ask(paid, anthropic_api, Answer(Says("x"), usage=THREE_DOLLARS))
    assert not [event for event in first.of("status") if "budget" in event["message"]]
    [budget] = paid.get("/api/usage")["budgets"]
    assert (budget["period"], budget["state"], budget["limitUsd"]) == ("day", "warning", 3.5)
    assert budget["message"].startswith("85 % of the budget for today is used")
    second = ask(paid, anthropic_api, Answer(Says("x"), usage=THREE_DOLLARS))
    assert [event["message"] for event in second.of("status") if "budget" in event["message"]] == [
        "85 % of the budget for today is used: $3.00 of $3.50"
    ]
    assert second.seen[-1]["type"] == "done"
    third = paid.ask(paid.new("claude-code"), "go").seen[-1]
    assert (third["type"], third["code"]) == ("error", "budget_exceeded")
    for part in ("$6.00 of $3.50", "for today", "dailyBudgetUsd"):
        assert part in third["message"]
    assert paid.get("/api/usage")["budgets"][0]["message"] == third["message"]
    assert len(anthropic_api.requests_to("/v1/messages")) == 2
    paid.patch("/api/settings", {"dailyBudgetUsd": None, "monthlyBudgetUsd": 6})
    last = paid.ask(paid.new("claude-code"), "go").seen[-1]
    assert (last["code"], "monthlyBudgetUsd" in last["message"]) == ("budget_exceeded", True)
    paid.patch("/api/settings", {"monthlyBudgetUsd": 60})
    assert ask(paid, anthropic_api, Answer(Says("x"))).seen[-1]["type"] == "done"


def test_a_running_turn_stops_between_its_steps(
    paid: Api, anthropic_api: FakeAnthropic, work_dir: Path
) -> None:
    paid.patch("/api/settings", {"monthlyBudgetUsd": 2})
    conversation = paid.new("claude-code", workingDirectory=str(work_dir))
    anthropic_api.script(Answer(Calls("Read", {"file_path": "notes.txt"}), usage=THREE_DOLLARS))
    stream = paid.ask(conversation, "go")
    assert stream.of("tool_result")[0]["isError"] is False
    assert (stream.seen[-1]["type"], stream.seen[-1]["code"]) == ("error", "budget_exceeded")
    assert "$3.00 of $2.00" in stream.seen[-1]["message"]
    answer = paid.messages(conversation)[-1]
    assert (answer["status"], answer["metadata"]["costUsd"]) == ("error", pytest.approx(3.0))


def test_local_models_are_never_stopped(
    start_daemon: StartDaemon, anthropic_api: FakeAnthropic, ollama_api: FakeOllama
) -> None:
    api = start_daemon(
        ANTHROPIC_API_KEY="test",
        ANTHROPIC_BASE_URL=anthropic_api.base_url,
        OLLAMA_HOST=ollama_api.host,
        STAGENT_DAILY_BUDGET_USD="1",
    ).client
    ask(api, anthropic_api, Answer(Says("x"), usage=THREE_DOLLARS))
    assert api.ask(api.new("claude-code"), "go").seen[-1]["code"] == "budget_exceeded"
    assert api.ask(api.new("offline"), "help").seen[-1]["type"] == "done"
    ollama_api.script(Answer(Says("local")))
    local = api.new("ollama", modelId=f"ollama:{ollama_api.models[0].name}")
    assert api.ask(local, "go").seen[-1]["type"] == "done"
    assert api.get("/api/usage")["totals"]["costUsd"] == pytest.approx(3.0)


@pytest.mark.parametrize(
    "params",
    [
        {"groupBy": "week"},
        {"from": "yesterday"},
        {"from": "2026-11-31"},
        {"from": "2026-11-24", "to": "2026-11-23"},
        {"to": "9999-12-31"},
        {"from": "0001-01-01"},
    ],
)
def test_a_time_that_cannot_be_is_refused(shared: Api, params: dict[str, str]) -> None:
    answer = shared.request("GET", "/api/usage", params=params)
    assert answer.status_code == 400
    assert set(answer.json()) >= {"error", "code"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"dailyBudgetUsd": 0},
        {"monthlyBudgetUsd": -1},
        {"dailyBudgetUsd": "5"},
        {"modelPrices": {"m": {"input": 1}}},
        {"modelPrices": {"m": {"input": -1, "output": 1}}},
    ],
)
def test_a_budget_or_price_that_cannot_be_is_refused(shared: Api, wrong: dict[str, Any]) -> None:
    answer = shared.request("PATCH", "/api/settings", json=wrong)
    assert answer.status_code == 400
    assert next(iter(wrong)) in answer.json()["error"]


def test_budgets_and_prices_are_kept(start_daemon: StartDaemon) -> None:
    daemon: DaemonProcess = start_daemon()
    daemon.client.patch(
        "/api/settings", {"dailyBudgetUsd": 5, "modelPrices": {"m": {"input": 1, "output": 2}}}
    )
    daemon.stop()
    found = start_daemon(daemon.data_dir.root).client.get("/api/settings")
    assert found["dailyBudgetUsd"] == 5
    assert found["modelPrices"] == {"m": {"input": 1, "output": 2, "cacheRead": None, "cacheWrite": None}}
    assert json.loads(daemon.data_dir.settings.read_text())["dailyBudgetUsd"] == 5
