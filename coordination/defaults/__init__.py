"""What a new installation begins with: vocabularies and deadline rules, all of which a municipality may edit."""
