"""The website script as it is served."""

from functools import cache
from importlib.resources import files

from rjsmin import jsmin


@cache
def load() -> bytes:
    """Return the script without comments and white space, in UTF-8; names stay readable."""
    source = files(__package__).joinpath("footfall.js").read_text(encoding="utf-8")
    return str(jsmin(source)).encode()
