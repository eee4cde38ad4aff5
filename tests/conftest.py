"""What all tests share."""

from hypothesis import HealthCheck, settings

# Drawing the first text takes seconds on a clean checkout, and CI machines are slow at times.
settings.register_profile("footfall", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("footfall")
