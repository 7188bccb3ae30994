// Choosing establishments: a filter of what is shown, a search among many; a whole customer ticks its establishments.
"use strict";
const boxesOf = (group) => [...group.querySelectorAll("label:not(.is-all) input")];

function followWhole(group) {
  const whole = group.querySelector(".is-all input");
  if (!whole) return;
  const follow = () => { for (const box of boxesOf(group)) if (whole.checked) box.checked = true; };
  follow();
  whole.addEventListener("change", () => { for (const box of boxesOf(group)) box.checked = whole.checked; });
  for (const box of boxesOf(group)) {
    box.addEventListener("change", () => { whole.checked = "complete" in group.dataset && boxesOf(group).every((it) => it.checked); });
  }
}

function narrow(list, find) {
  find.hidden = false;
  find.addEventListener("input", () => {
    const wanted = find.value.trim().toLocaleLowerCase();
    for (const group of list.children) {
      const ofGroup = group.firstElementChild.textContent.toLocaleLowerCase().includes(wanted);
      let shown = false;
      for (const label of group.querySelectorAll("label")) {
        label.hidden = !(ofGroup || label.textContent.toLocaleLowerCase().includes(wanted));
        shown ||= !label.hidden;
      }
      group.hidden = !shown;
    }
  });
  find.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}

// Without this script the same field and its button ask for the page with what was found.
function search(place) {
  const find = place.querySelector("input"), list = place.nextElementSibling, found = list.nextElementSibling;
  let asked = null, waits = 0;
  const keepTicked = () => {
    for (const group of found.querySelectorAll("fieldset")) if (group.querySelector(":checked")) list.append(group);
    list.hidden = !list.children.length;
  };
  const look = async () => {
    clearTimeout(waits);
    asked?.abort();
    keepTicked();
    if (!find.value.trim()) return found.replaceChildren();
    asked = new AbortController();
    const query = new URLSearchParams(new FormData(find.form));
    query.delete("where"); // what is shown whole is not found again
    for (const box of list.querySelectorAll("[data-complete] input")) query.append("where", box.value);
    query.set("sought", find.value);
    query.set("part", "1");
    try {
      const answer = await fetch(`${location.pathname}?${query}`, { signal: asked.signal });
      if (!answer.ok || answer.redirected) return;
      found.innerHTML = await answer.text();
      found.querySelectorAll("fieldset").forEach(followWhole);
    } catch (error) {
      if (error.name !== "AbortError") found.replaceChildren();
    }
  };
  find.removeAttribute("name"); // what was looked for is no part of the question
  find.addEventListener("input", () => { clearTimeout(waits); waits = setTimeout(look, 200); });
  find.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); look(); } });
  place.querySelector("button").addEventListener("click", (event) => { event.preventDefault(); look(); });
}

for (const list of document.querySelectorAll("[data-places]")) {
  const find = list.previousElementSibling;
  if (find && find.matches(".console-places-find")) narrow(list, find);
  for (const group of list.children) followWhole(group);
}
document.querySelectorAll("[data-places-search]").forEach(search);
