"""Pictures come in and films go out: the only room with PyAV and Pillow. Knows no task and no store."""
