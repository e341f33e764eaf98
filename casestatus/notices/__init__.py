"""Who is to be told, in which words, how it leaves, and how we know it arrived."""
