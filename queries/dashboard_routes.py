"""The routes of the dashboard: its page, the page for frames on other websites, its files."""

import gzip
import hashlib
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingest.settings import Site, site_name
from queries.document import takes_gzip

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
_PAGE = "index.html"
_HTML = "text/html; charset=utf-8"
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
)
_HEADERS = {
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class File(NamedTuple):
    """A file as it is sent."""

    body: bytes
    zipped: bytes
    etag: str
    content_type: str


def dashboard_routes(sites: Sequence[Site]) -> list[Route]:
    """Return the routes. `/embed` answers for public sites alone."""
    read = _read()
    version = _digest(b"".join(file.body for _, file in sorted(read.items())))
    folder = f"/dashboard/{version}"
    page, frame = (_page(folder, read, view) for view in ("page", "embed"))
    public = {site.domain for site in sites if site.public}

    async def show(request: Request) -> Response:
        return _answer(request, page, _ASK_AGAIN, _policy("'none'"))

    async def embed(request: Request) -> Response:
        if site_name(request.query_params.get("site", "")) not in public:
            return Response("no public site", 404, headers=_policy("'none'"))
        return _answer(request, frame, _ASK_AGAIN, _policy("*"))

    async def send(request: Request) -> Response:
        asked = request.path_params
        file = read.get(asked["path"]) if asked["version"] == version else None
        return _answer(request, file, _FOR_EVER) if file else Response(status_code=404)

    return [
        Route("/", show),
        Route("/embed", embed),
        # The name changes with the files, so that a browser never mixes two versions.
        Route("/dashboard/{version}/{path:path}", send),
    ]


def _policy(ancestors: str) -> dict[str, str]:
    return {"content-security-policy": _POLICY.format(ancestors=ancestors)}


def _answer(
    request: Request, file: File, keep: str, more: dict[str, str] | None = None
) -> Response:
    headers = {
        **_HEADERS,
        **(more or {}),
        "cache-control": keep,
        "etag": file.etag,
        "vary": "accept-encoding",
    }
    if file.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if not takes_gzip(request):
        return Response(file.body, headers=headers, media_type=file.content_type)
    headers["content-encoding"] = "gzip"
    return Response(file.zipped, headers=headers, media_type=file.content_type)


def _read() -> dict[str, File]:
    """Return all files that browsers may fetch, by their path in the folder."""
    found: dict[str, File] = {}
    waiting = [("", files(__package__).joinpath("dashboard"))]
    while waiting:
        path, folder = waiting.pop()
        for each in folder.iterdir():
            if each.is_dir():
                waiting.append((f"{path}{each.name}/", each))
            elif content_type := _content_type(each):
                found[path + each.name] = _file(each.read_bytes(), content_type)
    return found


def _content_type(file: Traversable) -> str | None:
    return next((kind for ending, kind in _TYPES.items() if file.name.endswith(ending)), None)


def _page(folder: str, read: dict[str, File], view: str) -> File:
    """Return the page with the addresses of its files; modules are named, so that all load at once."""
    modules = [name for name in read if name.endswith(".js") and "/" not in name]
    styles = [name for name in read if name.endswith(".css")]
    filled = {
        "view": escape(view),
        "files": folder,
        "styles": _links("stylesheet", folder, sorted(styles, key=_cascade)),
        "modules": _links("modulepreload", folder, sorted(modules)),
    }
    text = files(__package__).joinpath("dashboard", _PAGE).read_text(encoding="utf-8")
    for name, value in filled.items():
        text = text.replace(f"{{{{{name}}}}}", value)
    return _file(text.encode(), _HTML)


def _cascade(name: str) -> tuple[bool, str]:
    """Others' styles come first, ours in the order of their numbers."""
    return name.startswith("style/"), name


def _links(kind: str, folder: str, names: Sequence[str]) -> str:
    return "\n".join(f'<link rel="{kind}" href="{folder}/{name}">' for name in names)


def _file(body: bytes, content_type: str) -> File:
    return File(body, gzip.compress(body, mtime=0), f'"{_digest(body)}"', content_type)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
