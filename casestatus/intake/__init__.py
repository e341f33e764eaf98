"""An office's update and everything that it causes."""
