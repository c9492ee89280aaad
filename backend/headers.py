"""Headers that no library of ours sends: what a page may not ask of its browser, and who may load from here."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Everything that a page could ask for and Involver never does.
_NOT_WANTED = """
    accelerometer autoplay bluetooth browsing-topics camera display-capture geolocation gyroscope hid
    identity-credentials-get idle-detection local-fonts magnetometer microphone midi payment screen-wake-lock serial
    storage-access usb window-management xr-spatial-tracking
"""
HEADERS = {
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _NOT_WANTED.split()),
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}


class HeadersMiddleware:
    """Put them on every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, with the headers."""
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        return response
