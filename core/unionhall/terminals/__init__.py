"""Self-service terminals: browsers in public places that many people use one after the other, each set up once by an administrator."""
