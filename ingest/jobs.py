"""Ingest work beside the browser session that asked for it: one at a time, since the index has one writer."""

from __future__ import annotations

from core import jobs
from ingest.run import Outcomes

Job = jobs.Job[Outcomes]
Jobs = jobs.Jobs[Outcomes]
