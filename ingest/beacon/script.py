"""The website script as it is served."""

from functools import cache
from importlib.resources import files

from rjsmin import jsmin


@cache
def load(*names: str) -> bytes:
    """Return the files one behind the other, without comments and white space, in UTF-8.

    Names stay readable, so that a visitor can read what runs.
    """
    folder = files(__package__)
    sources = (folder.joinpath(name).read_text(encoding="utf-8") for name in names)
    return str(jsmin("\n".join(sources))).encode()


def core() -> bytes:
    """Return the script."""
    return load("footfall.js")


def auto() -> bytes:
    """Return the script with the events that send themselves."""
    return load("footfall.js", "auto.js")


def types() -> bytes:
    """Return its types, for TypeScript."""
    return files(__package__).joinpath("footfall.d.ts").read_bytes()
