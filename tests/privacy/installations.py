"""Throw-away copies of footfall, with settings of the test's."""

from contextlib import contextmanager

from ingest.prove.installation import Installation
from ingest.settings import load

ARGUMENTS = ("--site", "example.com")


@contextmanager
def copy_of(folder, *arguments, **flags):
    """A copy of an installation with one site, and more if `flags` and `arguments` say so."""
    settings = load(None, {}, {"site": ["example.com"]} | flags)
    with Installation(settings, [*ARGUMENTS, *arguments], folder / "copy") as copy:
        yield copy
