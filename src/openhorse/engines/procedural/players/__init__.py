"""Who acts in a text-to-video film: rigs of soft capsules, posed moment by moment. Knows no place and no prompt."""
