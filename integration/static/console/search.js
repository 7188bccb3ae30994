// Ctrl-K (⌘K) goes to the one search box; where the menu that holds it is folded away, to the search page.
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  event.preventDefault();
  const box = document.getElementById("console-search");
  if (!box) return;
  if (box.checkVisibility() && box.getBoundingClientRect().right > 0) {
    box.focus();
    box.select();
  } else {
    window.location.assign(box.form.action);
  }
});
