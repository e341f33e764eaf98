"""Institutions, offices, staff members, clients, heartbeats and tasks."""
