"use strict";
(() => {
  const table = document.querySelector("table.roster");
  if (!table) return;
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...body.rows];
  const place = Object.fromEntries(heads.map((head, at) => [head.dataset.key, at]));
  const compare = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" }).compare;

  // What a cell is sorted by; null for a cell with nothing in it, which stands last whichever way the column runs
  const worth = (row, at, kind) => {
    const cell = row.cells[at];
    const text = cell.dataset.v ?? cell.textContent.trim();
    if (text === "" || text === "\u2013") return null;
    return kind === "number" ? Number(text) : text;
  };

  const sort = (head, falling) => {
    const at = heads.indexOf(head);
    const kind = head.dataset.kind;
    const keyed = rows.map((row) => [worth(row, at, kind), row]);
    keyed.sort(([one], [other]) => {
      if (one === null || other === null) return (one === null) - (other === null);
      const order = kind === "number" ? one - other : compare(one, other);
      return falling ? -order : order;
    });
    rows.splice(0, rows.length, ...keyed.map(([, row]) => row));
    body.append(...rows);
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", falling ? "descending" : "ascending");
  };

  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(head, head.getAttribute("aria-sort") === "ascending"));
    head.replaceChildren(button);
  }

  const form = document.querySelector("form.filters");
  const output = form.querySelector("output");
  const selects = [...form.querySelectorAll("select")];
  const told = (row, key) => {
    const cell = row.cells[place[key]];
    return (cell.querySelector(".badge") ?? cell).textContent.trim();
  };

  for (const select of selects) {
    const values = new Map();
    for (const row of rows) {
      const order = select.name === "tier" ? (worth(row, place.tier, "number") ?? Infinity) : 0;
      values.set(told(row, select.name), order);
    }
    const sorted = [...values].sort((one, other) => (one[1] === other[1] ? 0 : one[1] - other[1]) || compare(one[0], other[0]));
    for (const [value] of sorted) {
      const option = document.createElement("option");
      option.value = option.textContent = value;
      select.append(option);
    }
    select.parentElement.hidden = values.size < 2;
  }

  const filter = () => {
    const words = form.elements.find.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const wanted = selects.filter((select) => select.value !== "");
    let shown = 0;
    for (const row of rows) {
      const text = words.length ? row.textContent.toLocaleLowerCase() : "";
      const fits =
        words.every((word) => text.includes(word)) && wanted.every((select) => told(row, select.name) === select.value);
      row.hidden = !fits;
      shown += fits;
    }
    output.textContent = `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} shown`;
  };

  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  form.hidden = false;
  filter();
})();
