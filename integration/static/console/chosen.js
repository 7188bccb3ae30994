"use strict";
// Customers are found while a name is typed; without this script the same form leads to a page that finds them.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("chosen-form");
  const found = document.getElementById("chosen-found");
  if (!form || !found) return;
  const box = form.elements.namedItem("q");
  let asked = null, waits = 0;
  const close = () => { found.hidden = true; found.replaceChildren(); };
  const look = async () => {
    asked?.abort();
    if (!box.value.trim()) return close();
    asked = new AbortController();
    const query = new URLSearchParams(new FormData(form));
    query.set("part", "1");
    try {
      const answer = await fetch(`${form.action}?${query}`, { signal: asked.signal });
      if (!answer.ok || answer.redirected) return;
      found.innerHTML = await answer.text();
      found.hidden = false;
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };
  box.addEventListener("input", () => { clearTimeout(waits); waits = setTimeout(look, 200); });
  form.parentElement.addEventListener("keydown", (event) => {
    const buttons = [...found.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    if (event.key === "Escape") { close(); box.focus(); }
    else if (event.key === "ArrowDown" && buttons.length) { event.preventDefault(); buttons[Math.min(at + 1, buttons.length - 1)].focus(); }
    else if (event.key === "ArrowUp" && at >= 0) { event.preventDefault(); (buttons[at - 1] || box).focus(); }
  });
  document.addEventListener("click", (event) => { if (!form.parentElement.contains(event.target)) close(); });
});
