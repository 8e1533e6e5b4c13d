"""What `make run` starts: checks, the processes of a Procfile kept running, tables, demo data, and the addresses."""
