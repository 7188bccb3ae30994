// A table of rows in a form: a button adds an empty one.
for (const table of document.querySelectorAll("[data-rows]")) {
  const button = table.querySelector("button");
  button.hidden = false;
  button.addEventListener("click", () => {
    const rows = table.querySelector("tbody");
    const row = rows.lastElementChild.cloneNode(true);
    const number = rows.children.length + 1;
    for (const box of row.querySelectorAll("input")) {
      box.value = "";
      box.setAttribute("aria-label", box.getAttribute("aria-label").replace(/\d+$/, String(number)));
    }
    rows.append(row);
    row.querySelector("input").focus();
  });
}
