"""Have people enrol a second factor, give it at the login, and give it again for what is delicate."""
