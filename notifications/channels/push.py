"""Web push: to each of a person's devices, encrypted for that device alone."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from urllib.parse import urlsplit

from django.utils import timezone
from py_vapid import VapidException

from coordination.models import Case, Urgency
from notifications.channels.outcomes import NOT_TRIED, SENT, Outcome, Tried
from notifications.channels.outward import AddressRefused, NoAnswer, Outward
from notifications.channels.vapid import authorization
from notifications.models import Audience, Device, Message
from notifications.wording.saying import Said

logger = logging.getLogger(__name__)

# For how long a push service keeps what a device that is off has not fetched: from Friday until Monday.
KEPT_FOR = timedelta(days=3)
# Whoever has been reached on one device is not kept waiting for another one that does not take it.
ENOUGH_ATTEMPTS = 3
# Not more services than this are waited for in vain for the sake of one message.
MOST_SILENT = 2
_GONE = {404, 410}
_BROKEN = {400, 403}


class Pusher:
    """Pushes for the length of a batch. A service that has not answered is not asked again in it."""

    def __init__(self) -> None:
        """Prepare; nothing is opened yet."""
        self._outward = Outward()
        self._silent: set[str] = set()
        self._authorizations: dict[str, str] = {}

    def __enter__(self) -> Pusher:
        """Begin a batch."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the connections."""
        self._outward.__exit__(*error)

    def write(self, _message: Message, said: Said) -> Said:
        """Leave it as it is: it is written when it is sent."""
        return said

    def send(self, message: Message, said: Said) -> Tried:
        """Push one message to all devices that it has not reached; one that is gone or broken is removed."""
        payload = payload_of(message, said)
        silent_before, tries = len(self._silent), []
        for device in Device.objects.filter(person_id=message.person_id).exclude(pk__in=message.reached):
            has_patience = len(self._silent) - silent_before < MOST_SILENT
            tried = self._push(device, message, payload) if has_patience else NOT_TRIED
            tries.append(tried)
            if tried.outcome == Outcome.SENT:
                _note_reached(message, device)
            elif tried.outcome == Outcome.NEVER:
                logger.info("Device %s is removed (%s).", device.pk, tried.code)
                device.delete()
        return _together(message, tries)

    def _push(self, device: Device, message: Message, payload: bytes) -> Tried:
        service = urlsplit(device.endpoint).netloc
        if service in self._silent:
            return NOT_TRIED
        try:
            headers = {
                "Authorization": self._authorization(service, device.endpoint),
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
                "TTL": str(int(KEPT_FOR.total_seconds())),
                "Urgency": "high" if _is_urgent(message) else "normal",
                "Topic": message.uid.hex,  # what has not been fetched yet is replaced, not doubled
            }
            answer = self._outward.post(device.endpoint, encrypt(payload, device), headers)
        except NoAnswer as error:
            self._silent.add(service)
            return Tried(Outcome.LATER, error.code)
        except (AddressRefused, VapidException, ValueError) as error:
            return Tried(Outcome.NEVER, type(error).__name__)
        if 200 <= answer.status < 300:
            return SENT
        if answer.status in _GONE | _BROKEN or 300 <= answer.status < 400:
            return Tried(Outcome.NEVER, str(answer.status))
        return Tried(Outcome.LATER, str(answer.status), answer.retry_after or timedelta())

    def _authorization(self, service: str, endpoint: str) -> str:
        if service not in self._authorizations:
            self._authorizations[service] = authorization(endpoint, now=timezone.now())
        return self._authorizations[service]


def payload_of(message: Message, said: Said) -> bytes:
    """Write what the device shows. The tag stays the same in every try, so that a second one replaces the first."""
    shown = {"title": said.title, "body": said.detail, "url": said.path, "tag": str(message.uid)}
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()


def encrypt(payload: bytes, device: Device) -> bytes:
    """Encrypt for a device. Raises ``ValueError`` where its key is none."""
    from pywebpush import WebPusher  # it brings a whole second HTTP library along: only who pushes loads it

    keys = {"p256dh": device.p256dh, "auth": device.auth}
    body: bytes = WebPusher({"endpoint": device.endpoint, "keys": keys}).encode(payload)["body"]
    return body


def _together(message: Message, tries: list[Tried]) -> Tried:
    """Make one outcome of those of the devices."""
    later = [tried for tried in tries if tried.outcome == Outcome.LATER]
    if later:
        if message.reached and message.attempts >= ENOUGH_ATTEMPTS:
            return SENT
        return Tried(Outcome.LATER, later[0].code, max(tried.pause for tried in later))
    if NOT_TRIED in tries:
        return NOT_TRIED
    return SENT if message.reached else Tried(Outcome.NEVER, "no device")


def _note_reached(message: Message, device: Device) -> None:
    message.reached = [*message.reached, device.pk]
    Message.objects.filter(pk=message.pk, claim=message.claim).update(reached=message.reached)


def _is_urgent(message: Message) -> bool:
    """Whether it may wake a device that saves its battery: something to do in an urgent case."""
    case: Case | None = None
    if message.event is not None:
        case = message.event.case
    elif message.step is not None:
        case = message.step.deadline.case
    return case is not None and case.urgency == Urgency.URGENT and message.audience != Audience.NEWS
