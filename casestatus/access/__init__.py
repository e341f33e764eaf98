"""All that lets anybody in: PINs, throttles, one-time codes, sessions and tokens."""
