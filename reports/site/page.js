// Sorts the tables, each section by itself, and filters them. The page is whole
// without it.
"use strict";
(() => {
  const textOf = (row, column) => {
    const cell = row.cells[column];
    return cell ? cell.textContent.trim() : "";
  };

  const numberOf = (row, column) => {
    const cell = row.cells[column];
    return cell && cell.dataset.sort !== undefined ? Number(cell.dataset.sort) : NaN;
  };

  // Numbers before what has none, whichever way they are sorted.
  const compare = (a, b, column, sign) => {
    const x = numberOf(a, column);
    const y = numberOf(b, column);
    if (!Number.isNaN(x) && !Number.isNaN(y)) return sign * (x - y);
    if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
    return sign * textOf(a, column).localeCompare(textOf(b, column), "en", {numeric: true});
  };

  const makeSortable = (table) => {
    const body = table.tBodies[0];
    const sections = [];
    for (const row of body.rows) {
      if (sections.length === 0 || row.classList.contains("section")) sections.push([]);
      sections[sections.length - 1].push(row);
    }
    const heads = Array.from(table.querySelectorAll("th[data-column]"));
    for (const head of heads) {
      const column = Number(head.dataset.column);
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sorter";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const turns = head.classList.contains("number")
            ? {none: "descending", descending: "ascending", ascending: "none"}
            : {none: "ascending", ascending: "descending", descending: "none"};
        const order = turns[head.getAttribute("aria-sort") || "none"];
        for (const other of heads) other.removeAttribute("aria-sort");
        if (order !== "none") head.setAttribute("aria-sort", order);
        const sign = order === "ascending" ? 1 : -1;
        for (const section of sections) {
          const rows = order === "none"
              ? section
              : section.slice().sort((a, b) => compare(a, b, column, sign));
          const hasRule = section !== sections[0];
          rows.forEach((row, i) => row.classList.toggle("section", hasRule && i === 0));
          body.append(...rows);
        }
      });
    }
  };

  const makeFilterable = (table, number) => {
    const rows = Array.from(table.tBodies[0].rows);
    if (rows.length < 6) return;
    const box = document.createElement("div");
    box.className = "filter";
    const label = document.createElement("label");
    label.textContent = "Show rows with";
    const frame = table.closest(".scroll");
    const title = document.getElementById(frame.getAttribute("aria-labelledby"));
    const whose = document.createElement("span");
    whose.className = "hidden";
    whose.textContent = " (" + title.textContent + ")";
    label.append(whose);
    const input = document.createElement("input");
    input.type = "search";
    input.id = "filter-" + number;
    label.htmlFor = input.id;
    const count = document.createElement("span");
    count.setAttribute("role", "status");
    box.append(label, input, count);
    frame.before(box);
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      let shown = 0;
      for (const row of rows) {
        row.hidden = !row.textContent.toLowerCase().includes(wanted);
        if (!row.hidden) ++shown;
      }
      count.textContent = wanted === "" ? "" : shown + " of " + rows.length + " rows";
    });
  };

  // A link into something folded unfolds it.
  const unfold = () => {
    let place = document.getElementById(location.hash.slice(1));
    const target = place;
    for (; place; place = place.parentElement) {
      if (place.tagName === "DETAILS") place.open = true;
    }
    if (target) target.scrollIntoView();
  };

  document.querySelectorAll("table.data").forEach((table, number) => {
    makeSortable(table);
    makeFilterable(table, number);
  });
  window.addEventListener("hashchange", unfold);
  if (location.hash) unfold();
})();
