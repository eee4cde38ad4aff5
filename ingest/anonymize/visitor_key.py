"""The visitor key: tells visitors of a site and day apart, and nothing else."""

from hashlib import blake2b


def begin_key(key: bytes, domain: str) -> blake2b:
    """Return what all visitor keys of a site's day begin with: BLAKE2b under its secret key.

    As secret as the key, and to be forgotten with it. (RFC 7693 describes BLAKE2.)
    """
    return blake2b(f"{domain}\0".encode(), digest_size=8, key=key)


def visitor_key(begun: blake2b, network: str, browser: bytes) -> int:
    """Return the 64 bits of a visitor; `browser` is `browser_part`'s.

    Without the day's key, which is forgotten at the site's midnight, the number says nothing.
    """
    key = begun.copy()
    key.update(network.encode() + browser)
    return int.from_bytes(key.digest())


def browser_part(user_agent: str, language: str) -> bytes:
    """Return what of a visitor key is the browser's; `language` is the whole Accept-Language.

    Domains, networks and user agents hold no NUL (a user agent with one is no browser's), so no
    part can be taken for a piece of the next.
    """
    return f"\0{user_agent}\0{language}".encode("utf-8", "replace")
