"""train, calibrate and forecast on a project: what they promise, what they write, and what they refuse."""

from __future__ import annotations

import io
import itertools
import json
import shutil
import threading
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from commands import weatherglass as run
from service import Service, eventually

import weatherglass
from learning.fading import write_events
from weatherglass.cli.asking import Service as Asking
from weatherglass.cli.asking import service
from weatherglass.config import read_project
from weatherglass.jobs.live.store import Live
from weatherglass.jobs.project.extending import add
from weatherglass.jobs.schedule.retraining import retrain
from weatherglass.jobs.schedule.running import Task
from weatherglass.learning.errors import ModelRefused
from weatherglass.state import State
from weatherglass.state.actor import SERVICE


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a scored history, a hybrid model and a calibration."""
    place = tmp_path_factory.mktemp("fading")
    (place / "data").mkdir()
    write_events(place / "data" / "events.csv")
    folder = place / "project"
    for command in (
        ("init", folder),
        ("load", place / "data", "-p", folder),
        ("score", "-p", folder),
        ("train", "-p", folder, "--method", "hybrid", "--apply"),
        ("calibrate", "-p", folder, "--apply"),
        ("score", "-p", folder, "--since", "2024-01-01"),
    ):
        done = run(*command)
        assert done.code == 0, done.err
    return folder


def test_the_method_and_the_lines_are_written_and_comments_stay(project: Path) -> None:
    card = read_project(project / "weatherglass.yml").scorecards[0]
    assert card.method == "hybrid" and card.tiers.lines != (45.0, 75.0)
    plain = weatherglass.config.template("project")
    assert (project / "weatherglass.yml").read_text().count("#") == plain.count("#")


def test_the_model_says_what_it_was_made_of(project: Path) -> None:
    name = json.loads((project / "models" / "current.json").read_text())["default"]
    card = json.loads((project / "models" / f"{name}.json").read_text())["card"]
    assert card["method"] == "hybrid" and card["source"] == "silence" and card["churns"] >= 20
    assert card["metrics"]["auc"]["low"] > 0.5 and card["metrics"]["gain"]["value"] > 0.0


def test_scores_name_their_model_and_have_chances_beside_them(project: Path) -> None:
    with weatherglass.open(project) as opened:
        rows = opened.scores().to_pylist()
        version = opened.project.version(opened.project.scorecards[0])
        kept = opened.probabilities[version]
        assert {row["method"] for row in rows} == {"hybrid"} and {row["scorecard_version"] for row in rows} == {version}
        scored = sorted((row["score"], row["churn_90"]) for row in rows if row["score"] is not None)
        assert scored and all(before[1] >= after[1] for before, after in itertools.pairwise(scored))
        assert kept.horizons[-1].error is not None and kept.horizons[-1].error < 0.1
        worst = min(rows, key=lambda row: row["score"] if row["score"] is not None else 999.0)["account_id"]
    told = run("explain", worst, "-p", project)
    assert told.code == 0 and "chance of churn" in told.out and "its learned curve makes" in told.out


def test_a_table_and_a_file_show_the_chances(project: Path, tmp_path: Path) -> None:
    assert "churn_90" in run("score", "-p", project, "--out", "-").out
    out = tmp_path / "scores.json"
    assert run("score", "-p", project, "--out", out).code == 0
    assert "churn_90" in json.loads(out.read_text())[0]


def test_the_report_shows_the_chances(project: Path, tmp_path: Path) -> None:
    assert run("report", "-p", project, "--out", tmp_path / "report.html").code == 0
    text = (tmp_path / "report.html").read_text()
    assert ">Churn 90 d</th>" in text and "<dt>Churn in 90 days</dt>" in text
    with weatherglass.open(project) as opened:
        chances = [row["churn_90"] for row in opened.scores().to_pylist() if row["churn_90"] is not None]
    assert chances and all(f'data-v="{chance}"' in text for chance in chances)


def test_the_same_facts_make_the_same_model_and_change_nothing(project: Path) -> None:
    before = (project / "models" / "current.json").read_bytes()
    told = run("train", "-p", project)
    assert told.code == 0 and "Not promoted" in told.out
    assert (project / "models" / "current.json").read_bytes() == before
    name = json.loads(before)["default"]
    assert f"models/{name}.json" in told.out


def test_drift_is_looked_at(project: Path) -> None:
    told = run("train", "-p", project, "--check")
    assert told.code == 0 and "stability index" in told.out
    assert "scorecard default" in run("doctor", "-p", project).out


def versions(asked: Asking) -> set[str]:
    """The scorecards of the last scores."""
    return {row["score"]["scorecard_version"] for row in asked.get("/accounts")["items"]}


def test_a_service_trains_again_and_scores_with_what_has_won(project: Path, tmp_path: Path) -> None:
    with weatherglass.open(project) as opened:
        version = opened.project.version(opened.project.scorecards[0])
    folder = tmp_path / "served"
    shutil.copytree(project, folder)
    best = json.loads((folder / "models" / "current.json").read_text())["default"]
    (folder / "models" / "current.json").unlink()
    running = Service(folder, nightly_hour="24")
    try:
        asked = service(folder)
        assert asked is not None
        eventually(lambda: version not in versions(asked))
        first = asked.job(None, kind="retrain")
        assert first["scorecards"]["default"]["promoted"], first
        assert json.loads((folder / "models" / "current.json").read_text()) == {"default": best}
        eventually(lambda: versions(asked) == {version})
        told = {row["account_id"]: row["score"] for row in asked.get("/accounts", limit=500)["items"]}
        some = next(account for account, score in told.items() if score["score"] is not None)
        assert "90" in told[some]["churn"]
        assert asked.get(f"/accounts/{some}/explanation")["score"]["churn"] == told[some]["churn"]
        asked.download("/exports/scores", exported := io.BytesIO(), format="parquet")
        rows = {row["account_id"]: row for row in pq.read_table(io.BytesIO(exported.getvalue())).to_pylist()}
        for account, score in told.items():
            assert score["churn"].get("90") == pytest.approx(rows[account]["churn_90"], abs=0.01)
        again = asked.job(None, kind="retrain")
        assert not again["scorecards"]["default"]["promoted"] and "it stays" in again["scorecards"]["default"]["why"]
    finally:
        assert running.stop() == 0


class Meanwhile(Task):
    """A job during which somebody adds an alert rule."""

    def __init__(self, live: Live, state: State, folder: Path) -> None:
        super().__init__(state, state.ledger.ask(SERVICE, "retrain"), SERVICE, threading.Event())
        self._live, self._folder = live, folder

    def progress(self, doing: str, done: int, total: int) -> None:
        super().progress(doing, done, total)
        if doing == "training models" and done < total:
            self._live.take_up(add(self._folder, "rule", "made meanwhile", {"kind": "drop"}))


def test_what_is_changed_while_a_service_trains_stays(project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    shutil.copytree(project, folder)
    (folder / "models" / "current.json").unlink()
    opened = weatherglass.open(folder)
    live = Live(opened.store, opened.project)
    live.start()
    try:
        with State.open(opened.store.folder) as state:
            told = retrain(live, folder, Meanwhile(live, state, folder))
        assert told["scorecards"]["default"]["promoted"]
        assert "made meanwhile" in live.project.alerts.rules and live.project.scorecards[0].fitted is not None
    finally:
        live.stop()


def test_a_forecast_of_every_account(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "forecast.json"
    told = run("forecast", "-p", project, "--out", out)
    assert told.code == 0 and "repeating today's score" in told.out
    rows = json.loads(out.read_text())
    assert len(rows) == len({row["account_id"] for row in rows}) > 50
    for row in rows:
        assert 0.0 <= row["in_12_weeks"] <= 100.0


def test_a_changed_model_is_refused(project: Path) -> None:
    name = json.loads((project / "models" / "current.json").read_text())["default"]
    path = project / "models" / f"{name}.json"
    text = path.read_text()
    try:
        path.write_text(text.replace('"seed": 0', '"seed": 1'))
        told = run("score", "-p", project)
        assert told.code == 1 and "was changed after it was made" in told.err
        with pytest.raises(ModelRefused):
            weatherglass.open(project)
    finally:
        path.write_text(text)


def test_other_weights_are_another_score_without_a_model(project: Path, tmp_path: Path) -> None:
    file = project / "weatherglass.yml"
    text = file.read_text()
    try:
        file.write_text(text.replace("habit: {weight: 0.4}", "habit: {weight: 0.3}"))
        with weatherglass.open(project) as opened:
            assert opened.project.scorecards[0].made_by == "weighted"
            assert not opened.probabilities
    finally:
        file.write_text(text)


def test_a_hazard_says_how_long_accounts_may_stay(project: Path, tmp_path: Path) -> None:
    events = project.parent / "data" / "events.csv"
    folder = tmp_path / "hazard"
    for command in (
        ("init", folder),
        ("load", events, "-p", folder),
        ("train", "-p", folder, "--method", "hazard", "--apply"),
        ("score", "-p", folder),
    ):
        done = run(*command)
        assert done.code == 0, done.err
    told = run("forecast", "-p", folder)
    assert "churn_in_90_days" in told.out and "revenue churn" in told.out


def test_too_few_churns_are_told(tmp_path: Path) -> None:
    write_events(tmp_path / "events.csv", accounts=12)
    told = run("train", "--data", tmp_path)
    assert told.code == 0 and "20 are needed: the weighted score stays" in told.out
    assert "20 are needed: nothing is calibrated" in run("calibrate", "--data", tmp_path).out


def test_what_came_later_makes_no_other_model(project: Path, tmp_path: Path) -> None:
    head, *lines = (project.parent / "data" / "events.csv").read_text().splitlines()
    early_lines = [line for line in lines if line.rsplit(",", 1)[1] < "2024-04-01"]
    (tmp_path / "events.csv").write_text("\n".join([head, *early_lines]) + "\n")
    last = max(line.rsplit(",", 1)[1][:10] for line in early_lines)
    with weatherglass.open_data(tmp_path) as early, weatherglass.open_data(tmp_path) as again:
        [then] = early.train("learned")
        [same] = again.train("learned", until=last)
    with weatherglass.open_data(project.parent / "data", weatherglass.config.DEFAULT_PROJECT) as whole:
        [now] = whole.train("learned", until=last)
        [later] = whole.train("learned")
    assert then.model is not None and then.model == same.model == now.model
    assert later.model is not None and later.model != then.model


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("train", "--data", ".", "--method", "magic"), "is none of"),
        (("train", "--data", ".", "--method", "hybrid", "--apply"), "weatherglass.yml"),
        (("calibrate", "--data", ".", "--apply"), "keeps nothing"),
    ],
)
def test_wrong_use(words: tuple[str, ...], said: str) -> None:
    told = run(*words)
    assert told.code == 2 and said in " ".join(told.err.split()).replace("│ ", "")
