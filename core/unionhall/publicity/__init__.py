"""Public notices with time to object (公示): who gets what, masked, from one day until another, and what came of objections."""
