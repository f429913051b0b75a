"""The command line: `votek --help`. Gives the same answers as the app and the Python functions."""

from __future__ import annotations

import sys
from typing import NoReturn

import typer

from votek.cli.guide import EPILOG, GuideGroup
from votek.errors import VotekError

__all__ = ["app", "load_commands", "main"]

_REFUSED: type[Exception] = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
"""Whatever is wrong with arguments; Typer does not export the class, and which library it is from has changed."""

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
        # A command without arguments shows the guide, which is no error of one line.
        code = load_commands()(prog_name="votek", standalone_mode=not sys.argv[1:])
        sys.exit(code if isinstance(code, int) else 0)
    except VotekError as error:
        _refuse(str(error))
    except _REFUSED as error:
        _refuse(_usage(error))
    except OSError as error:
        named = f" ({error.filename})" if error.filename else ""
        _refuse(f"{error.strerror or error}{named}. Check the path, the permissions and the space that is left.")
    except typer.Abort:
        _refuse("stopped", code=1)
    except KeyboardInterrupt:
        _refuse("stopped", code=130)


def _usage(error: Exception) -> str:
    """What is wrong with the arguments, and how to learn which there are."""
    context = getattr(error, "ctx", None)
    said = " ".join(str(getattr(error, "format_message", error.__str__)()).split())
    said += "" if said.endswith((".", "?")) else "."
    return f"{said} Try: {context.command_path if context else 'votek'} --help"


def _refuse(line: str, *, code: int = 2) -> NoReturn:
    typer.echo(f"votek: {line}", err=True)
    sys.exit(code)
