"""The command line: parse, call jobs, print. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Annotated

import typer

from weatherglass.cli import administering, doing

DONE, FAILED, WRONG_USE = 0, 1, 2

app = typer.Typer(
    name="weatherglass",
    help="Account health you can read before the storm: explained daily scores from the facts you have.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Day = Annotated[str | None, typer.Option(metavar="DAY", help="A calendar day, such as 2026-03-31.")]
ProjectFolder = Annotated[
    Path, typer.Option("--project", "-p", metavar="DIR", help="The project's folder, with weatherglass.yml.")
]
DataFolder = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="A folder of files to use without a project; nothing is kept."),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DAY", help="The day; else the last with a fact, at most yesterday."),
]


def _version(wanted: bool) -> None:
    if wanted:
        from weatherglass import __version__

        typer.echo(f"weatherglass {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    pass


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("--dir", metavar="DIR", help="Where the demo project is made.")] = Path(
        "demo"
    ),
    accounts: Annotated[int, typer.Option(min=1, help="Accounts to simulate.")] = 300,
    days: Annotated[int, typer.Option(min=1, help="Days to simulate.")] = 400,
    seed: Annotated[int, typer.Option(help="The same seed gives the same company.")] = 1,
    serve: Annotated[
        bool | None,
        typer.Option("--serve/--no-serve", help="End with the page open; on a terminal, if not said."),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The page's port; 0 takes a free one.")] = 8017,
) -> None:
    """Simulate a company, score every day of it, and end with the page open on it."""
    from weatherglass.cli.demo import run

    run(folder, (accounts, days, seed), serve=serve, port=port)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder to make a project of.")] = Path(),
) -> None:
    """Make a project folder: weatherglass.yml, commented, with the default scorecard."""
    from weatherglass.cli.projects import init as run

    run(folder)


@app.command()
def load(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files or folders.")],
    project: ProjectFolder = Path(),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be loaded, and keep nothing.")] = False,
    lenient: Annotated[
        bool, typer.Option("--lenient", help="Leave out rows that cannot be used, and count them.")
    ] = False,
) -> None:
    """Load files into the store: CSV, TSV, Parquet, JSON lines, Segment exports, also .gz and .zst."""
    from weatherglass.cli.projects import load as run

    run(project, paths, dry_run=dry_run, lenient=lenient)


@app.command()
def score(
    project: ProjectFolder = Path(),
    data: DataFolder = None,
    as_of: AsOf = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DAY", help="Score all days from this one on, with today's card.")
    ] = None,
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="FILE", help="Score rows: .parquet, .csv, .json, .jsonl, or - for a table."),
    ] = None,
    signals_out: Annotated[
        str | None, typer.Option("--signals-out", metavar="FILE", help="Signal rows, in the same formats.")
    ] = None,
) -> None:
    """Score every account, for a day or a stretch of days."""
    from weatherglass.cli.scoring import run

    run(project, data, (as_of, since), out, signals_out)


@app.command()
def explain(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account's id.")],
    project: ProjectFolder = Path(),
    data: DataFolder = None,
    as_of: AsOf = None,
    versus: Annotated[
        str | None, typer.Option("--versus", metavar="DAY", help="Split the change since this day.")
    ] = None,
    sql: Annotated[
        bool, typer.Option("--sql", help="Show the SQL of the roll-ups that the signals are made from.")
    ] = False,
) -> None:
    """Say why an account's score is what it is, signal by signal, and why it moved."""
    from weatherglass.cli.explaining import run

    run(project, data, account, (as_of, versus), sql=sql)


@app.command()
def report(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The HTML file to write.")],
    project: ProjectFolder = Path(),
    data: DataFolder = None,
    as_of: AsOf = None,
) -> None:
    """Write one HTML file with the portfolio, the movers and the worst accounts: it can be mailed."""
    from weatherglass.cli.projects import report as run

    run(project, data, out, as_of)


@app.command()
def backtest(
    project: ProjectFolder = Path(),
    data: DataFolder = None,
    every: Annotated[int, typer.Option(min=1, max=366, help="Days between the snapshots looked back from.")] = 28,
    horizon: Annotated[
        list[int] | None,
        typer.Option(min=1, max=730, help="Days ahead to ask about, several times for several; else 30, 60 and 90."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="DAY", help="The first snapshot; else twelve weeks after the first fact."),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DAY", help="No snapshot after this day; else the last fact.")
    ] = None,
    json: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Write everything as JSON; - for the terminal.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write one HTML file with the pictures.")
    ] = None,
) -> None:
    """Replay history: how well the score saw churn coming, beside plain activity."""
    from weatherglass.cli.backtesting import run

    run(project, data, (every, horizon), (since, until), (json, out))


