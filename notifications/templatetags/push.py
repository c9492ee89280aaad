"""What the page on which one switches push on has to know."""

from __future__ import annotations

from django import template

from notifications.channels.vapid import public_key

register = template.Library()


@register.simple_tag
def push_key() -> str:
    """Give the key that browsers subscribe with."""
    return public_key()
