"""What members say of a visit, and what the keeper answers."""
