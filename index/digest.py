"""A digest of what is stored in a row, so that damage which the database cannot see is found and named."""

from __future__ import annotations

import hashlib

_BYTES = 16

Value = str | bytes | int | None


def digest(*values: Value) -> str:
    """Return a digest over values, their types and their order, as hexadecimal digits.

    >>> digest("ab", "c") == digest("a", "bc")
    False
    """
    whole = hashlib.blake2b(digest_size=_BYTES)
    for value in values:
        content = value if isinstance(value, bytes) else str(value).encode(errors="surrogatepass")
        whole.update(f"{type(value).__name__}:{len(content)}:".encode())
        whole.update(content)
    return whole.hexdigest()
