// Keys, copying, forms that send themselves. Everything here also works without: by links and buttons.
(() => {
  "use strict";
  const places = { t: "/", a: "/alerts", q: "/tasks", y: "/plays", n: "/renewals", p: "/portfolio", c: "/cohorts", s: "/scorecard", d: "/data", r: "/report" };
  let going = 0;

  const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

  const rows = () => [...document.querySelectorAll("[data-row]")];

  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by))];
    const link = next.querySelector("a[href]");
    if (link) link.focus();
    next.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const key = event.key;
    if (Date.now() - going < 1200 && places[key]) {
      going = 0;
      location.href = places[key];
    } else if (key === "g") {
      going = Date.now();
    } else if (key === "/") {
      const field = document.querySelector("[data-key='/']");
      if (field) { event.preventDefault(); field.focus(); }
    } else if (key === "j" || key === "k") {
      event.preventDefault();
      step(key === "j" ? 1 : -1);
    } else {
      const row = event.target.closest("[data-row]");
      const button = row && row.querySelector(`[data-does="${CSS.escape(key)}"]`);
      if (button) { event.preventDefault(); button.click(); }
    }
  });

  // who works along a list stays where they were when it comes anew
  let place = -1;
  document.addEventListener("htmx:before:request", () => {
    place = rows().findIndex((row) => row.contains(document.activeElement));
  });
  document.addEventListener("htmx:after:swap", () => {
    const all = rows();
    if (place < 0 || !all.length || document.activeElement !== document.body) return;
    const link = all[Math.min(place, all.length - 1)].querySelector("a[href]");
    if (link) link.focus({ preventScroll: true });
    place = -1;
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector(".me[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  document.addEventListener("toggle", (event) => {
    if (!event.target.matches(".snooze[open]")) return;
    const field = event.target.querySelector("input:not([type='hidden'])");
    if (field) field.focus();
  }, true);

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-send]")) event.target.form.requestSubmit();
  });

  // an empty field says nothing: the address is shared, so it holds only what was chosen
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "get") return;
    for (const field of event.target.querySelectorAll("input, select")) {
      if (field.value === "" && !field.disabled) {
        field.disabled = true;
        setTimeout(() => { field.disabled = false; }, 0);
      }
    }
  }, true);

  document.addEventListener("submit", (event) => {
    const asked = event.target.dataset.confirm;
    if (asked && !window.confirm(asked)) event.preventDefault();
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.querySelector(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
    } catch {
      const range = document.createRange();
      range.selectNodeContents(source);
      const chosen = getSelection();
      chosen.removeAllRanges();
      chosen.addRange(range);
      button.textContent = "Selected: copy it now";
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
})();
