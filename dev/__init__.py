"""Parts of the ./salon command. Python standard library only."""
