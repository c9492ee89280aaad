"""What people and operators change about messages: one verb a function, as in ``coordination.commands``."""
