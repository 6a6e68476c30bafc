"""Settings: from the command line, then the environment (STRATUM_...), then `stratum.toml`, then these defaults."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from core.errors import InputError

UPLOADS = "uploads"
"""The folder, in the data folder, of files that were entrusted to it; a backup takes it along."""


JUDGEMENTS = "judgements.jsonl"
"""The file, in the data folder, of what readers said about passages; a backup takes it along."""


class Settings(BaseSettings):
    """Where things are and which model embeds; every field can be set as STRATUM_<NAME> or in `stratum.toml`."""

    model_config = SettingsConfigDict(
        env_prefix="STRATUM_", toml_file="stratum.toml", extra="forbid", frozen=True, env_ignore_empty=True
    )

    data: Path = Field(default=Path("var"), description="The data folder: catalogue, views, uploads.")
    corpus: Path = Field(default=Path("corpus"), description="The folder that `ingest sync` follows by default.")
    model: str | None = Field(default=None, description="Name or folder of the embedding model.")
    reranker: str | None = Field(default=None, description="Name or folder of a cross-encoder; none is used without.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the command line first, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(data: Path | None = None, model: str | None = None, reranker: str | None = None) -> Settings:
    """Return the settings in force; arguments that are not None win over environment and file."""
    said = (("data", data), ("model", model), ("reranker", reranker))
    given = {name: value for name, value in said if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # values are checked by pydantic itself
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"The file stratum.toml cannot be read ({error}); mend or remove it."
        raise InputError(message) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "settings"
        message = (
            f"The setting '{where}' cannot be used ({first['msg']}); mend STRATUM_{where.upper()} or stratum.toml."
        )
        raise InputError(message) from error
