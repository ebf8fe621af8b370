"""Who works where and shares with whom: territories, sharing agreements, assignments."""