@app.command()
def calibrate(
    project: ProjectFolder = Path(),
    data: DataFolder = None,
    capture: Annotated[float, typer.Option(min=0.05, max=1.0, help="The share of churners that red is to hold.")] = 0.8,
    horizon: Annotated[int, typer.Option(min=30, max=365, help="Days ahead in which an account is lost or not.")] = 90,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="DAY", help="Know nothing that came after this day: as it was then."),
    ] = None,
    widen: Annotated[
        float, typer.Option(min=0, max=100, metavar="POINTS", help="Widen the bands of the weights to both sides.")
    ] = 0.0,
    seed: Annotated[int, typer.Option(help="The same seed and facts give the same proposals.")] = 0,
    apply: Annotated[
        bool, typer.Option("--apply", help="Write the lines and weights into weatherglass.yml: a new card version.")
    ] = False,
) -> None:
    """Find lines, weights and probabilities of churn by what became of accounts, and what they cost."""
    from weatherglass.cli.calibrating import run

    run(project, data, (capture, horizon, widen, seed), until, apply=apply)


@app.command()
def train(
    project: ProjectFolder = Path(),
    data: DataFolder = None,
    method: Annotated[
        str | None,
        typer.Option("--method", metavar="NAME", help="learned, hybrid or hazard; else the scorecard's, or hybrid."),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed and facts give the same model.")] = 0,
    horizon: Annotated[int, typer.Option(min=30, max=365, help="Days ahead in which an account is lost or not.")] = 90,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="DAY", help="Know nothing that came after this day: as it was then."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Use the new model whatever the trial says.")] = False,
    apply: Annotated[
        bool, typer.Option("--apply", help="Write the method into weatherglass.yml when its model is promoted.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Learn nothing: say how far accounts have moved since the last time.")
    ] = False,
) -> None:
    """Learn a score from what became of accounts; it is used only when it foresees later churns better."""
    from weatherglass.cli.training import check as look
    from weatherglass.cli.training import run

    if check:
        look(project)
    else:
        run(project, data, method, (seed, horizon, until), force=force, apply=apply)


@app.command()
def forecast(
    project: ProjectFolder = Path(),
    data: DataFolder = None,
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE", help="Every account: .parquet, .csv, .json or .jsonl.")
    ] = None,
) -> None:
    """Say where scores are heading in 4 and 12 weeks; with a hazard model also how long accounts may stay."""
    from weatherglass.cli.forecasting import run

    run(project, data, out)


@app.command()
def simulate(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the files go.")],
    accounts: Annotated[int, typer.Option(min=1, help="Accounts.")] = 300,
    days: Annotated[int, typer.Option(min=1, help="Days of history.")] = 400,
    seed: Annotated[int, typer.Option(help="The same seed gives the same company.")] = 1,
    end: Annotated[
        str | None, typer.Option("--end", metavar="DAY", help="The last day; yesterday if not given.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help="parquet, csv or jsonl.")] = "parquet",
    events: Annotated[
        int | None,
        typer.Option(min=1, help="Only accounts and about so many events, a Parquet file a day: to measure with."),
    ] = None,
) -> None:
    """Simulate a company with known stories, as files that can be loaded."""
    from weatherglass.cli.simulating import run

    run(out, (accounts, days, seed), end, form, events)


@app.command()
def serve(
    project: ProjectFolder = Path(),
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 8017,
) -> None:
    """Serve event intake, API and pages until told to stop."""
    from weatherglass.cli.serving import run

    run(project, host, port)


@app.command()
def alerts(
    project: ProjectFolder = Path(),
    data: DataFolder = None,
    as_of: AsOf = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what the rules would have told of the last days.")
    ] = False,
    days: Annotated[int, typer.Option(min=1, max=730, help="Of a dry run: how many days.")] = 90,
    test: Annotated[
        str | None, typer.Option("--test", metavar="CHANNEL", help="Only send a test message over a channel.")
    ] = None,
) -> None:
    """Find what is worth telling of the days since the last look, begin plays, and send what is due."""
    from weatherglass.cli.alerting import run

    run(project, data, as_of, days if dry_run else None, test)


@app.command()
def doctor(project: ProjectFolder = Path(), data: DataFolder = None) -> None:
    """Check the data: what is there, how well events reach accounts, and what is missing."""
    from weatherglass.cli.projects import doctor as run

    run(project, data)


doing.register(app)
administering.register(app)


SELDOM = (50_000, 20, 20)
"""A command keeps nearly all it imports: looking through that for what could be dropped is a thirtieth of its time."""


def main() -> None:
    """Run the command line; errors that a user can mend are one message and exit code 1."""
    gc.set_threshold(*SELDOM)
    # a message may hold any character of an account's name, whatever the terminal's encoding
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        app()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(FAILED) from None
    except Exception as error:
        if not _mendable(error):
            raise
        typer.echo(f"weatherglass: {_worded(error)}", err=True)
        raise SystemExit(FAILED) from None


def _worded(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


def _mendable(error: Exception) -> bool:
    from weatherglass.config.errors import ConfigError
    from weatherglass.engine.errors import EngineError
    from weatherglass.jobs.errors import JobError
    from weatherglass.learning.errors import LearningError
    from weatherglass.sources.errors import SourceError
    from weatherglass.state.errors import StateError
    from weatherglass.store.errors import StoreError

    known = (ConfigError, EngineError, JobError, LearningError, SourceError, StateError, StoreError)
    # a disk that is full, a folder that may not be written, a terminal that has gone
    return isinstance(error, (*known, OSError))
