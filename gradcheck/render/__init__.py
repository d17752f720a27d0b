"""Pure functions from a report to what people and programs read."""
