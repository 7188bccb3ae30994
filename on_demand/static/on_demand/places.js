// Choosing establishments: a search among many; a whole customer ticks its establishments.
for (const list of document.querySelectorAll("[data-places]")) {
  const find = list.previousElementSibling;
  if (find && find.matches(".console-places-find")) {
    find.hidden = false;
    find.addEventListener("input", () => {
      const wanted = find.value.trim().toLocaleLowerCase();
      for (const group of list.children) {
        const of_group = group.firstElementChild.textContent.toLocaleLowerCase().includes(wanted);
        let shown = false;
        for (const label of group.querySelectorAll("label")) {
          label.hidden = !(of_group || label.textContent.toLocaleLowerCase().includes(wanted));
          shown ||= !label.hidden;
        }
        group.hidden = !shown;
      }
    });
    find.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  }
  for (const group of list.children) {
    const whole = group.querySelector(".is-all input");
    if (!whole) continue;
    const others = [...group.querySelectorAll("input")].filter((box) => box !== whole);
    const follow = () => { for (const box of others) { if (whole.checked) box.checked = true; } };
    follow();
    whole.addEventListener("change", () => { for (const box of others) box.checked = whole.checked; });
    for (const box of others) box.addEventListener("change", () => { whole.checked = others.every((it) => it.checked); });
  }
}
