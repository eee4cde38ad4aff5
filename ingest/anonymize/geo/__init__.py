"""The country and provider data that comes along, and how it is made."""
