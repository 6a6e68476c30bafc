"""Files to documents to the index: readers, the plan of a sync, the ledger. This is the room's public face."""

from ingest.jobs import Job, Jobs
from ingest.ledger import entries_for
from ingest.readers import ENDINGS
from ingest.sync import Outcomes, add, remove, sync
from ingest.uploads import store_upload

__all__ = ["ENDINGS", "Job", "Jobs", "Outcomes", "add", "entries_for", "remove", "store_upload", "sync"]
