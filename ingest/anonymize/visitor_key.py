"""The visitor key: tells visitors of a site and day apart, and nothing else."""

from hashlib import blake2b


def visitor_key(key: bytes, domain: str, network: str, browser: bytes) -> int:
    """Return 64 bits of BLAKE2b under the secret key of a site's day (RFC 7693).

    `browser` is `browser_part`'s. Without the key, which is forgotten at the site's midnight, the
    number says nothing.
    """
    identity = f"{domain}\0{network}\0".encode() + browser
    return int.from_bytes(blake2b(identity, digest_size=8, key=key).digest())


def browser_part(user_agent: str, language: str) -> bytes:
    """Return what of a visitor key is the browser's; `language` is the whole Accept-Language.

    A user agent holds no NUL, as one with it is no browser's, so the parts cannot be confused.
    """
    return f"{user_agent}\0{language}".encode("utf-8", "replace")
