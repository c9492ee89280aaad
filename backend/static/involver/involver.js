/* Involver works without this file. It adds comfort: focus after an answer, no double sending, menus that close. */
(function () {
  "use strict";

  if (window.DKFDS) window.DKFDS.init();

  // ---- An address to copy is selected as soon as one is in it.
  document.addEventListener("focusin", function (event) {
    if (event.target.matches("input[data-select]")) event.target.select();
  });

  // ---- Focus: what needs attention comes first, for eyes and for screen readers.
  function focusFirst(root) {
    var target = root.querySelector(".error-summary") || root.querySelector("[data-focus]");
    if (!target && root.matches && root.matches("[data-focus]")) target = root;
    if (target) target.focus();
  }
  focusFirst(document);
  document.addEventListener("htmx:afterSettle", function (event) {
    focusFirst(event.detail.elt);
  });

  // ---- Double sending: the server answers a second submit with the first one's answer; this only spares people the doubt.
  function setBusy(form, busy) {
    if (busy) form.setAttribute("data-busy", "");
    else form.removeAttribute("data-busy");
    form.querySelectorAll("button[type=submit]").forEach(function (button) {
      if (busy) button.setAttribute("aria-disabled", "true");
      else button.removeAttribute("aria-disabled");
    });
    form.querySelectorAll("[data-busy-text]").forEach(function (word) {
      word.textContent = busy ? word.getAttribute("data-busy-text") : "";
    });
  }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post") return;
    if (form.hasAttribute("data-busy")) {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else {
      setBusy(form, true);
    }
  }, true);
  document.addEventListener("htmx:afterRequest", function (event) {
    var form = event.detail.elt.closest("form");
    if (form) setBusy(form, false);
  });
  // A page that comes back from the browser's memory must not stay locked.
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) document.querySelectorAll("form[data-busy]").forEach(function (form) { setBusy(form, false); });
  });

  // ---- The session may end between two clicks: a sign-in page never belongs inside another page.
  document.addEventListener("htmx:beforeSwap", function (event) {
    var signIn = document.body.getAttribute("data-sign-in");
    var answered = event.detail.xhr.responseURL;
    if (signIn && answered && new URL(answered).pathname === signIn) {
      event.detail.shouldSwap = false;
      window.location.assign(signIn + "?next=" + encodeURIComponent(window.location.pathname + window.location.search));
    }
  });

  // ---- What is ticked while an answer is on its way is not lost: it is asked for again, with what is ticked by now.
  function ticked(place) {
    return Array.from(place.querySelectorAll("input:checked"), function (box) { return box.name + "=" + box.value; }).sort().join();
  }
  document.addEventListener("htmx:beforeRequest", function (event) {
    event.detail.requestConfig.ticked = ticked(event.detail.target);
  });
  document.addEventListener("htmx:beforeSwap", function (event) {
    var asked = event.detail.requestConfig;
    if (!asked.elt.hasAttribute("data-ask-again") || asked.ticked === ticked(event.detail.target)) return;
    event.detail.shouldSwap = false;
    window.htmx.trigger(asked.elt, "again");
  });

  // ---- No answer, or a broken one: say so where messages stand.
  function tellBroken() {
    var words = document.getElementById("connection-lost");
    var place = document.getElementById("messages");
    if (!words || !place) return;
    place.replaceChildren(words.content.cloneNode(true));
    focusFirst(place);
  }
  document.addEventListener("htmx:sendError", tellBroken);
  document.addEventListener("htmx:timeout", tellBroken);
  document.addEventListener("htmx:responseError", tellBroken);

  // ---- Menus are <details>: they close on Escape and on a click elsewhere.
  function closeMenus(except) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (menu !== except) menu.open = false;
    });
  }
  document.addEventListener("click", function (event) {
    closeMenus(event.target.closest("details.menu"));
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    var menu = document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})();
