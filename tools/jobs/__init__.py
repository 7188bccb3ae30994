"""`make jobs`: a morning's jobs, walked in a browser at the demo; each with its presses and seconds."""
