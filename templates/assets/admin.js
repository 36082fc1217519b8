// SPDX-License-Identifier: GPL-3.0-or-later
// Small comforts; every page works without them.
(function () {
	"use strict";
	var root = document.documentElement;
	var stored = null;

	try { stored = localStorage.getItem("scheme"); } catch (e) { stored = null; }
	if (stored === "light" || stored === "dark")
		root.dataset.scheme = stored;

	document.addEventListener("DOMContentLoaded", function () {
		document.querySelectorAll(".scheme").forEach(function (o) { o.hidden = false; });
	});

	document.addEventListener("click", function (event) {
		var button = event.target.closest("[data-scheme]");
		if (!button || button === root)
			return;
		var dark = root.dataset.scheme ? root.dataset.scheme === "dark"
			: matchMedia("(prefers-color-scheme: dark)").matches;
		root.dataset.scheme = dark ? "light" : "dark";
		try { localStorage.setItem("scheme", root.dataset.scheme); } catch (e) { return; }
	});
}());
