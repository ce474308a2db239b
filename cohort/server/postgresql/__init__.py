"""Django's backend for PostgreSQL, which notices when the server has fallen silent."""
