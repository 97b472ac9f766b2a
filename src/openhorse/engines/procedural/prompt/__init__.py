"""A prompt comes in, a Brief goes out. Knows no pixels."""
