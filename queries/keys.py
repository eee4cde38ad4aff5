"""Query keys: who asks, and which sites they may see."""

from collections.abc import Sequence

from ingest import settings
from ingest.settings import Key, Site, secret_of
from queries.problem import ProblemError
from queries.request import ALL_SITES

_CHALLENGE = {"WWW-Authenticate": "Bearer"}


def find_key(keys: Sequence[Key], authorization: str) -> Key:
    """Return the key whose secret the `Authorization` header holds; raise a 401 without one."""
    secret = secret_of(authorization)
    if not secret:
        raise ProblemError(
            401, "send a query key as the header Authorization: Bearer SECRET", headers=_CHALLENGE
        )
    key = settings.find_key(keys, secret)
    if key is None:
        raise ProblemError(
            401,
            "the query key is unknown; make one with `footfall key new` and put it into the settings",
            headers=_CHALLENGE,
        )
    return key


def open_sites(sites: Sequence[Site], key: Key, domains: Sequence[str]) -> tuple[Site, ...]:
    """Return the sites of these domains, each once; `*` stands for all that the key opens.

    Raises a 403, the same for other and unknown sites.
    """
    opened = {site.domain: site for site in sites if site.domain in key.sites}
    wanted = [found for each in domains for found in (opened if each == ALL_SITES else [each])]
    if wanted and opened.keys() >= set(wanted):
        return tuple(opened[domain] for domain in dict.fromkeys(wanted))
    raise ProblemError(
        403,
        f"site_id: this key does not open that site; it opens {', '.join(opened) or 'none'}",
        extras={"field": "site_id", "possible": list(opened)},
    )
