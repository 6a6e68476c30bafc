"""Everything that can go wrong, drawn before it is coded.

StratumError                 one clear sentence: what, where, what to do
├── InputError               a question, option, path or file that cannot be used as given
│   └── UnreadableError      a file a reader had to refuse; its sentence is what the ledger keeps
├── DataFolderError          the data folder is missing, cannot be written, or holds something else
│   ├── NoIndexError         nothing has been indexed there yet
│   ├── BusyError            another process is writing there now
│   └── DamagedError         the truth itself (the catalogue) does not hold together
├── FingerprintError         the index was made with another model, chunker or schema
├── ModelError               the embedding model is missing, altered, or cannot be loaded
└── StoppedError             the person interrupted it; what was committed or kept by then stays

Every command turns a `StratumError` into its sentence on standard error and exit status 2. Any other exception
is a defect and may show itself.
"""


class StratumError(Exception):
    """Base of all errors a person is meant to read; its text is one sentence with what to do."""


class InputError(StratumError):
    """A question, option, path or file that cannot be used as given."""


class UnreadableError(InputError):
    """A file that a reader refuses; the text is the reason the ledger keeps."""


class DataFolderError(StratumError):
    """The data folder cannot be used."""


class NoIndexError(DataFolderError):
    """The data folder holds no index yet."""


class BusyError(DataFolderError):
    """Another process holds the writer's lock."""


class DamagedError(DataFolderError):
    """The catalogue is damaged."""


class FingerprintError(StratumError):
    """The index was made by another model, chunker or schema than the one asked for."""


class ModelError(StratumError):
    """The embedding model is missing, altered, or cannot be loaded."""


class StoppedError(StratumError):
    """The person interrupted a run; what was committed or kept by then stays."""
