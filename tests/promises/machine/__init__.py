"""The state machine's own model of the domain, its rules, and what it compares after every step."""
