"""Progress of long runs on standard error: how far, how many passages a second, how much time is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import NoReturn

from tqdm import tqdm

from core.words import counted

# Called with the share of the whole that is done (0..1) and the number of things made so far.
Progress = Callable[[float, int], None]


@contextmanager
def shown(what: str, unit: str = "passage") -> Iterator[Progress]:
    """Yield a function to report progress to; the bar appears at its first call."""
    with ExitStack() as stack:
        bars: list[tqdm[NoReturn]] = []
        started = time.monotonic()

        def report(share: float, made: int) -> None:
            if not bars:
                layout = "{desc} {percentage:3.0f}% |{bar}| {postfix}, {remaining} left"
                bars.append(stack.enter_context(tqdm(desc=what, total=1.0, bar_format=layout, dynamic_ncols=True)))
            rate = made / max(time.monotonic() - started, 1e-3)
            bars[0].set_postfix_str(f"{counted(made, unit)}, {rate:.0f} a second", refresh=False)
            bars[0].update(share - bars[0].n)

        yield report
