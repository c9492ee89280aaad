"""What is told to whom: messages, and how people want to be reached."""

from notifications.models.devices import Device
from notifications.models.feeds import Feed
from notifications.models.messages import Audience, Channel, Message, MessageState
from notifications.models.preferences import Pace, Preference, Weekday
from notifications.models.receivers import Receiver
from notifications.models.webhooks import Webhook

__all__ = [
    "Audience",
    "Channel",
    "Device",
    "Feed",
    "Message",
    "MessageState",
    "Pace",
    "Preference",
    "Receiver",
    "Webhook",
    "Weekday",
]
