"""A real Chromium, and the pages served to it on loopback."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from fastapi import FastAPI
from lowincome.web.app import create_app
from lowincome.web.office import Office
from lowincome.web.visitor import user_name
from playwright.sync_api import Browser, sync_playwright
from starlette.requests import Request

QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync")


def chromium_path() -> str | None:
    """Debian's chromium, or the browser that LOWINCOME_CHROMIUM names."""
    return os.environ.get("LOWINCOME_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser; the test is skipped where none is installed."""
    path = chromium_path()
    if path is None:
        pytest.skip("no browser: install Debian's package chromium, or name one in LOWINCOME_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@contextmanager
def served(office: Office) -> Iterator[str]:
    """Address of the pages under /lowincome; the cookie `who` says who is signed in."""
    pages = create_app(office)
    pages.dependency_overrides[user_name] = _user_of_cookie
    outer = FastAPI()
    outer.mount("/lowincome", pages)
    server = uvicorn.Server(uvicorn.Config(outer, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/lowincome"
    server.should_exit = True
    thread.join()


def _user_of_cookie(request: Request) -> str:
    return request.cookies["who"] if "who" in request.cookies else user_name()
