/* Push on the page of one's choices. Without this file the page says what it needs, and devices can still be removed. */
(function () {
  "use strict";

  var section = document.querySelector("[data-push]");
  if (!section) return;
  var button = section.querySelector("[data-push-on]");
  var key = section.getAttribute("data-push");

  function show(state) {
    section.querySelectorAll("[data-push-state]").forEach(function (part) {
      part.hidden = part.getAttribute("data-push-state") !== state;
    });
  }

  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) {
    show("unsupported");
    return;
  }

  function bytesOf(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (sign) { return sign.charCodeAt(0); });
  }

  // ---- Is this browser one of those in the list?
  function rowOf(subscription) {
    return Array.prototype.find.call(section.querySelectorAll("[data-endpoint]"), function (row) {
      return row.getAttribute("data-endpoint") === subscription.endpoint;
    });
  }

  function markThisBrowser(subscription) {
    var row = subscription && rowOf(subscription);
    if (!row) return show(Notification.permission === "denied" ? "denied" : "off");
    row.querySelector("[data-push-here]").hidden = false;
    var removal = row.querySelector("form");
    removal.addEventListener("submit", function (event) {
      event.preventDefault();
      subscription.unsubscribe().catch(function () {}).then(function () { removal.submit(); });
    });
    return show("on");
  }

  function findSubscription() {
    return navigator.serviceWorker.getRegistration("/").then(function (registration) {
      return registration ? registration.pushManager.getSubscription() : null;
    });
  }

  // ---- Switching it on: asked for with a click only.
  function subscribe() {
    return navigator.serviceWorker.register(section.getAttribute("data-push-worker"), { scope: "/" })
      .then(function () { return navigator.serviceWorker.ready; })
      .then(function (registration) {
        var manager = registration.pushManager;
        // One made with an earlier key of this Involver, or left behind by somebody else, does no longer serve.
        return manager.getSubscription()
          .then(function (old) { return old ? old.unsubscribe() : true; })
          .then(function () { return manager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) }); });
      });
  }

  function send(subscription) {
    var told = subscription.toJSON();
    button.form.elements.endpoint.value = told.endpoint;
    button.form.elements.p256dh.value = told.keys.p256dh;
    button.form.elements.auth.value = told.keys.auth;
    button.form.submit();
  }

  button.addEventListener("click", function () {
    Notification.requestPermission().then(function (answer) {
      if (answer !== "granted") {
        show(answer === "denied" ? "denied" : "off");
        return null;
      }
      return subscribe().then(send);
    }).catch(function () { show("failed"); });
  });

  findSubscription().then(markThisBrowser).catch(function () { show("failed"); });
})();
