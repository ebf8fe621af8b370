"""Tell which places to watch, and why: about places, never about persons."""
