// What an export will do is shown while it is asked for, which saves a press; without this script the button shows it.
"use strict";
{
  const form = document.querySelector("form[data-asks]"), shown = document.getElementById("shown");
  const DAYS = ["month", "first", "last", "was"]; // a month sets both days, a day says that it is no whole month
  let asked = null, waits = 0;

  const takeOver = (page) => {
    for (const name of DAYS) form.elements[name].value = page.querySelector(`form[data-asks] [name="${name}"]`).value;
    for (const old of form.querySelectorAll("[role=alert]")) old.remove(); // said of what was asked before
    const faults = page.querySelectorAll("form[data-asks] [role=alert]");
    shown.replaceChildren(...(faults.length ? faults : page.getElementById("shown").childNodes));
  };

  const look = async () => {
    asked = new AbortController();
    const query = new URLSearchParams(new FormData(form));
    query.set("show", "1");
    try {
      const answer = await fetch(`${location.pathname}?${query}`, { signal: asked.signal });
      // Logged out meanwhile, or in trouble: the page itself says which, and the log-in leads back to what is asked.
      if (!answer.ok || answer.redirected) return location.assign(`?${query}`);
      takeOver(new DOMParser().parseFromString(await answer.text(), "text/html"));
      history.replaceState(null, "", `?${query}`); // going back, or again, shows the same
      shown.inert = false;
    } catch (error) {
      if (error.name !== "AbortError") shown.replaceChildren();
    }
  };

  // Who gets the mail changes nothing of what is shown, and is often typed last, right before the press.
  form.elements.email.addEventListener("input", (event) => {
    const sent = shown.querySelector("form [name=email]");
    if (sent) sent.value = event.target.value;
  });

  form.addEventListener("change", (event) => {
    if (!event.target.name || event.target.name === "email") return; // without a name: a search for establishments
    shown.inert = true; // it is no longer what is asked for
    clearTimeout(waits);
    asked?.abort(); // its answer would put the days back that were asked for then
    if (!form.querySelector("[name=where]:checked")) return shown.replaceChildren();
    waits = setTimeout(look, 300);
  });
}
