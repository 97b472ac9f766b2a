"""Where a text-to-video film is set: each module paints one kind of place as scenery. Knows no camera and no player."""
