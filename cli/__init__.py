"""The command line: `normcheck`."""
