"""Settings of the Workspace process."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr

from ntro_server.settings import ServerSettings


class OidcSettings(ServerSettings):
    """An OpenID provider: its issuer, and this client there. A public client has no secret; PKCE is always used.

    Its redirect address is `<public_url>/v1/sign-in/oidc/callback`.
    """

    issuer: str
    client_id: str
    client_secret: SecretStr | None = None
    scope: str = "openid email profile"


class WorkspaceSettings(ServerSettings):
    """Where Workspace listens, its database, Temporal, and its keys.

    `pepper` is 32 bytes in hex, mixed into the hashes of API keys. `signing_key` is an Ed25519 private key in PEM;
    cells verify tokens with its public half. `admin_key` is the operator's API key, registered at start; where
    `operator_speaks_for_users` is set, as on a person's own machine, it may act as any person in a cell. A key may
    call `requests_per_second` times a second over time and `requests_burst` times at once, in each process. With
    `oidc` people sign in at that identity provider.
    """

    host: str = "127.0.0.1"
    port: int
    public_url: str
    database_url: SecretStr
    temporal_address: str
    pepper: SecretStr
    signing_key: SecretStr
    admin_key: SecretStr
    operator_speaks_for_users: bool = False
    requests_per_second: Annotated[float, Field(gt=0)] = 5000.0
    requests_burst: Annotated[int, Field(ge=1)] = 10_000
    oidc: OidcSettings | None = None
    templates_dir: Path | None = None
    log_level: str = "INFO"
