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
		document.querySelectorAll(".scheme, [data-add]").forEach(function (o) { o.hidden = false; });
	});

	// What is under way is looked at again.
	if (document.querySelector("[data-again]"))
		setTimeout(function () { location.reload(); }, 3000);

	document.addEventListener("click", function (event) {
		var button = event.target.closest("[data-scheme]");
		if (!button || button === root)
			return;
		var dark = root.dataset.scheme ? root.dataset.scheme === "dark"
			: matchMedia("(prefers-color-scheme: dark)").matches;
		root.dataset.scheme = dark ? "light" : "dark";
		try { localStorage.setItem("scheme", root.dataset.scheme); } catch (e) { return; }
	});

	// One more row of a form: a copy of the last one, empty, with the next number in its names.
	document.addEventListener("click", function (event) {
		var button = event.target.closest("[data-add]");
		if (!button)
			return;
		var rows = button.parentNode.querySelectorAll(".row");
		var row = rows[rows.length - 1].cloneNode(true);
		row.querySelectorAll("*").forEach(function (o) {
			["id", "for", "name"].forEach(function (a) {
				if (o.hasAttribute(a))
					o.setAttribute(a, o.getAttribute(a).replace(/\d+/, rows.length));
			});
			if (o.tagName === "INPUT") {
				o.value = o.type === "checkbox" ? o.value : "";
				o.checked = false;
			}
		});
		button.parentNode.insertBefore(row, button);
		row.querySelector("input").focus();
	});

	// The audience is counted again a moment after the last change, by the form's own button.
	var waiting = 0, asked = 0;
	function count(form) {
		var fields = new URLSearchParams(new FormData(form)), mine = ++asked;
		fields.append("do", "count");
		fetch(form.action, { method: "POST", body: fields }).then(function (answer) {
			return answer.text().then(function (text) {
				var found = new DOMParser().parseFromString(text, "text/html");
				var told = answer.ok && found.getElementById("count");
				if (mine === asked)
					document.getElementById("count").textContent = told ? told.textContent : "";
			});
		}).catch(function () { return null; });
	}
	document.addEventListener("input", function (event) {
		var form = event.target.closest("[data-count]");
		if (!form || !event.target.closest("[data-audience]"))
			return;
		clearTimeout(waiting);
		waiting = setTimeout(count, 700, form);
	});
}());
