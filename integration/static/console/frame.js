"use strict";
// What scrolls sideways and holds nothing to stop at is a stop itself, so that the keyboard reaches all of it.
const SCROLLS = ".console-card, .console-scroll, .console-beside, .console-map-frame, .console-rows, .console-fold";
const STOPS = "a[href], button, input, select, textarea, summary, [tabindex]";
function reachByKeyboard() {
  for (const element of document.querySelectorAll(SCROLLS)) {
    const hidden = element.scrollWidth > element.clientWidth && !element.querySelector(STOPS);
    if (hidden) element.tabIndex = 0;
    else if (!element.hasAttribute("role")) element.removeAttribute("tabindex");
  }
}
addEventListener("load", reachByKeyboard);
addEventListener("resize", reachByKeyboard);
// The choice that searches (select2) is drawn beside the real one, and takes its name from it.
const SEARCHED = ".select2-selection, .select2-selection__rendered, .select2-search__field";
function nameSearchedChoices() {
  for (const choice of document.querySelectorAll("select.select2-hidden-accessible")) {
    const name = choice.labels[0]?.innerText || choice.getAttribute("aria-label") || choice.dataset.placeholder;
    const drawn = choice.nextElementSibling?.querySelectorAll(SEARCHED);
    for (const element of drawn || []) {
      element.removeAttribute("aria-labelledby");
      element.setAttribute("aria-label", name);
    }
  }
}
addEventListener("load", () => setTimeout(nameSearchedChoices));
// A page that a button made is kept nowhere: going back to it, or loading it anew, opens what it came from instead.
addEventListener("DOMContentLoaded", () => {
  const made = document.querySelector("[data-made-from]");
  if (made) history.replaceState(null, "", made.dataset.madeFrom);
});
