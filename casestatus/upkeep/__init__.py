"""What time brings: lines that stand still."""
