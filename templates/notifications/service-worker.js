/* Shows what is pushed, and opens what it is about. It keeps nothing, and answers for no page. */
"use strict";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data.json() || {};
  } catch {
    // Something has to be shown for every push, else the browser ends the subscription.
  }
  event.waitUntil(self.registration.showNotification(told.title || "Involver", {
    body: told.body || "",
    tag: told.tag || "involver",
    data: { url: told.url || "/" },
  }));
});

// Nothing but this site is ever opened, whatever was pushed.
function ownAddress(url) {
  const home = `${self.location.origin}/`;
  try {
    const address = new URL(url, home);
    return address.origin === self.location.origin ? address.href : home;
  } catch {
    return home;
  }
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = ownAddress((event.notification.data || {}).url || "/");
  event.waitUntil(self.clients.matchAll({ type: "window" }).then((pages) => {
    const open = pages.find((page) => page.url === address);
    return open ? open.focus() : self.clients.openWindow(address);
  }));
});
