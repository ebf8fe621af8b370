"""Keep sessions under the digest of their key, each open to nobody but who presents the key."""
