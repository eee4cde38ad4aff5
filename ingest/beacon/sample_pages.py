"""A small website with the script on it, for trying footfall out and for browser tests."""

from html import escape
from importlib.resources import files
from typing import Final

from ingest.beacon.opt_out import SWITCH

_HTML: Final = "text/html; charset=utf-8"
_FILES: Final = {
    "": ("index.html", _HTML),
    "pricing": ("pricing.html", _HTML),
    "journal": ("journal.html", _HTML),
    "tour": ("tour.html", _HTML),
    "tour/kneading": ("tour.html", _HTML),
    "tour/baking": ("tour.html", _HTML),
    "privacy": ("privacy.html", _HTML),
    "style.css": ("style.css", "text/css; charset=utf-8"),
    "sample.js": ("sample.js", "text/javascript; charset=utf-8"),
    "icon.svg": ("icon.svg", "image/svg+xml"),
}


def sample_page(path: str, site: str) -> tuple[bytes, str] | None:
    """Return (body, content type) of `path`, which is relative to /sample/; None if unknown.

    Pages report to `site`, its domain; the front page's path is empty.
    """
    if path not in _FILES:
        return None
    name, content_type = _FILES[path]
    text = files(__package__).joinpath("sample", name).read_text(encoding="utf-8")
    filled = text.replace("{{site}}", escape(site)).replace("{{switch}}", SWITCH)
    return filled.encode(), content_type
