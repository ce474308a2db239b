"""PostgreSQL, Valkey and the one-command runner for one machine. Production never imports this package."""
