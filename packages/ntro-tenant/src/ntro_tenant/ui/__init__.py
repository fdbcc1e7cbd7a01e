"""The pages of a tenant: server-rendered, live, usable by keyboard."""
