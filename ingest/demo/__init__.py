"""A site with a year of made-up traffic, counted by the real pipeline."""
