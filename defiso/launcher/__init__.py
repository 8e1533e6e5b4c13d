"""What `make run` starts: checks, the processes of a Procfile under honcho, tables, demo data, and the addresses."""
