"""The real-name roster: members, their memberships, activation, and the pages under /my/."""
