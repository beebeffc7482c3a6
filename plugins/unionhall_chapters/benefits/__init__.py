"""What members may claim, who may claim it and why not, claims from the form to the payment."""
