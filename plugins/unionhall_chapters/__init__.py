"""Association chapters (协会工会): a second cover beside the union of one's employer, with activities, volunteers and benefits."""
