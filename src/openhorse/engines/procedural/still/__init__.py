"""Image-to-video: one given picture comes alive."""
