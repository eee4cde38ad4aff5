"""What people do on a page besides reading it: the site's custom events."""

from collections.abc import Mapping
from random import Random
from typing import NamedTuple

from ingest.demo.draw import Draw
from ingest.demo.website import folded, split_language, translate


class Action(NamedTuple):
    """A custom event."""

    event: str
    props: tuple[tuple[str, str], ...] = ()
    leads_to: str = ""
    """The page that it opens, if it opens one."""


class _Likely(NamedTuple):
    """How likely anything happens on a page, 0 to 1, and what."""

    likelihood: float
    actions: Draw[Action]


def _signup(plan: str) -> Action:
    return Action("Signup", (("plan", plan),), "/signup/welcome")


def _outbound(host: str) -> Action:
    return Action("Outbound Link: Click", (("url", f"https://{host}/"),))


def _download(file: str) -> Action:
    return Action("File Download", (("url", f"https://files.demo.example/{file}"),))


def _likely(likelihood: float, actions: Mapping[Action, float]) -> _Likely:
    return _Likely(likelihood, Draw(actions.items()))


_NEWSLETTER = Action("Newsletter")
_GITHUB = _outbound("github.com")
_LIKELY = {
    "/signup": _likely(0.4, {_signup("free"): 70, _signup("team"): 24, _signup("business"): 6}),
    "/download": _likely(
        0.55, {_download("windows.msi"): 5, _download("mac.dmg"): 4, _download("linux.deb"): 1}
    ),
    "/blog/*": _likely(0.07, {_NEWSLETTER: 4, _GITHUB: 4, _outbound("eur-lex.europa.eu"): 2}),
    "/features/integrations": _likely(
        0.3, {_outbound("slack.com"): 5, _outbound("zapier.com"): 3, _GITHUB: 3}
    ),
    "/docs/*": _likely(0.05, {_GITHUB: 1}),
    "/changelog": _likely(0.08, {_GITHUB: 1}),
    "/": _likely(0.02, {_NEWSLETTER: 1}),
}


def act(page: str, chance: Random) -> Action | None:
    """Return what a visitor does on a page, if anything."""
    language, plain = split_language(page)
    likely = _LIKELY.get(folded(plain))
    if likely is None or chance.random() >= likely.likelihood:
        return None
    action = likely.actions(chance)
    return action._replace(leads_to=translate(action.leads_to, language))
