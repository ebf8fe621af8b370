"""Keep when the processes of the installation, and the services it asks, last answered."""
