"""Show an administrator what of the installation works, what is left to do, and try it out."""
