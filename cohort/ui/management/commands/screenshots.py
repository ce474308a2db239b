from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from shutil import which
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand, CommandParser

from cohort.ui.screenshots import SHOTS, Shot

BROWSERS = ["chromium", "chromium-browser", "google-chrome", "chromium-headless-shell"]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


class Command(BaseCommand):
    help = "Take the documentation's pictures from a running demo. Needs Chromium and the packages of the tests."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", help="only these pictures")
        parser.add_argument("--url", default=settings.SITE_URL, help="where the demo runs")
        parser.add_argument("--to", default=str(settings.BASE_DIR / "docs" / "screenshots"), help="folder to write to")
        parser.add_argument("--chromium", default="", help="the browser to use")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            from playwright.sync_api import Error, sync_playwright
        except ImportError as error:
            raise CommandError("Playwright is not installed; install the packages of the tests first.") from error
        browser_path = next(filter(None, map(which, [options["chromium"], *BROWSERS])), None)
        if browser_path is None:
            raise CommandError("There is no Chromium on this machine.")
        wanted = [shot for shot in SHOTS if not options["names"] or shot.name in options["names"]]
        unknown = set(options["names"]) - {shot.name for shot in SHOTS}
        if unknown:
            raise CommandError(f"No picture has this name: {', '.join(sorted(unknown))}")
        accounts = self.accounts()
        folder = Path(options["to"])
        folder.mkdir(parents=True, exist_ok=True)
        failed: list[str] = []
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
            for shot in wanted:
                try:
                    self.take(browser, shot, options["url"].rstrip("/"), accounts, folder)
                    self.stdout.write(f"{shot.name}.png")
                except (Error, CommandError) as error:
                    failed.append(shot.name)
                    self.stderr.write(f"{shot.name}: {str(error).splitlines()[0]}")
            browser.close()
        if failed:
            raise CommandError(f"{len(failed)} of {len(wanted)} pictures were not taken: {', '.join(failed)}")

    def accounts(self) -> list[dict[str, Any]]:
        """The demo's sign-ins; empty when no demo is loaded."""
        told = StringIO()
        call_command("demo_accounts", "--json", stdout=told)
        return list(json.loads(told.getvalue() or "[]"))

    def take(self, browser: Any, shot: Shot, url: str, accounts: list[dict[str, Any]], folder: Path) -> None:
        """Open a fresh browser for one picture, sign in when it asks for it, walk to the page and save it."""
        context = browser.new_context(
            base_url=url,
            viewport={"width": shot.width, "height": 800},
            color_scheme=shot.scheme,
            locale="en-US",
            reduced_motion="reduce",
            device_scale_factor=2 if shot.width < 600 else 1,
        )
        context.set_default_timeout(10_000)
        try:
            page = context.new_page()
            if shot.who:
                account = next(
                    (a for a in accounts if a["email"].partition("@")[0] == shot.who or shot.who in a["roles"]), None
                )
                if account is None:
                    raise CommandError(f"the demo has no {shot.who}")
                page.goto("/accounts/login/")
                page.fill("#id_login", account["email"])
                page.fill("#id_password", account["password"])
                page.press("#id_password", "Enter")
                page.wait_for_url(lambda address: "/accounts/login" not in address)
                if "/accounts/" in page.url:
                    raise CommandError(f"{account['email']} could not sign in: stopped at {page.url}")
            answer = page.goto(shot.path)
            if answer is not None and answer.status >= 400:
                raise CommandError(f"{shot.path} answered {answer.status}")
            for link in shot.follow:
                page.locator(link).first.click()
                page.wait_for_load_state()
            page.locator("main h1").first.wait_for()  # the journal draws itself
            page.screenshot(path=folder / f"{shot.name}.png", full_page=shot.whole)
        finally:
            context.close()
