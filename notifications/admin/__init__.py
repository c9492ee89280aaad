"""What administrators and operators see of messages: how delivery is doing, and what a rule would tell whom."""

from notifications.admin import messages, rules, webhooks  # noqa: F401 -- importing them registers them
