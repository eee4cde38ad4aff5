"""Query keys: who asks, and which sites they may see."""

import hmac
from collections.abc import Sequence
from functools import partial

from ingest.settings import Key, Site, secret_hash
from queries.problem import ProblemError
from queries.request import ALL_SITES, OpenSites

_CHALLENGE = {"WWW-Authenticate": "Bearer"}


def opened_by(authorization: str, keys: Sequence[Key], sites: Sequence[Site]) -> OpenSites:
    """Return what opens the key's sites; without a key, the public ones. Raises a 401."""
    if not authorization and any(site.public for site in sites):
        return partial(open_public, sites)
    return partial(open_sites, sites, find_key(keys, authorization))


def find_key(keys: Sequence[Key], authorization: str) -> Key:
    """Return the key whose secret the `Authorization` header holds; raise a 401 without one.

    Every key is compared, in constant time, so the time taken tells nothing about them.
    """
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise ProblemError(
            401, "send a query key as the header Authorization: Bearer SECRET", headers=_CHALLENGE
        )
    presented = secret_hash(secret.strip())
    found = [key for key in keys if hmac.compare_digest(key.sha256, presented)]
    if not found:
        raise ProblemError(
            401,
            "the query key is unknown; make one with `footfall key new` and put it into the settings",
            headers=_CHALLENGE,
        )
    return found[0]


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


def open_public(sites: Sequence[Site], domains: Sequence[str]) -> tuple[Site, ...]:
    """Return the sites of these domains, each once, if all are public; a 401 tells nothing else."""
    opened = {site.domain: site for site in sites if site.public}
    if domains and opened.keys() >= set(domains):
        return tuple(opened[domain] for domain in dict.fromkeys(domains))
    raise ProblemError(
        401, "send a query key as the header Authorization: Bearer SECRET", headers=_CHALLENGE
    )
