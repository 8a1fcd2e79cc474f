"""Settings: defaults, then the file, then the environment, then the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from daemon.settings import FIELDS, Settings, SettingsError, change, load
from storage.paths import DataDir


@pytest.fixture
def data_dir(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path)


def test_the_later_source_wins(data_dir: DataDir) -> None:
    assert load(data_dir, {}) == Settings()
    data_dir.settings.write_text('{"maxSteps": 2, "maxRetries": 2, "port": 2}')
    found = load(data_dir, {"STAGENT_MAX_RETRIES": "3", "STAGENT_PORT": "3"}, port=4)
    assert (found.max_steps, found.max_retries, found.port) == (2, 3, 4)
    assert load(data_dir, {"STAGENT_MAX_RETRIES": ""}, port=None).max_retries == 2


def test_values_of_the_environment_are_json_where_they_are_some(data_dir: DataDir) -> None:
    found = load(data_dir, {"STAGENT_MODEL_IDS": '{"opus": "x"}', "STAGENT_DEFAULT_RUNTIME_ID": "ollama"})
    assert (found.model_ids, found.default_runtime_id) == ({"opus": "x"}, "ollama")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "settings.json"),
        ("[]", "settings.json"),
        ('{"maxSteps": 0}', "maxSteps"),
        ('{"port": 70000}', "port"),
    ],
)
def test_a_wrong_file_is_named(data_dir: DataDir, text: str, says: str) -> None:
    data_dir.settings.write_text(text)
    with pytest.raises(SettingsError, match=says):
        load(data_dir, {})


def test_a_wrong_variable_is_named(data_dir: DataDir) -> None:
    with pytest.raises(SettingsError, match="STAGENT_MAX_STEPS"):
        load(data_dir, {"STAGENT_MAX_STEPS": "many"})


def test_a_change_keeps_only_what_was_changed(data_dir: DataDir) -> None:
    data_dir.settings.write_text('{"maxSteps": 2, "fromTheFuture": 1}')
    current = load(data_dir, {"STAGENT_MAX_RETRIES": "9"})
    changed = change(data_dir, current, {"maxSteps": 5, "openaiCompatibleUrl": None})
    assert (changed.max_steps, changed.max_retries) == (5, 9)
    assert json.loads(data_dir.settings.read_text()) == {"maxSteps": 5, "openaiCompatibleUrl": None}
    assert [path.name for path in data_dir.root.iterdir()] == ["settings.json"]
    with pytest.raises(SettingsError, match="no setting colour"):
        change(data_dir, current, {"colour": 1})


def test_every_setting_is_named_in_camel_case_and_described() -> None:
    assert set(FIELDS) >= {"port", "permissionTimeoutSeconds", "openaiCompatibleUrl", "modelIds"}
    assert all("_" not in name for name in FIELDS)
