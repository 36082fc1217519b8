# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Chromium that records every request and every message of its console."""

import json
import shutil
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

SWITCHES = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-default-apps", "--disable-extensions", "--no-first-run",
            "--no-proxy-server", "--lang=en", "--window-size=1280,900"]


class Browser:
    """A Chromium with a profile of its own."""

    def __init__(self, scripts=True):
        self.home = tempfile.mkdtemp(prefix="assay-browser-")
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        for switch in SWITCHES + [f"--user-data-dir={self.home}"]:
            options.add_argument(switch)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        if not scripts:
            options.add_experimental_option(
                "prefs", {"profile.managed_default_content_settings.javascript": 2})
        try:
            self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"),
                                           options=options)
        except BaseException:
            shutil.rmtree(self.home, ignore_errors=True)
            raise
        self.driver.set_page_load_timeout(300)

    def dark(self, dark=True):
        """Sets prefers-color-scheme, which the reader chooses in the operating system."""
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})

    def width(self, pixels, scale=1):
        """Sets the width of the window in CSS pixels, and how many device pixels one has (zoom)."""
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": pixels, "height": 900, "deviceScaleFactor": scale, "mobile": pixels < 600})

    def open(self, url):
        """Loads a page with empty logs."""
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        self.driver.get(url)
        return self.driver

    def complaints(self):
        """The messages of the console since the page was opened: errors, warnings, violations."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def loads(self):
        """Address -> HTTP status (None: no answer) of everything that was loaded since."""
        seen = {}
        for entry in self.driver.get_log("performance"):
            event = json.loads(entry["message"])["message"]
            if event["method"] == "Network.requestWillBeSent":
                seen.setdefault(event["params"]["request"]["url"], None)
            elif event["method"] == "Network.responseReceived":
                answer = event["params"]["response"]
                seen[answer["url"]] = answer["status"]
        return seen

    def quit(self):
        self.driver.quit()
        shutil.rmtree(self.home, ignore_errors=True)
