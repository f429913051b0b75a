"""The command line: `votek --help`. Gives the same answers as the app and the Python functions."""

from __future__ import annotations

import sys

import typer

from votek.cli.guide import EPILOG, GuideGroup
from votek.errors import VotekError

__all__ = ["app", "load_commands", "main"]

app = typer.Typer(
    name="votek",
    cls=GuideGroup,
    epilog=EPILOG,
    help="Which texts should a person label? Select them, label them, export prompt sets.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def load_commands() -> typer.Typer:
    """The program with all its commands; each module adds its own."""
    from votek.cli import (  # noqa: F401
        agreeing,
        archiving,
        bundling,
        comparing,
        difficulty,
        diffing,
        evaluating,
        exporting,
        files,
        grouping,
        handing_out,
        labelling,
        linting,
        managing,
        members,
        modelling,
        operating,
        picking,
        projects,
        prompting,
        pruning,
        queueing,
        reviewing,
        selecting,
        serve,
        suggestions,
    )

    return app


def main() -> None:
    """Run a command; an error that a person can act on becomes one line and exit code 2."""
    try:
        load_commands()()
    except VotekError as error:
        typer.echo(f"votek: {error}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        typer.echo("votek: stopped", err=True)
        sys.exit(130)
