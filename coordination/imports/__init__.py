"""Reading the municipality's own files: validated wholly, then carried out through the commands, all or nothing."""
