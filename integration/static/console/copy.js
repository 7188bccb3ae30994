"use strict";
// Copies the text of the element a button names, and says so on the button; prints the page.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const shown = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(shown.textContent);
    } catch {
      // No clipboard without a secure address: the text is marked, for Ctrl-C.
      getSelection().selectAllChildren(shown);
      return;
    }
    button.textContent = button.dataset.copied;
  });
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}
