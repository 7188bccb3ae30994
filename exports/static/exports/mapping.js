/* Better with it, complete without: the preview follows what is typed, long lists are searched while typing. */
(function () {
  "use strict";
  var form = document.getElementById("mapping-form");
  if (!form || !window.fetch || !window.FormData) { return; }
  var waiting = null, turn = 0, searching = null;

  /* A page that a button made is kept nowhere: going back to it shows the saved settings instead of an error. */
  window.history.replaceState(null, "", window.location.href);

  function refresh() {
    var mine = ++turn;
    fetch(form.dataset.preview, { method: "POST", body: new FormData(form), credentials: "same-origin" })
      .then(function (answer) { if (!answer.ok) { throw new Error(String(answer.status)); } return answer.text(); })
      .then(function (html) {
        var outlook = document.getElementById("mapping-outlook");
        if (mine === turn && outlook) { outlook.outerHTML = html; judge(); }
      })
      .catch(function () { showButtons(true); });
  }

  /* What Exact says of each value follows what is typed: no cell keeps the word on a value that is gone. */
  function judge() {
    document.querySelectorAll("#mapping-outlook template[data-field]").forEach(function (verdict) {
      form.querySelectorAll(".mapping-cell[data-field=" + JSON.stringify(verdict.dataset.field) + "]").forEach(function (cell) {
        var place = cell.querySelector(".mapping-verdict");
        if (place.innerHTML.trim() !== verdict.innerHTML.trim()) { place.replaceChildren(verdict.content.cloneNode(true)); }
        cell.classList.toggle("is-changed", "changed" in verdict.dataset);
        cell.classList.toggle("is-wrong", "wrong" in verdict.dataset);
      });
    });
  }

  function soon() {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 300);
  }

  function showButtons(shown) {
    form.querySelectorAll("[data-without-script], .mapping-find").forEach(function (it) { it.hidden = !shown; });
  }

  function suggest(field) {
    var kind = field.dataset.search, list = document.getElementById("list-" + kind);
    var address = form.dataset.search + "?kind=" + kind + "&q=" + encodeURIComponent(field.value);
    fetch(address, { credentials: "same-origin" })
      .then(function (answer) { return answer.json(); })
      .then(function (found) {
        list.replaceChildren.apply(list, found.items.map(function (item) {
          var option = document.createElement("option");
          option.value = item.code;
          option.textContent = item.code + " – " + item.name;
          return option;
        }));
      })
      .catch(function () { showButtons(true); });
  }

  form.addEventListener("input", function (event) {
    soon();
    if (event.target.dataset.search) {
      clearTimeout(searching);
      searching = setTimeout(function () { suggest(event.target); }, 200);
    }
  });
  form.addEventListener("focusin", function (event) { if (event.target.dataset.search) { suggest(event.target); } });
  form.addEventListener("click", function (event) {
    var button = event.target.closest("button[name=fix]");
    var parts = button ? button.value.split("=") : [];
    var fields = Array.prototype.filter.call(form.elements, function (it) { return button && it.name === "set:" + parts[0]; });
    if (!fields.length) { return; }
    event.preventDefault();
    fields.forEach(function (field) {
      field.value = parts.slice(1).join("=");
      field.closest(".mapping-cell").classList.add("is-changed");
    });
    soon();
  });
  showButtons(false);
})();
