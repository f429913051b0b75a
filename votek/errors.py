"""The one error tree of the project.

    VotekError                  anything a person can act on
    ├── InputError              what was given cannot be used (also a ValueError)
    │   ├── FileError           a file cannot be read as data
    │   ├── BudgetError         more picks wanted than there are texts to pick
    │   └── UnknownNameError    a method, model or format that does not exist (also a KeyError)
    ├── NotFoundError           a project, job or item that is not (or no longer) there
    ├── AccessError             a token or a person that may not do this
    ├── StorageError            the data folder or database cannot be written or read
    │   ├── CorruptFileError    a stored file's content does not match its name
    │   └── AlreadyRunningError another server uses the same data folder
    ├── ModelError              an embedding model cannot be loaded or is not the expected one
    ├── ScoringError            a language model or its endpoint cannot answer
    ├── MissingPackageError     an optional library is needed; names the extra to install
    └── Cancelled               the person asked to stop

Every message says what was given, what is allowed, and what to do next. Pages show these as one
`st.error`; the command line prints one line and exits with 2; anything else is a programming error
and stays loud.
"""

from __future__ import annotations

__all__ = [
    "AccessError",
    "AlreadyRunningError",
    "BudgetError",
    "Cancelled",
    "CorruptFileError",
    "FileError",
    "InputError",
    "MissingPackageError",
    "ModelError",
    "NotFoundError",
    "ScoringError",
    "StorageError",
    "UnknownNameError",
    "VotekError",
]


class VotekError(Exception):
    """Base of all errors that a person can act on."""


class InputError(VotekError, ValueError):
    """What was given cannot be used."""


class FileError(InputError):
    """A file cannot be read as data."""


class BudgetError(InputError):
    """More picks are wanted than there are distinct texts to pick from."""


class UnknownNameError(InputError, KeyError):
    """A method, model or format name that does not exist."""

    __str__ = Exception.__str__  # KeyError would show the message in quotes


class NotFoundError(VotekError):
    """A project, job or item that is not, or no longer, there."""


class AccessError(VotekError):
    """A token or person that may not do this."""


class StorageError(VotekError):
    """The data folder or the database cannot be written or read."""


class CorruptFileError(StorageError):
    """The content of a stored file does not match the digest it is named by."""


class AlreadyRunningError(StorageError):
    """Another server uses the same data folder."""


class ModelError(VotekError):
    """An embedding model cannot be loaded, or is not the one that was expected."""


class ScoringError(VotekError):
    """A language model, or the endpoint that serves it, cannot be used or did not answer."""


class MissingPackageError(VotekError, ImportError):
    """An optional library is needed."""


class Cancelled(VotekError):
    """The person asked to stop."""
