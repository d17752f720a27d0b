"""The pages in headless Chromium: no errors, no requests, light and dark, wide and narrow."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from drawn import with_pictures
from handmade import dense, report_of
from student_report import hostile, report, right, softmax

from gradcheck.records import FileNote
from gradcheck.render.html.pages import report_pages

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]

BINARIES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    binary = next(filter(None, map(shutil.which, BINARIES)), None)
    driver = shutil.which("chromedriver")
    if binary is None or driver is None:
        pytest.skip("no Chromium with its chromedriver is installed")
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(executable_path=driver)
    opened = webdriver.Chrome(options=options, service=service)
    yield opened
    opened.quit()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Write a page of each kind, and return where they are by what they show."""
    folder = tmp_path_factory.mktemp("pages")
    wrong, bad = with_pictures(softmax()), with_pictures(hostile())
    long = with_pictures(softmax(name="S" * 90, file="a/" + "very_long_name_" * 8 + ".py"))
    notes = tuple(FileNote(path=path) for path in ("layers.py", "b.py", long.file))
    several = report(wrong, right(file="b.py"), long, files=notes)
    kinds = {"wrong": report(right(), wrong), "right": report_of(with_pictures(dense())),
             "hostile": report(bad), "long": report(long), "several": several}  # fmt: skip
    for kind, given in kinds.items():
        for name, text in report_pages(given, f"{kind}.html").items():
            place = folder / name
            place.parent.mkdir(exist_ok=True)
            place.write_text(text, encoding="utf-8")
    return folder


KINDS = ("wrong", "right", "hostile", "long", "several", "several-files/0001-layers")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1200])
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_shown_without_errors_requests_or_sideways_scrolling(
    browser, pages, kind, width, theme
):
    address = _open(browser, pages / f"{kind}.html", width, theme)
    assert browser.get_log("browser") == []
    assert _requests(browser) == [address]
    wide = browser.execute_script(
        "document.querySelectorAll('details').forEach(one => { one.open = true; });"
        "return [document.documentElement.scrollWidth, window.innerWidth];"
    )
    assert wide[0] <= wide[1] == width
    ground = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(255, 255, 255)" if theme == "light" else "rgb(13, 17, 23)")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_is_drawn_in_the_colours_of_the_page(browser, pages, theme):
    _open(browser, pages / "wrong.html", 1200, theme)
    ink = browser.execute_script(
        "const text = document.querySelector('svg.picture text');"
        "return [getComputedStyle(text).fill, getComputedStyle(document.body).color,"
        " text.getBoundingClientRect().width > 1];"
    )
    assert ink[0] == ink[1]
    assert ink[2]


def test_a_link_leads_to_the_file_and_back(browser, pages):
    _open(browser, pages / "several.html", 1200, "light")
    browser.find_element("link text", "layers.py").click()
    assert browser.current_url.endswith("several-files/0001-layers.html")
    browser.find_element("link text", "← overview").click()
    assert browser.current_url.endswith("several.html")


def test_a_page_that_scrolls_or_asks_for_something_is_seen(browser, tmp_path):
    place = tmp_path / "bad.html"
    place.write_text(
        "<div style='width:5000px'>x</div><img src='none.png'><script>throw 1</script>",
        encoding="utf-8",
    )
    address = _open(browser, place, 400, "light")
    assert browser.get_log("browser") != []
    assert _requests(browser) != [address]
    assert browser.execute_script("return document.documentElement.scrollWidth") > 400


def _open(browser, place: Path, width: int, theme: str) -> str:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    features = [{"name": "prefers-color-scheme", "value": theme}]
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    for kind in ("browser", "performance"):
        browser.get_log(kind)  # what was said of the page before
    browser.get(place.as_uri())
    return place.as_uri()


def _requests(browser) -> list[str]:
    """Return what was asked for, but for an icon that stands in the page itself."""
    messages = [json.loads(one["message"])["message"] for one in browser.get_log("performance")]
    asked = [m["params"]["request"]["url"] for m in messages
             if m["method"] == "Network.requestWillBeSent"]  # fmt: skip
    return [one for one in asked if not one.startswith("data:")]
