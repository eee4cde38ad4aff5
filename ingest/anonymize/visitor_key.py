"""The visitor key: tells visitors of a site and day apart, and nothing else."""

from hashlib import blake2b


def visitor_key(key: bytes, domain: str, network: str, user_agent: str, language: str) -> int:
    """Return 64 bits of BLAKE2b under the secret key of a site's day (RFC 7693).

    `language` is the whole Accept-Language header. Without the key, which is forgotten at the
    site's midnight, the number says nothing.
    """
    identity = f"{domain}\0{network}\0{user_agent}\0{language}".encode("utf-8", "replace")
    return int.from_bytes(blake2b(identity, digest_size=8, key=key).digest())
