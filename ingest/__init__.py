"""Files to documents to the index: readers, the plan of a sync, the ledger. This is the room's public face."""

from ingest.jobs import Job, Jobs
from ingest.ledger import entries_for
from ingest.readers import ENDINGS
from ingest.run import Outcomes
from ingest.sync import add, planned, remove, sync
from ingest.uploads import store_upload, waiting_uploads

__all__ = [
    "ENDINGS",
    "Job",
    "Jobs",
    "Outcomes",
    "add",
    "entries_for",
    "planned",
    "remove",
    "store_upload",
    "sync",
    "waiting_uploads",
]
