"""The beach and the animals that run on it. Knows no other scene."""
