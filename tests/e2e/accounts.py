"""A server where people sign in, with an OpenID Connect provider of its own, both on this machine."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.serving import Server, free_port
from votek.datatypes import Project, Role

__all__ = ["AccountsServer", "Provider"]

SECRETS = """
[auth]
redirect_uri = "{url}/oauth2callback"
cookie_secret = "{cookie}"
client_id = "votek"
client_secret = "for tests"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


class Provider:
    """An OpenID Connect provider that lets in whoever names themselves, with the claims that it was given."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        # Its sign-in pages trust the name localhost alone.
        self.url = f"http://localhost:{self.port}"
        with (folder / "provider.log").open("wb") as log:
            command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(self.port)]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/.well-known/openid-configuration", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                assert time.monotonic() < deadline, (folder / "provider.log").read_text()[-2000:]
                time.sleep(0.1)

    def person(self, subject: str, **claims: object) -> None:
        """What it says about somebody from their next sign-in on."""
        request = urllib.request.Request(
            f"{self.url}/users/{urllib.parse.quote(subject)}",
            data=json.dumps(claims).encode(),
            headers={"Content-Type": "application/json"},
            method="PUT",
        )
        with urllib.request.urlopen(request, timeout=10):
            pass

    def close(self) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.wait(10)


class AccountsServer(Server):
    """A `Server` where people sign in. Its `workspace` is the plain one: it may do everything."""

    def __init__(self, folder: Path, *, admins: str = "admin@example.org") -> None:
        self.provider = Provider(folder)
        super().__init__(folder)
        secrets_file = folder / "secrets.toml"
        secrets_file.write_text(
            SECRETS.format(url=self.url, cookie=secrets.token_urlsafe(48), provider=self.provider.url)
        )
        self.environment |= {"STREAMLIT_SECRETS_FILES": str(secrets_file), "VOTEK_ADMINS": admins}

    def close(self) -> None:
        """Stop everything."""
        super().close()
        self.provider.close()

    def invite(self, project: Project, email: str, role: Role) -> None:
        """Give an address a role, as an operator does."""
        self.workspace.invite(project.id, email, role)

    def sign_in(
        self, context: BrowserContext, email: str, *, name: str = "", verified: bool = True, path: str = "/"
    ) -> Page:
        """A new tab of `context` in which `email` has just signed in, at `path`.

        The provider is told about the person first: their subject is the address, their name the part before the @.
        """
        self.provider.person(email, email=email, email_verified=verified, name=name or email.partition("@")[0].title())
        page = context.new_page()
        page.goto(f"{self.url}/")
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.locator("input[name=sub]").fill(email)
        page.get_by_role("button", name="Authorize").click()
        page.wait_for_url(f"{self.url}/**")
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        if path != "/":
            page.goto(f"{self.url}{path}")
        return page
