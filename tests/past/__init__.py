"""A past: many runs of many tenants, and what the product asks of a database that holds them."""
