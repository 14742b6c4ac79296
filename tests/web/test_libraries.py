"""The real client libraries, sending to a real service."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import posthog
import pytest
import rudderstack.analytics.client as rudder
import segment.analytics.client as segment
from commands import weatherglass
from held import events
from service import KEY, Service

from weatherglass.config import FILE_NAME, read_project
from weatherglass.jobs.incoming.catching_up import catch_up
from weatherglass.store import Store

NODE = "@segment/analytics-node@3.1.0"


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Service]:
    assert weatherglass("init", tmp_path / "project").good
    with Service(tmp_path / "project") as service:
        yield service


def taken(service: Service) -> list[dict[str, Any]]:
    """The events that the service has taken in, once it has stopped; nothing was refused."""
    assert service.rejects() == {"counts": [], "last": []}
    assert service.stop() == 0
    with Store.open(service.project) as store:
        catch_up(store, read_project(service.project / FILE_NAME))
        rows = store.engine.arrow(f'SELECT * FROM {events(store)} ORDER BY "timestamp", type').to_pylist()
        accounts = store.engine.arrow("SELECT account_id, name, plan, seats FROM accounts").to_pylist()
    assert all(row["message_id"] for row in rows)
    return [*rows, *accounts]


def told(rows: list[dict[str, Any]], *columns: str) -> set[tuple[Any, ...]]:
    return {tuple(row[name] for name in columns) for row in rows if "type" in row}


SAID = {
    ("identify", "identify", "u1", None),
    ("group", "group", "u1", "a1"),
    ("track", "Report Run", "u1", "a1"),
    ("page", "Home", "u1", None),
    ("screen", "Start", "u1", None),
    ("alias", "alias", "u2", None),
}
ACCOUNT = {"account_id": "a1", "name": "Acme", "plan": "pro", "seats": 12}


def _speak(client: Any) -> None:
    client.identify("u1", {"email": "u1@example.com"})
    client.group("u1", "a1", {"name": "Acme", "plan": "pro", "seats": 12})
    client.track("u1", "Report Run", {"pages": 3}, context={"groupId": "a1"})
    client.page("u1", "Docs", "Home", {"url": "/"})
    client.screen("u1", "App", "Start")
    client.alias("u1", "u2")
    client.flush()
    client.join()


@pytest.mark.parametrize("gzip", [False, True])
def test_segment_for_python(serving: Service, gzip: bool) -> None:
    errors: list[object] = []
    _speak(segment.Client(KEY, host=serving.address, gzip=gzip, on_error=lambda *told: errors.append(told)))
    rows = taken(serving)
    assert errors == []
    assert told(rows, "type", "name", "user_id", "account_id") == SAID
    assert rows[-1] == ACCOUNT


def test_segment_for_python_one_by_one(serving: Service) -> None:
    client = segment.Client(KEY, host=serving.address, sync_mode=True)
    for number in range(20):
        client.track(f"u{number}", "Report Run", context={"groupId": "a1"})
    assert len(taken(serving)) == 20


def test_rudderstack_for_python(serving: Service) -> None:
    errors: list[object] = []
    _speak(rudder.Client(KEY, host=serving.address, on_error=lambda *told: errors.append(told)))
    rows = taken(serving)
    assert errors == []
    assert told(rows, "type", "name", "user_id", "account_id") == SAID
    assert rows[-1] == ACCOUNT


def test_posthog_for_python(serving: Service) -> None:
    client = posthog.Posthog(KEY, host=serving.address, gzip=True)
    client.set(distinct_id="u1", properties={"email": "u1@example.com"})
    client.group_identify("company", "a1", {"name": "Acme", "plan": "pro", "seats": 12})
    client.group_identify("team", "t1", {"name": "no account"})
    client.capture("Report Run", distinct_id="u1", groups={"company": "a1", "team": "t1"}, properties={"pages": 3})
    client.capture("$pageview", distinct_id="u1", properties={"$pathname": "/home"})
    client.alias("u1", "u2")
    client.shutdown()
    rows = taken(serving)
    assert told(rows, "type", "name", "user_id", "account_id") >= {
        ("group", "group", None, "a1"),
        ("track", "Report Run", "u1", "a1"),
        ("page", "/home", "u1", None),
        ("alias", "alias", "u1", None),
    }
    assert len(rows) == 6
    assert rows[-1] == ACCOUNT


SCRIPT = """
const {{ Analytics }} = require('@segment/analytics-node');
const analytics = new Analytics({{ writeKey: '{key}', host: '{host}', flushAt: 3 }});
analytics.on('error', (error) => {{ console.error(error); process.exit(1); }});
analytics.identify({{ userId: 'u1', traits: {{ email: 'u1@example.com' }} }});
analytics.group({{ userId: 'u1', groupId: 'a1', traits: {{ name: 'Acme', plan: 'pro', seats: 12 }} }});
analytics.track({{ userId: 'u1', event: 'Report Run', properties: {{ pages: 3 }}, context: {{ groupId: 'a1' }} }});
analytics.page({{ userId: 'u1', name: 'Home', properties: {{ url: '/' }} }});
analytics.screen({{ userId: 'u1', name: 'Start' }});
analytics.alias({{ userId: 'u2', previousId: 'u1' }});
analytics.closeAndFlush({{ timeout: 10000 }}).then(() => console.log('done'));
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with Segment's library for Node in it."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("there is no Node here")
    folder = tmp_path_factory.mktemp("node")
    (folder / "package.json").write_text(json.dumps({"private": True}))
    done = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", NODE], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"npm cannot get {NODE}: {done.stderr.strip()[-200:]}")
    return folder


def test_segment_for_node(serving: Service, node: Path) -> None:
    script = node / "send.js"
    script.write_text(SCRIPT.format(key=KEY, host=serving.address))
    done = subprocess.run(["node", script], cwd=node, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "done\n", done.stderr
    rows = taken(serving)
    assert told(rows, "type", "name", "user_id", "account_id") == SAID
    assert rows[-1] == ACCOUNT
