"""Every setting of the product: typed, documented, read from `VOTEK_*` variables."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["Settings"]


class Settings(BaseSettings):
    """What can be set from the environment; `votek settings` prints it.

    >>> Settings(data="somewhere").database_url_or_default.endswith("somewhere/votek.db")
    True
    """

    model_config = SettingsConfigDict(env_prefix="VOTEK_", extra="ignore")

    data: Path = Field(Path(".votek"), description="Folder that holds the database, vectors and uploads.")
    host: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8501, ge=0, le=65535, description="Port the web server listens on.")
    database_url: str | None = Field(
        None, description="Address of a PostgreSQL database (postgresql://…); SQLite in the data folder when unset."
    )
    secret: str | None = Field(None, description="Key that signs label tokens; made at first start when unset.")
    admins: str = Field(
        "", description="Addresses, separated by commas, that may make projects and own those without an owner."
    )
    session_hours: float = Field(12.0, gt=0, description="After so many hours people have to sign in again.")
    endpoint_hosts: str = Field(
        "",
        description="Hosts, separated by commas, of the endpoints that may be used where people sign in "
        "(api.openai.com, models.internal:8000); none when empty. Without accounts any may.",
    )
    model_folder: Path | None = Field(
        None,
        description="Folder of the language models and tokenizers that may be used where people sign in; none when "
        "unset.",
    )
    max_upload_mb: int = Field(200, ge=1, description="Largest file that can be uploaded, in MB.")
    max_unpacked_mb: int = Field(
        1000, ge=1, description="Largest content of an uploaded gzip, Excel or Parquet file, in MB."
    )
    max_rows: int = Field(1_000_000, ge=1, description="Most rows in one file.")
    max_text_chars: int = Field(
        100_000, ge=1, description="Longest text of one item, in characters; a longer one is refused."
    )
    near_copy_threshold: float = Field(
        0.95, gt=0, le=1, description="Texts with at least this cosine similarity count as near-copies."
    )
    model: str = Field("all-MiniLM-L6-v2", description="Embedding model: the packaged default, a name or a path.")
    seconds_per_label: float = Field(
        12.0, gt=0, description="Used for the estimated labelling time until a project has its own pace."
    )
    lease_seconds: float = Field(
        10.0, gt=0, description="A worker that is silent for this long is taken for dead and its job is resumed."
    )
    log_format: Literal["text", "json"] = Field("text", description="How log lines are written: text, or json.")
    metrics: bool = Field(False, description="1 serves figures for Prometheus at /api/metrics, to this computer alone.")
    metrics_token: str | None = Field(
        None, description="Who sends this as a bearer token gets /api/metrics from anywhere; needed with accounts."
    )

    @property
    def admin_addresses(self) -> frozenset[str]:
        """The addresses of VOTEK_ADMINS, lower case."""
        return frozenset(address for part in self.admins.split(",") if (address := part.strip().lower()))

    @property
    def database_url_or_default(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.data.resolve() / 'votek.db'}"
