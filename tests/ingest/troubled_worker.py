"""The reading worker with a reader that misbehaves by the name of the file; run by the sandbox tests."""

from __future__ import annotations

import os
import sys
import time

from core.document import Document, Source
from ingest import worker
from ingest.readers import read


def _troubled(source: Source) -> Document:
    if source.name == "hangs.pdf":
        time.sleep(60)
    if source.name == "aborts.pdf":
        print("terminate called", file=sys.stderr, flush=True)
        os.abort()
    if source.name == "leaves.pdf":
        os._exit(3)
    if source.name == "eats.pdf":
        bytearray(100 * 1024**3)
    if source.name == "chats.pdf":
        print("something a library prints")
    return read(source)


if __name__ == "__main__":
    worker.main(_troubled)
