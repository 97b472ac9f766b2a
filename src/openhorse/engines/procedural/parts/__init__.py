"""Parts of places: hills, trees, houses, textures, painted once as layers in linear light. Knows no camera."""
