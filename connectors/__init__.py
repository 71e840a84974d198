"""How the outside world is spoken to: countries, platforms, channels, rates and wording."""
