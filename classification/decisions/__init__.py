"""Let a security lead confirm the level that the method proposes for a residence, or retain another one."""
